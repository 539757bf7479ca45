// Package doctor finds out, piece by piece, what works in a stack and what does
// not, and why no trace arrives.
package doctor

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/status"
	"example.com/tracelab/internal/zipkinapi"
)

// Subject is the stack to look at.
type Subject struct {
	Processes []control.Process
	Source    string                      // where traces are read from, in words
	ZipkinURL string                      // of the Zipkin shown; empty: the server's own store
	Reader    zipkinapi.Reader            // of the traces
	Health    func(context.Context) error // of the source; nil: it is in this process

	// ArriveWithin bounds the wait for the spans of the visit. The default, two
	// seconds, is more than any reporter waits when nothing is wrong.
	ArriveWithin time.Duration
}

// Examine asks every piece, makes one visit and follows its trace.
func Examine(ctx context.Context, s Subject) []labapi.Finding {
	s.ArriveWithin = cmp.Or(s.ArriveWithin, 2*time.Second)
	e := &examination{Subject: s, client: &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}}
	e.traces(ctx)
	for _, name := range labapi.Services() {
		e.service(ctx, name)
	}
	if id := e.visit(ctx); id != "" {
		e.arrival(ctx, id)
	}
	return e.findings
}

type examination struct {
	Subject
	client   *http.Client
	findings []labapi.Finding
}

func (e *examination) good(piece, format string, args ...any) {
	e.findings = append(e.findings, labapi.Finding{Piece: piece, OK: true, Detail: fmt.Sprintf(format, args...)})
}

func (e *examination) bad(piece, format string, args ...any) {
	e.findings = append(e.findings, labapi.Finding{Piece: piece, Detail: fmt.Sprintf(format, args...)})
}

func (e *examination) traces(ctx context.Context) {
	if e.Health != nil {
		if err := e.Health(ctx); err != nil {
			e.bad("traces", "%s does not answer: %v. Start it, or correct --zipkin-url", e.Source, err)
			return
		}
	}
	services, err := e.Reader.Services(ctx)
	if err != nil {
		e.bad("traces", "%s cannot be read: %v", e.Source, err)
		return
	}
	if len(services) == 0 {
		e.good("traces", "%s answers; it holds no traces yet", e.Source)
		return
	}
	e.good("traces", "%s answers; it knows %s", e.Source, some(services))
}

// How much of the services' names is shown.
const maxServices, maxName = 12, 48

// some are the first of names, which anybody may have reported, and how many there are more.
func some(names []string) string {
	shown := make([]string, min(len(names), maxServices))
	for i := range shown {
		shown[i] = display.Cut(names[i], maxName)
	}
	text := strings.Join(shown, ", ")
	if more := len(names) - len(shown); more > 0 {
		text += fmt.Sprintf(", and %d more", more)
	}
	return text
}

// named are the processes of one service.
func (e *examination) named(service string) []control.Process {
	return slices.DeleteFunc(slices.Clone(e.Processes), func(p control.Process) bool { return p.Service != service })
}

func (e *examination) service(ctx context.Context, name string) {
	processes := e.named(name)
	if len(processes) == 0 {
		e.bad(name, "no %s is connected to the server: it is not running, or its TRACELAB_SERVER_URL or TRACELAB_TOKEN is not the server's", name)
	}
	for _, p := range processes {
		if is, _ := status.Ask(ctx, e.client, p); is.Problem != "" {
			e.bad(name, "%s (pid %d, %s): %s", shown(p.URL), p.PID, display.Cut(p.Host, maxName), is.Problem)
			continue
		}
		e.good(name, "ready at %s (pid %d, %s), sampler %s", shown(p.URL), p.PID, display.Cut(p.Host, maxName), p.Sampler)
	}
}

// visit makes one and returns the id of its trace, or "" when there is none to
// look for.
func (e *examination) visit(ctx context.Context) string {
	processes := e.named("gateway")
	if len(processes) == 0 {
		e.bad("visit", "not tried: there is no gateway to ask")
		return ""
	}
	answer, err := e.ask(ctx, processes[0].URL+"/visit")
	switch {
	case err != nil:
		e.bad("visit", "the gateway gives no answer: %v", err)
		return ""
	case answer.Status != 0:
		e.bad("visit", "the gateway answered %d: %s", answer.Status, answer.Detail)
	case !answer.Sampled:
		e.bad("visit", "done, but not recorded: the gateway's sampler is %q. Start it with --sampler always", processes[0].Sampler)
		return ""
	default:
		e.good("visit", "done, trace %s", answer.TraceID)
	}
	return answer.TraceID
}

// shown is a URL as people type it, and as 'tracelab up' prints it.
func shown(url string) string { return strings.Replace(url, "//127.0.0.1:", "//localhost:", 1) }
