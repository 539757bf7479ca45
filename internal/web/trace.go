package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/whytext"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// tracePage is /traces/{id}: one trace as a waterfall.
type tracePage struct {
	page
	*waterfall
	Ago      string
	Recent   bool // more of its spans may be on their way
	Embedded bool
	Selected *detail // the span of ?span=, if it is there
	Lost     string  // the value of ?span= that is not
	Why      string  // the command that explains it: of all, curl is what readers have
	Offer    *offer  // of an explanation; nil: nobody explains
	Result   *result
}

func (u *UI) trace(w http.ResponseWriter, r *http.Request) {
	id, err := zipkin.ParseTraceID(strings.ToLower(r.PathValue("id")))
	if err != nil {
		u.showProblem(w, http.StatusBadRequest, problem{
			Heading: "This is not a trace id",
			Text:    "A trace id is 16 or 32 hex digits, such as 463ac35c9f6413ad. Check that it was copied whole.",
			Error:   err.Error(),
		})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), readTimeout)
	defer cancel()
	spans, err := u.cfg.Reader.Trace(ctx, id)
	switch {
	case errors.Is(err, zipkinapi.ErrNotFound) || err == nil && len(spans) == 0:
		u.notFound(w, id)
	case err != nil:
		u.unreadable(w, r, err)
	default:
		u.showTrace(w, r, spans)
	}
}

func (u *UI) notFound(w http.ResponseWriter, id zipkin.TraceID) {
	u.showProblem(w, http.StatusNotFound, problem{
		Heading: "No span of this trace yet",
		Text: "Spans are reported a moment after they end, so they may still arrive. " +
			"If they do not: the request was not sampled, its spans were lost on the way, or the trace was old and made room for newer ones.",
		ID: id.String(),
	})
}

func (u *UI) showTrace(w http.ResponseWriter, r *http.Request, spans []zipkin.Span) {
	wf := layOut(spans)
	now := u.cfg.Now()
	p := tracePage{
		page:      u.page(wf.RootService()+": "+wf.RootName(), "trace.js"),
		waterfall: wf,
		Ago:       ago(now, wf.StartTime()),
		Recent:    now.Sub(wf.StartTime()) < time.Minute,
		Embedded:  u.cfg.embedded(),
		Why:       whytext.Curl(hosts.ForCurl(r), wf.ID.String(), "", ""),
	}
	if key := r.URL.Query().Get("span"); key != "" {
		if i := wf.find(key); i != none {
			p.Selected = wf.Detail(i)
		} else {
			p.Lost = key
		}
	}
	u.explain(r, spans, &p)
	// The page asks for the head alone to learn whether there is more to show.
	w.Header().Set("Trace-Spans", strconv.Itoa(wf.Spans))
	w.Header().Set("Trace-Explained", strconv.Itoa(wf.Explained))
	u.show(w, http.StatusOK, "trace", p)
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
