package explain

import (
	"fmt"
	"net/http"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
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
	in := inputs{id: id, spans: spans}
	in.narrow(0) // to the request that would be explained
	began, ended := timeOf(in.own())
	left, reason := secondsLeft(began, ended, time.Now())
	for _, s := range x.cfg.Snapshots.Best(id) {
		if s.Recorded() {
			return labapi.Execution{State: labapi.ExecutionStored, SecondsLeft: left}
		}
	}
	recorded, _ := x.cfg.Snapshots.Services()
	switch {
	case len(recorded) == 0:
		return labapi.Execution{State: labapi.ExecutionGone, Reason: "No process that is connected has a flight recorder."}
	case left > 0:
		return labapi.Execution{State: labapi.ExecutionRecorded, SecondsLeft: left, Reason: reason}
	}
	return labapi.Execution{State: labapi.ExecutionGone, Reason: reason}
}

// secondsLeft is for how long recorders have a request, and what is to be said of
// that.
func secondsLeft(began, ended, now time.Time) (left float64, reason string) {
	if some := ended.Add(labapi.RecorderWindow).Sub(now); some > 0 {
		if now.Sub(began) > labapi.RecorderWindow {
			reason = "The recorders have forgotten how it began."
		}
		return some.Seconds(), reason
	}
	if ended.IsZero() {
		return 0, ""
	}
	return 0, fmt.Sprintf("The recorders keep the last %s, and it ended %s ago.", display.Duration(labapi.RecorderWindow), display.Duration(now.Sub(ended)))
}
