package explain

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/snapshots"
	"example.com/tracelab/internal/zipkin"
)

// ShowExecution answers with the Execution of the trace that {trace} names.
func (x *Explainer) ShowExecution(w http.ResponseWriter, r *http.Request) error {
	of, err := readSubject(r)
	if err != nil {
		return err
	}
	in := inputs{id: of.trace}
	if err := in.read(r.Context(), x.cfg.Reader); err != nil {
		return httpapi.Failed("zipkin", httpapi.Unreachable, err)
	}
	e := x.Execution(of.trace, in.spans)
	if len(in.spans) == 0 && e.Gone() {
		return &httpapi.Error{Code: httpapi.NotFound, Detail: fmt.Sprintf("trace %s: neither spans nor execution traces know it", of.trace)}
	}
	httpapi.WriteJSON(w, e)
	return nil
}

// Execution says whether what processes did for a trace can be had, by its spans and
// by what is stored. It asks nobody.
func (x *Explainer) Execution(id zipkin.TraceID, spans []zipkin.Span) labapi.Execution {
	in := inputs{id: id, spans: spans, root: zipkin.LongestRoot(spans)}
	in.narrow(zipkin.SpanAt{}) // to the request that would be explained
	now := time.Now()
	began, ended := timeOf(in.own())
	left, reason := secondsLeft(began, ended, now)
	if slices.ContainsFunc(x.cfg.Snapshots.BestAt(id, in.during), in.isIn) {
		return labapi.Execution{State: labapi.ExecutionStored, SecondsLeft: left}
	}
	recorded, _ := x.cfg.Snapshots.Services()
	switch {
	case len(recorded) == 0:
		reason = "No process that is connected has a flight recorder."
	case !slices.ContainsFunc(recorded, in.mayHave):
		reason = "By its spans, no process that has a flight recorder took part in it."
	case left > 0:
		return labapi.Execution{State: labapi.ExecutionRecorded, SecondsLeft: left, Reason: cmp.Or(reason, ahead(ended, now))}
	}
	return labapi.Execution{State: labapi.ExecutionGone, Reason: reason}
}

// isIn reports whether a snapshot has something of the request. One that was taken for
// another request of the trace need not.
func (in *inputs) isIn(s *snapshots.Snapshot) bool {
	if !s.Recorded() || s.StartUS == 0 || in.part == nil {
		return s.Recorded()
	}
	return s.StartUS <= in.during.End.UnixMicro() && s.EndUS >= in.during.Start.UnixMicro()
}

// secondsLeft is for how long recorders have a request, at most, and what is to be said
// of that.
func secondsLeft(began, ended, now time.Time) (left float64, reason string) {
	const window = labapi.RecorderWindow
	age := now.Sub(ended)
	switch {
	case ended.IsZero():
		return 0, "None of its spans says when it was."
	case age >= window:
		return 0, fmt.Sprintf("The recorders keep the last %s, and it ended %s ago.", display.Duration(window), display.Duration(age))
	case now.Sub(began) > window:
		reason = "The recorders have forgotten how it began."
	}
	return (window - max(age, 0)).Seconds(), reason
}

// ahead says of what ends long after now that a clock, or a duration, is wrong. Empty:
// it does not.
func ahead(ended, now time.Time) string {
	if by := ended.Sub(now); by > labapi.RecorderWindow {
		return fmt.Sprintf("Its spans end %s after now, by the clock of the server.", display.Duration(by))
	}
	return ""
}
