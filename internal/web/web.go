// Package web is the user interface: pages that list the traces of a
// zipkinapi.Reader and draw each of them as a waterfall. Every page is
// complete without JavaScript; the ES modules under static make it quicker.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/comparison"
	"example.com/tracelab/internal/web/dependencies"
	"example.com/tracelab/internal/web/execution"
	"example.com/tracelab/internal/web/find"
	"example.com/tracelab/internal/web/request"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/web/timeline"
	"example.com/tracelab/internal/web/waterfall"
	"example.com/tracelab/internal/web/workshop"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// Config is what New needs. Reader is required.
type Config struct {
	// Reader answers every question that the pages ask.
	Reader zipkinapi.Reader
	// Source says in words where Reader's traces come from: "the embedded
	// store", or the URL of a Zipkin. A URL also means that this server has
	// no /api/v2 of its own to link to.
	Source string
	// GatewayURL is what an attendee curls to make a trace, such as
	// http://localhost:8080. Empty: the pages do not suggest it.
	GatewayURL string
	// Ended is closed when answers that do not end by themselves should end.
	Ended <-chan struct{}
	// Losses says why traces may not have come. Nil: nobody knows.
	Losses func(context.Context) []string
	// Explainer explains traces. Nil: the pages offer no explanation.
	Explainer waterfall.Explainer
	// Comparer compares traces. Nil: there is no page of comparisons.
	Comparer comparison.Comparer
	// Executions are the execution traces of processes. Nil: there are no pages of them.
	Executions executions.Library
	// Recorder has processes record more of them, and Keeper keeps those that people give.
	// Nil: neither can be had.
	Recorder executions.Recorder
	Keeper   executions.Keeper
	// Trusted reports whether who sent a request may see Executions.
	Trusted func(*http.Request) bool
	// API serves what is below /tracelab/v1 beside the pages. Nil: there are no pages of
	// the workshop.
	API http.Handler
	// Faults are those that can be switched on by the API beside the pages, for the page
	// of mysteries. Empty: there is no such page.
	Faults []labapi.Fault
	// AllowHosts are names under which the UI answers beside localhost and IP
	// addresses.
	AllowHosts hosts.Names
	// Logger logs the failures of Reader; nil means slog.Default.
	Logger *slog.Logger
	// Now is the clock of "ago" and of lookback; nil means time.Now.
	Now func() time.Time
}

// UI serves the pages. It is safe for concurrent use.
type UI struct {
	shell *shell.Shell
	pages []interface{ Routes(*http.ServeMux) }
}

// New prepares the pages. It keeps nothing open.
func New(cfg Config) *UI {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := shell.New(shell.Config{Source: cfg.Source, AllowHosts: cfg.AllowHosts, Logger: cfg.Logger})
	s.Navigate(shell.Link{Label: "Traces", Path: "/"})
	u := &UI{shell: s}
	u.add(find.New(s, find.Config{Reader: cfg.Reader, GatewayURL: cfg.GatewayURL, Losses: cfg.Losses, Compares: cfg.Comparer != nil, Ended: cfg.Ended, Now: cfg.Now}))
	u.add(waterfall.New(s, waterfall.Config{Reader: cfg.Reader, Explainer: cfg.Explainer, Execution: cfg.executionPath, Goroutines: cfg.requestPath(), Now: cfg.Now}))
	if cfg.Comparer != nil {
		s.Navigate(shell.Link{Label: "Compare", Path: comparison.Path})
		u.add(comparison.New(s, comparison.Config{Reader: cfg.Reader, Comparer: cfg.Comparer, Explains: cfg.Explainer != nil, Now: cfg.Now}))
	}
	s.Navigate(shell.Link{Label: "Dependencies", Path: dependencies.Path})
	u.add(dependencies.New(s, dependencies.Config{Reader: cfg.Reader, GatewayURL: cfg.GatewayURL, Now: cfg.Now}))
	if cfg.Executions != nil {
		s.Navigate(shell.Link{Label: "Execution traces", Path: execution.Path})
		pages := execution.New(s, execution.Config{Library: cfg.Executions, Recorder: cfg.Recorder, Keeper: cfg.Keeper, Timeline: true, Spans: true, SpanPath: spanPath, Trust: s.NewTrust(cfg.Trusted, execution.Path)})
		u.add(pages)
		u.add(timeline.New(pages))
		requests := request.Config{Reader: cfg.Reader}
		if cfg.Explainer != nil { // none in it is not nil
			requests.Explainer = cfg.Explainer
		}
		u.add(request.New(pages, requests))
	}
	u.add(workshop.New(s, workshop.Config{API: cfg.API, Reader: cfg.Reader, Faults: cfg.Faults}))
	return u
}

// spanPath is the page of a span in its trace.
func spanPath(trace zipkin.TraceID, span zipkin.SpanID) string {
	return waterfall.Path(trace.String()) + "?span=" + span.String()
}

// executionPath is the page of an execution trace; empty: there are none.
func (cfg *Config) executionPath(id string) string {
	if cfg.Executions == nil {
		return ""
	}
	return execution.Path + "/" + id
}

// requestPath is the page of what goroutines did for a request. Nil: there is none.
func (cfg *Config) requestPath() func(zipkin.TraceID, zipkin.SpanAt) string {
	if cfg.Executions == nil || cfg.Explainer == nil {
		return nil
	}
	return request.PathOf
}

func (u *UI) add(pages interface{ Routes(*http.ServeMux) }) { u.pages = append(u.pages, pages) }

// Routes adds the UI's paths to mux. It claims nothing below /api and
// /zipkin/api, where Zipkin's API lives.
func (u *UI) Routes(mux *http.ServeMux) {
	u.shell.Routes(mux)
	for _, pages := range u.pages {
		pages.Routes(mux)
	}
	// Zipkin's own addresses, as its users and our gateway's traceUrl know them.
	u.shell.Handle(mux, "GET /zipkin", redirectHome)
	u.shell.Handle(mux, "GET /zipkin/{$}", redirectHome)
	u.shell.Handle(mux, "GET /zipkin/traces/{id}", redirectTrace)
}

func redirectHome(w http.ResponseWriter, r *http.Request) { redirect(w, r, "/") }

func redirectTrace(w http.ResponseWriter, r *http.Request) {
	redirect(w, r, waterfall.Path(r.PathValue("id")))
}

func redirect(w http.ResponseWriter, r *http.Request, path string) {
	if r.URL.RawQuery != "" {
		path += "?" + r.URL.RawQuery
	}
	http.Redirect(w, r, path, http.StatusFound)
}
