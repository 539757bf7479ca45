// Package faultctl is what can be broken on purpose through the server: faults that
// are switched on, for all requests or for one attendee's, and mysteries.
package faultctl

import (
	"net/http"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/visits"
	"example.com/tracelab/internal/zipkinapi"
)

// Config is what New needs. All but Token and GatewayURL is required.
type Config struct {
	// Publish sends a message to all processes, and to those that connect later.
	Publish func(kind string, body any) error
	// Send sends a message to the process of an instance.
	Send func(instance, kind string, body any) error
	// Processes lists those that are connected.
	Processes func() []control.Process
	// Reader has the traces that show what a mystery was.
	Reader zipkinapi.Reader
	// Trusted reports whether a caller may switch for all, and sees all mysteries. Others
	// may do so for themselves.
	Trusted func(*http.Request) bool
	// Token is what processes must show. Empty: they are on a listener of their own.
	Token string
	// GatewayURL is where people send requests. Empty: where the gateway says that it is.
	GatewayURL string
}

// Handlers holds what is switched on and the mysteries that there are.
type Handlers struct {
	cfg       Config
	visitor   *visits.Maker
	switches  switchboard
	mysteries mysteries
	questions questions
}

// New publishes to processes that nothing is on: some knew the server before this one.
func New(cfg Config) (*Handlers, error) {
	h := &Handlers{cfg: cfg, visitor: visits.New(cfg.Reader)}
	h.switches.publish = cfg.Publish
	return h, h.switches.set(nil)
}

// Routes are those of faults, of visits that show them, and of mysteries. Each handler sees to who may what; errors
// are text for who wants text.
func (h *Handlers) Routes() []httpapi.Route {
	routes := []httpapi.Route{
		{Pattern: "GET " + labapi.FaultsPath, Handler: h.showFaults},
		{Pattern: "POST " + labapi.FaultsPath, Handler: h.switchOn},
		{Pattern: "DELETE " + labapi.FaultsPath, Handler: h.switchOff},
		{Pattern: "GET " + labapi.VisitsPath, Handler: h.showVisits},
		{Pattern: "POST " + labapi.VisitsPath, Handler: h.makeVisits},
		{Pattern: "GET " + labapi.MysteryPath, Handler: h.showMystery},
		{Pattern: "POST " + labapi.MysteryPath, Handler: h.startMystery},
		{Pattern: "POST " + labapi.MysteryAnswerPath, Handler: h.answerMystery},
		{Pattern: "POST " + labapi.MysteryHintPath, Handler: h.hintMystery},
		{Pattern: "GET " + labapi.RoomPath, Handler: h.showRoom},
		{Pattern: "POST " + labapi.RoomPath, Handler: h.startRoom},
		{Pattern: "DELETE " + labapi.RoomPath, Handler: h.resetRoom},
	}
	for i := range routes {
		routes[i].Handler = httpapi.ForTerminals(routes[i].Handler)
	}
	return routes
}
