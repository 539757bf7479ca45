package waterfall

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/whytext"
	"example.com/tracelab/internal/zipkin"
)

// Explainer explains requests by the execution traces of their processes.
type Explainer interface {
	// Execution says, without asking any process, whether what processes did for a
	// trace can be had, by its spans.
	Execution(zipkin.TraceID, []zipkin.Span) labapi.Execution
	// Explanation explains a span of a trace; with the zero id, its longest request.
	Explanation(context.Context, zipkin.TraceID, zipkin.SpanAt) (*labapi.Explanation, error)
}

// offer is what the page of a trace says of an explanation that can be asked for.
type offer struct {
	labapi.Execution
	Path string // where to ask for the execution again
}

// Left is the time that is left, in ms.
func (o *offer) Left() int64 { return int64(o.SecondsLeft * 1000) }

// Seconds is the time that is left, in whole seconds.
func (o *offer) Seconds() int64 { return max(1, int64(o.SecondsLeft+.5)) }

// Counts reports whether the time is running out.
func (o *offer) Counts() bool { return o.State == labapi.ExecutionRecorded }

// result is an explanation for its page.
type result struct {
	*labapi.Explanation
	Failed string // why there is none
	Asked  string // what it is of, as ?explain= says it
	Start  string // and ?start_us=
	of     *Waterfall
	lanes  func(id string) string // the page of an execution trace
	all    string                 // the page of all goroutines that worked for it; empty: there is none
}

// explain adds to the page whether there can be an explanation, and the explanation
// if it is asked for. To ask for the head alone asks no process.
func (p *Pages) explain(r *http.Request, spans []zipkin.Span, tp *tracePage) {
	if p.cfg.Explainer == nil {
		return
	}
	if q := r.URL.Query(); q.Get("explain") != "" && r.Method == http.MethodGet {
		tp.Result = &result{of: tp.Waterfall, lanes: p.cfg.Execution, Asked: q.Get("explain"), Start: q.Get("start_us")}
		at, err := tp.Result.at()
		if err == nil {
			tp.Result.Explanation, err = p.cfg.Explainer.Explanation(r.Context(), tp.ID, at)
		}
		if p.cfg.Goroutines != nil {
			tp.Result.all = p.cfg.Goroutines(tp.ID, at)
		}
		if err != nil {
			tp.Result.Failed = err.Error()
		} else if at.ID != 0 {
			tp.Why = whytext.Curl(hosts.ForCurl(r), tp.ID.String(), at.ID.String(), tp.Result.Start)
		}
	}
	tp.Offer = &offer{p.cfg.Explainer.Execution(tp.ID, spans), labapi.WhyPath + "/" + tp.ID.String() + labapi.ExecutionPath}
}

// at reads ?explain=, a span, or 1 for the longest request, and ?start_us=, which
// distinguishes spans that have one id.
func (e *result) at() (at zipkin.SpanAt, err error) {
	switch {
	case e.Asked == "1" && e.Start == "":
		return at, nil
	case e.Asked == "1":
		return at, fmt.Errorf("start_us=%.40s: want the id of a span in explain, too", e.Start)
	}
	if at.ID, err = zipkin.ParseSpanID("explain", e.Asked); err != nil || at.ID == 0 {
		return at, fmt.Errorf("explain=%.40s: want 1, or the id of a span", e.Asked)
	}
	if e.Start != "" {
		at.Timestamp, err = labapi.ParseStartUS(e.Start)
	}
	return at, err
}

// Query asks for the same explanation again.
func (e *result) Query() template.URL {
	q := url.Values{"explain": {e.Asked}}
	if e.Start != "" {
		q.Set("start_us", e.Start)
	}
	return template.URL(q.Encode())
}

// Unlisted is how many requests of the trace are not listed.
func (e *result) Unlisted() int { return max(0, e.Requests-1-len(e.Others)) }

// Another asks for that of another request of the trace.
func (e *result) Another(r labapi.Request) template.URL {
	of := result{Asked: r.SpanID, Start: whytext.StartOf(&r)}
	return of.Query()
}

// Awaited reports whether something may come yet, so that it is of use to ask again.
func (e *result) Awaited() bool { return e.Explanation != nil && !e.Execution.Final() }

// spent is a row of the table of where the time went.
type spent struct {
	labapi.StateTime
	Colour string
	Means  string
	Key    string       // of the row in the waterfall, if it is there
	Query  template.URL // of the explanation that it is in
	Lane   string       // of the goroutine that did it, in an execution trace; empty: there is none
	of     int64
}

// W is the length of the bar in SVG.
func (s spent) W() string     { return draw.Percent(float64(s.US) / float64(max(s.of, 1)) * 100) }
func (s spent) Time() string  { return display.Micros(s.US) }
func (s spent) Share() string { return fmt.Sprintf("%.1f %%", float64(s.US)/float64(max(s.of, 1))*100) }

// The table has the longest times, until they are less than a 200th of the whole.
const (
	maxSpent   = 12
	leastSpent = 200
)

// Spent are the rows of the table.
func (e *result) Spent() (rows []spent) {
	for _, t := range e.States[:e.shown()] {
		row := spent{StateTime: t, Colour: draw.Class(e.of.colourOf(t.Service)), Means: display.State(t.State), Query: e.Query(), of: e.TotalUS}
		if i := e.of.find(t.SpanID); t.SpanID != "" && i != none {
			row.Key = e.of.Rows[i].Key
		}
		row.Lane = e.laneOf(t.Service, t.SpanID)
		row.Service, row.Operation = display.Service(t.Service), display.SpanName(t.Operation)
		rows = append(rows, row)
	}
	return rows
}

func (e *result) shown() int {
	n := 1
	for n < min(len(e.States), maxSpent) && e.States[n].US > e.TotalUS/leastSpent {
		n++
	}
	return min(n, len(e.States))
}

// Rest sums up the times that the table has no row of; nil: it has all.
func (e *result) Rest() *spent {
	rest := e.States[e.shown():]
	if len(rest) == 0 {
		return nil
	}
	sum := spent{StateTime: labapi.StateTime{Operation: fmt.Sprintf("%d more", len(rest))}, of: e.TotalUS}
	for _, t := range rest {
		sum.US += t.US
	}
	return &sum
}

// Total is the time that the table sums to.
func (e *result) Total() string { return display.Micros(e.TotalUS) }

// Chain says who held what while the span waited.
func (e *result) Chain() []whytext.Waited { return whytext.Waits(e.Explanation) }

// The and Of name a service, and a span of one, in a sentence.
func (e *result) The(service string) string      { return display.The(service) }
func (e *result) Of(span, service string) string { return display.Of(span, service) }

// ServiceName and SpanName are names, or words for their absence.
func (e *result) ServiceName(name string) string { return display.Service(name) }
func (e *result) SpanName(name string) string    { return display.SpanName(name) }

// Micros writes µs.
func (e *result) Micros(us int64) string { return display.Micros(us) }

// Stacked says how many stacks there are.
func (e *result) Stacked() string {
	if len(e.Stacks) == 1 {
		return "1 stack"
	}
	return strconv.Itoa(len(e.Stacks)) + " stacks"
}

// colourOf is the colour of a service on this page.
func (w *Waterfall) colourOf(service string) int {
	for _, s := range w.Services {
		if s.Name == zipkin.LowerName(service) {
			return s.Colour
		}
	}
	return draw.Preferred(service)
}
