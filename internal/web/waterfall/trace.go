package waterfall

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/whytext"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// tracePage is /traces/{id}: one trace as a waterfall.
type tracePage struct {
	shell.Page
	*Waterfall
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
	id, err := zipkin.ParseTraceID(strings.ToLower(r.PathValue("id")))
	if err != nil {
		p.shell.Problem(w, r, http.StatusBadRequest, shell.Problem{
			Heading: "This is not a trace id",
			Text:    "A trace id is 16 or 32 hex digits, such as 463ac35c9f6413ad. Check that it was copied whole.",
			Error:   err.Error(),
		})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), readTimeout)
	defer cancel()
	spans, err := p.cfg.Reader.Trace(ctx, id)
	switch {
	case errors.Is(err, zipkinapi.ErrNotFound) || err == nil && len(spans) == 0:
		p.notFound(w, r, id)
	case err != nil:
		p.shell.Unreadable(w, r, err)
	default:
		p.showTrace(w, r, spans)
	}
}

func (p *Pages) notFound(w http.ResponseWriter, r *http.Request, id zipkin.TraceID) {
	p.shell.Problem(w, r, http.StatusNotFound, shell.Problem{
		Heading: "No span of this trace yet",
		Text: "Spans are reported a moment after they end, so they may still arrive. " +
			"If they do not: the request was not sampled, its spans were lost on the way, or the trace was old and made room for newer ones.",
		ID: id.String(),
	})
}

func (p *Pages) showTrace(w http.ResponseWriter, r *http.Request, spans []zipkin.Span) {
	wf := LayOut(spans)
	now := p.cfg.Now()
	tp := tracePage{
		Page:      p.shell.Page(r, wf.RootService()+": "+wf.RootName(), "trace.js"),
		Waterfall: wf,
		Ago:       draw.Ago(now, wf.StartTime()),
		Recent:    now.Sub(wf.StartTime()) < time.Minute,
		Embedded:  p.cfg.Embedded,
		Why:       whytext.Curl(hosts.ForCurl(r), wf.ID.String(), "", ""),
	}
	if key := r.URL.Query().Get("span"); key != "" {
		if i := wf.find(key); i != none {
			tp.Selected = wf.Detail(i)
		} else {
			tp.Lost = key
		}
	}
	tp.Styles = []string{"trace.css"}
	p.explain(r, spans, &tp)
	// The page asks for the head alone to learn whether there is more to show.
	w.Header().Set("Trace-Spans", strconv.Itoa(wf.Spans))
	w.Header().Set("Trace-Explained", strconv.Itoa(wf.Explained))
	p.shell.Show(w, r, http.StatusOK, "trace", tp)
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
