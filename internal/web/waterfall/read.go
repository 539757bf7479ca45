package waterfall

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// asked is a trace as an address asks for it.
type asked struct {
	shown
	spans []zipkin.Span
	whole *Waterfall
	part  *Waterfall // what is below Root; the whole where that is empty
}

// failure is why there is no answer.
type failure struct {
	status int
	shell.Problem
	reader error // of the Reader, which is no fault of the caller
}

// fail answers with a page.
func (p *Pages) fail(w http.ResponseWriter, r *http.Request, f *failure) {
	if f.reader != nil {
		p.shell.Unreadable(w, r, f.reader)
		return
	}
	p.shell.Problem(w, r, f.status, f.Problem)
}

// failText answers a script with a text.
func (p *Pages) failText(w http.ResponseWriter, f *failure) {
	if f.reader != nil {
		http.Error(w, f.reader.Error(), http.StatusBadGateway)
		return
	}
	text := f.Heading + ". " + f.Text
	if f.Problem.Error != "" {
		text += "\n" + f.Problem.Error
	}
	http.Error(w, text, f.status)
}

// ask reads the trace and the part of it that a request asks for.
func (p *Pages) ask(r *http.Request) (*asked, *failure) {
	words := p.shell.Words(r)
	s, err := readShown(r.URL.Query())
	if err != nil {
		return nil, p.unreadable(r, err)
	}
	spans, f := p.spans(r)
	if f != nil {
		return nil, f
	}
	a := &asked{shown: s, spans: spans, whole: p.recent.layOut(spans, s.Raw)}
	if a.part = a.whole; s.Root == "" {
		return a, nil
	}
	at := a.whole.find(s.Root)
	if at == none {
		return nil, &failure{status: http.StatusNotFound, Problem: shell.Problem{
			Heading: words.T("This trace has no span %.40s", s.Root), Text: words.T("It may come yet. Leave out root= to see the whole trace."),
		}}
	}
	a.Root = a.whole.Rows[at].Key
	a.part = a.whole.under(at)
	return a, nil
}

// unreadable is an address that says what cannot be meant.
func (p *Pages) unreadable(r *http.Request, err error) *failure {
	words := p.shell.Words(r)
	return &failure{status: http.StatusBadRequest, Problem: shell.Problem{
		Heading: words.T("The address cannot be read"), Text: words.T("A parameter of it has no such value. Change it, or leave it out."), Error: err.Error(),
	}}
}

// spans reads those of the trace that the path names.
func (p *Pages) spans(r *http.Request) ([]zipkin.Span, *failure) {
	words := p.shell.Words(r)
	id, err := zipkin.ParseTraceID(strings.ToLower(r.PathValue("id")))
	if err != nil {
		return nil, &failure{status: http.StatusBadRequest, Problem: shell.Problem{
			Heading: words.T("This is not a trace id"),
			Text:    words.T("A trace id is 16 or 32 hex digits, such as 463ac35c9f6413ad. Check that it was copied whole."),
			Error:   err.Error(),
		}}
	}
	if r.URL.Query().Get("opened") == "1" {
		if spans := p.opened.trace(id); spans != nil {
			return spans, nil
		}
		return nil, &failure{status: http.StatusNotFound, Problem: shell.Problem{
			Heading: words.T("This trace is not open any more"), Text: words.T("It was opened from a file, and made room for others, or the server was started again. Open the file again."),
		}}
	}
	ctx, cancel := context.WithTimeout(r.Context(), readTimeout)
	defer cancel()
	spans, err := p.cfg.Reader.Trace(ctx, id)
	switch {
	case errors.Is(err, zipkinapi.ErrNotFound) || err == nil && len(spans) == 0:
		return nil, &failure{status: http.StatusNotFound, Problem: shell.Problem{
			Heading: words.T("No span of this trace yet"),
			Text:    words.T("Spans are reported a moment after they end, so they may still arrive. If they do not: the request was not sampled, its spans were lost on the way, or the trace was old and made room for newer ones."),
			ID:      id.String(),
		}}
	case err != nil:
		return nil, &failure{reader: err}
	}
	return spans, nil
}
