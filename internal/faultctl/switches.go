// Package faultctl is what can be broken on purpose through the server: faults that
// are switched on for all requests, and mysteries.
package faultctl

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkinapi"
)

// maxSwitches bounds what is switched on at once.
const maxSwitches = 64

// Handlers holds what is switched on and the mysteries that are under way.
type Handlers struct {
	switches  switchboard
	mysteries mysteries
	reader    zipkinapi.Reader
	gateway   string
}

// New publishes to processes that nothing is on: some knew the server before this one.
func New(publish func(kind string, body any) error, reader zipkinapi.Reader, gatewayURL string) (*Handlers, error) {
	h := &Handlers{reader: reader, gateway: gatewayURL}
	h.switches.publish = publish
	return h, h.switches.set(nil)
}

// switchboard holds the faults that are switched on, and publishes them to the processes.
type switchboard struct {
	publish func(kind string, body any) error
	mu      sync.Mutex
	on      []faults.Switch
}

func (b *switchboard) list() []faults.Switch {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expire()
	return slices.Clone(b.on)
}

func (b *switchboard) expire() {
	b.on = slices.DeleteFunc(b.on, func(sw faults.Switch) bool { return !sw.Until.IsZero() && time.Now().After(sw.Until) })
}

// add switches sw on, in place of the same faults for the same people.
func (b *switchboard) add(sw faults.Switch) error {
	injections, err := faults.Parse(sw.Faults)
	if err != nil {
		return httpapi.InvalidField("faults", "%v", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expire()
	next := slices.DeleteFunc(slices.Clone(b.on), func(old faults.Switch) bool {
		return old.Mystery == "" && sw.Mystery == "" && old.Attendee == sw.Attendee && sameFaults(old, injections)
	})
	if len(next) >= maxSwitches {
		return &httpapi.Error{Code: httpapi.Busy, Detail: fmt.Sprintf("%d switches are on: switch some off first", maxSwitches)}
	}
	return b.set(append(next, sw))
}

func (b *switchboard) set(next []faults.Switch) error {
	if err := b.publish(faults.Published, append([]faults.Switch{}, next...)); err != nil {
		return &httpapi.Error{Code: httpapi.Busy, Detail: "so much cannot be on at once: " + err.Error()}
	}
	b.on = next
	return nil
}

func sameFaults(sw faults.Switch, injections []faults.Injection) bool {
	old, err := faults.Parse(sw.Faults)
	return err == nil && slices.EqualFunc(old, injections, func(a, b faults.Injection) bool { return a.Fault == b.Fault })
}

// remove switches off what has the fault of that name, or all if it is empty,
// and returns how many switches that were.
func (b *switchboard) remove(name string) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expire()
	next := slices.DeleteFunc(slices.Clone(b.on), func(sw faults.Switch) bool {
		injections, _ := faults.Parse(sw.Faults)
		if sw.Mystery != "" {
			return false // else trying names would give it away
		}
		return name == "" || slices.ContainsFunc(injections, func(a faults.Injection) bool { return a.Name == name || a.Service+"="+a.Name == name })
	})
	return len(b.on) - len(next), b.set(next)
}

// endMystery switches off what belongs to a mystery.
func (b *switchboard) endMystery(id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.set(slices.DeleteFunc(slices.Clone(b.on), func(sw faults.Switch) bool { return sw.Mystery == id }))
}

// Show answers with the catalogue and what is on.
func (h *Handlers) Show(w http.ResponseWriter, _ *http.Request) error {
	all := labapi.Faults{Catalogue: []labapi.Fault{}, On: []labapi.Switch{}}
	for _, f := range faults.Catalogue() {
		all.Catalogue = append(all.Catalogue, f.Fault)
	}
	for _, sw := range h.switches.list() {
		if sw.Mystery == "" {
			all.On = append(all.On, sw.Switch)
		}
	}
	httpapi.WriteJSON(w, all)
	return nil
}

// SwitchOn takes a labapi.Switch.
func (h *Handlers) SwitchOn(w http.ResponseWriter, r *http.Request) error {
	var sw labapi.Switch
	if err := httpapi.ReadJSON(w, r, &sw); err != nil {
		return err
	}
	if err := h.switches.add(faults.Switch{Switch: sw}); err != nil {
		return err
	}
	return h.Show(w, r)
}

// SwitchOff takes ?fault=NAME, or all.
func (h *Handlers) SwitchOff(w http.ResponseWriter, r *http.Request) error {
	off, err := h.switches.remove(r.URL.Query().Get("fault"))
	if err != nil {
		return err
	}
	httpapi.WriteJSON(w, labapi.SwitchedOff{Off: off})
	return nil
}
