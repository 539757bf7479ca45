package waterfall

import (
	"net/http"
	"strconv"
	"time"

	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/whytext"
)

// tracePage is /traces/{id}: one trace as a waterfall.
type tracePage struct {
	shell.Page
	*Waterfall
	*asked
	Ago      string
	Recent   bool // more of its spans may be on their way
	Embedded bool
	Selected *detail // the span of ?span=, if it is there
	Lost     string  // the value of ?span= that is not
	Why      string  // the command that explains it: of all, curl is what readers have
	Offer    *offer  // of an explanation; nil: nobody explains
	Result   *result
}

func (p *Pages) trace(w http.ResponseWriter, r *http.Request) {
	a, f := p.ask(r)
	if f != nil {
		p.fail(w, r, f)
		return
	}
	// The page asks for the head alone to learn whether there is more to show.
	w.Header().Set("Trace-Spans", strconv.Itoa(a.whole.Spans))
	w.Header().Set("Trace-Explained", strconv.Itoa(a.whole.Explained))
	if r.Method == http.MethodHead {
		return
	}
	p.showTrace(w, r, a)
}

func (p *Pages) showTrace(w http.ResponseWriter, r *http.Request, a *asked) {
	wf := a.whole
	now := p.cfg.Now()
	tp := tracePage{
		Page:      p.shell.Page(r, wf.RootService()+": "+wf.RootName(), "trace.js"),
		Waterfall: wf,
		asked:     a,
		Ago:       draw.Ago(now, wf.StartTime()),
		Recent:    now.Sub(wf.StartTime()) < time.Minute,
		Embedded:  p.cfg.Embedded,
		Why:       whytext.Curl(hosts.ForCurl(r), wf.ID.String(), "", ""),
	}
	if a.Span != "" {
		if i := wf.find(a.Span); i != none {
			tp.Selected = wf.Detail(i)
		} else {
			tp.Lost = a.Span
		}
	}
	p.explain(r, a.spans, &tp)
	p.shell.Show(w, r, http.StatusOK, "trace", tp)
}

// rows answers with all rows, for the script that draws them.
func (p *Pages) rows(w http.ResponseWriter, r *http.Request) {
	a, f := p.ask(r)
	if f != nil {
		p.failText(w, f)
		return
	}
	answerJSON(w, func(b []byte) []byte { return a.part.appendRows(b, a.shown) })
}

// Answered reports whether the page has an explanation to which nothing can be added.
func (p tracePage) Answered() bool {
	return p.Result != nil && p.Result.Failed == "" && !p.Result.Awaited()
}

// Said is what the tags say of a span, if the page has no explanation beside it.
func (p tracePage) Said() *said {
	if p.Answered() {
		return nil
	}
	return p.Explanation()
}

// Ticks divide the axis.
func (p tracePage) Ticks() []tick { return p.Axis.ticks() }
