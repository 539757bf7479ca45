package waterfall

import (
	"net/http"

	"example.com/tracelab/internal/zipkin/codec"
)

// details answers with what a script puts into the panel of the page: all that is known
// of one span.
func (p *Pages) details(w http.ResponseWriter, r *http.Request) {
	a, f := p.ask(r)
	if f != nil {
		p.failText(w, f)
		return
	}
	at := a.part.find(a.Span)
	if at == none {
		http.Error(w, p.shell.Words(r).T("This trace has no span %.40s", a.Span), http.StatusNotFound)
		return
	}
	words := p.shell.Words(r)
	d := a.part.detail(at, words, a.shown)
	if d == nil {
		http.Error(w, words.T("The span %.40s is missing: only its children were reported.", a.Span), http.StatusNotFound)
		return
	}
	p.shell.Fragment(w, r, http.StatusOK, "trace", "detail", d)
}

// json answers with the trace as a file of Zipkin's JSON, as it was reported.
func (p *Pages) json(w http.ResponseWriter, r *http.Request) {
	spans, f := p.spans(r)
	if f != nil {
		p.failText(w, f)
		return
	}
	w.Header().Set("Content-Disposition", `attachment; filename="trace-`+spans[0].TraceID.String()+`.json"`)
	answerJSON(w, func(b []byte) []byte { return codec.AppendSpans(b, spans) })
}
