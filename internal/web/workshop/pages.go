// Package workshop has the pages of the workshop itself: the first page of who has just
// started a stack, what runs and can be switched, and mysteries.
//
// What they show and do is the API's: they ask it as curl does.
package workshop

import (
	"bytes"
	"embed"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/zipkinapi"
)

//go:embed templates static
var files embed.FS

// Config is what New needs.
type Config struct {
	// API serves what is below /tracelab/v1. Nil: there are no pages of the workshop.
	API http.Handler
	// Reader has the traces of the visits that a page makes.
	Reader zipkinapi.Reader
	// Faults are those that can be switched on by the API beside the pages, for the page
	// of mysteries. Empty: there is no such page.
	Faults []labapi.Fault
}

// Pages are the pages of the workshop. They are safe for concurrent use.
type Pages struct {
	shell *shell.Shell
	cfg   Config
}

// New adds the pages to a shell.
func New(s *shell.Shell, cfg Config) *Pages {
	s.Add(shell.Part{Files: files, Chinese: Chinese})
	p := &Pages{s, cfg}
	if cfg.API != nil {
		s.Navigate(shell.Link{Label: "Start", Path: "/start"}, shell.Link{Label: "Stack", Path: "/stack"})
	}
	if len(cfg.Faults) > 0 {
		s.Navigate(shell.Link{Label: "Mystery", Path: "/mystery"})
	}
	return p
}

// Routes adds the paths of the pages to mux.
func (p *Pages) Routes(mux *http.ServeMux) {
	if p.cfg.API != nil {
		p.shell.Handle(mux, "GET /start", p.start)
		p.shell.Handle(mux, "GET /start/live", p.startLive)
		p.shell.Handle(mux, "POST /start", own(p.visit))
		p.shell.Handle(mux, "GET /stack", p.stack)
		p.shell.Handle(mux, "GET /stack/live", p.stackLive)
		p.shell.Handle(mux, "POST /stack", own(p.change))
	}
	if len(p.cfg.Faults) > 0 {
		p.shell.Handle(mux, "GET /mystery", p.mystery)
	}
	if len(p.cfg.Faults) > 0 && p.cfg.API != nil {
		p.shell.Handle(mux, "GET /mystery/board", p.boardLive)
		p.shell.Handle(mux, "POST /mystery", own(p.board))
	}
}

// own is a handler of a form that only pages of this server may send. As the API does, it
// takes a semicolon as curl -d sends it: faults have some.
func own(h http.HandlerFunc) http.HandlerFunc {
	return httpapi.FromOwnPages(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
		if err != nil {
			http.Error(w, fmt.Sprintf("the form cannot be read, or has more than %d bytes", maxForm), http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(bytes.ReplaceAll(body, []byte(";"), []byte("%3B"))))
		h(w, r)
	})).ServeHTTP
}

// fields are those of a form that are not empty, by the names that the API has for them.
func fields(r *http.Request, names ...string) url.Values {
	given := url.Values{}
	for _, name := range names {
		if text := strings.TrimSpace(r.PostFormValue(name)); text != "" {
			given.Set(name, text)
		}
	}
	return given
}

// trusted reports whether the API does what is for all for this reader without a token:
// that of a form is not kept, so that the next one has to have a field for it.
func (p *Pages) trusted(r *http.Request) bool {
	var room labapi.Room
	without := r.Clone(r.Context())
	without.Method = http.MethodGet
	return p.ask(without, http.MethodGet, labapi.RoomPath, nil, &room) == nil
}

// now is how the stack is. What cannot be asked is an error.
func (p *Pages) now(r *http.Request) (stack labapi.Stack, err error) {
	return stack, p.ask(r, http.MethodGet, labapi.StackPath, url.Values{"status": {"1"}}, &stack)
}
