package comparison

import (
	"strings"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// exemplars are traces of both sides to open.
type exemplars struct {
	A, B   []link
	Beside string // the address of the first of both sides beside each other
}

// link is a trace, by its number among those of its side.
type link struct {
	Number  int
	ID      string
	Address string
}

func (a *answer) exemplars(x, y []string) (e exemplars) {
	e.A, e.B = links(x), links(y)
	if len(e.A) > 0 && len(e.B) > 0 {
		e.Beside = Address(labapi.ComparisonQuery{A: e.A[0].ID, B: e.B[0].ID})
	}
	return e
}

// links are the pages of traces, of what can be the id of one.
func links(ids []string) (all []link) {
	for _, id := range ids {
		if _, err := labapi.ParseTraceID(id); err == nil {
			all = append(all, link{len(all) + 1, id, "/traces/" + id})
		}
	}
	return all
}

// Examples are those of what the headline is about.
func (a *answer) Examples() exemplars {
	x, y := a.typical()
	return a.exemplars(x, y)
}

func (a *answer) typical() (x, y []string) {
	switch {
	case a.Kind == labapi.CompareTraces:
		return []string{strings.TrimPrefix(a.A.Label, "trace ")}, []string{strings.TrimPrefix(a.B.Label, "trace ")}
	case a.Kind == labapi.CompareTag && len(a.Tags) > 0:
		return a.Tags[0].ExemplarsA, a.Tags[0].ExemplarsB
	case a.Verdict.Mechanism == labapi.ErrorsPath && a.Errors != nil:
		for i := range a.Errors.Paths {
			if e := &a.Errors.Paths[i]; e.Path == a.Verdict.Path {
				return e.ExemplarsA, e.ExemplarsB
			}
		}
	}
	for i := range a.Bridge {
		row := &a.Bridge[i]
		is := a.Verdict.Path == "" || row.Path == a.Verdict.Path || strings.HasPrefix(row.Path, a.Verdict.Path+labapi.PathSeparator)
		if is && len(row.ExemplarsB) > 0 {
			return row.ExemplarsA, row.ExemplarsB
		}
	}
	return nil, nil
}

// Explain is the address of the explanation of a trace that shows what the headline is
// about; empty: none is known, or nobody explains.
func (a *answer) Explain() string {
	e := a.Examples()
	ids := e.B
	if a.DeltaRootUS < 0 && a.Kind != labapi.CompareTag {
		ids = e.A // the slower of both
	}
	if !a.explains || len(ids) == 0 {
		return ""
	}
	return ids[0].Address + "?explain=1#explanation"
}

// failing is a row of the table of errors.
type failing struct {
	*labapi.ErrorPath
	path
	of *answer
}

// maxFailing is how many paths that fail are shown; the text has them all.
const maxFailing = 20

// Failing are the paths that fail.
func (a *answer) Failing() (rows []failing) {
	if a.Errors == nil {
		return nil
	}
	for i := range a.Errors.Paths[:min(len(a.Errors.Paths), maxFailing)] {
		e := &a.Errors.Paths[i]
		rows = append(rows, failing{e, a.newPath(e.Path, e.Service, e.Operation), a})
	}
	return rows
}

// MoreFailing is how many more there are.
func (a *answer) MoreFailing() int { return max(0, len(a.Errors.Paths)-maxFailing) }

// RateA and RateB are the shares of requests that fail.
func (a *answer) RateA() string { return percent(a.Errors.RateA) }
func (a *answer) RateB() string { return percent(a.Errors.RateB) }

func (f failing) Sure() string      { return f.of.sure(f.P) }
func (f failing) Chance() string    { return f.of.chance(f.P) }
func (f failing) Traces() exemplars { return f.of.exemplars(f.ExemplarsA, f.ExemplarsB) }

// state is a row of what the goroutines did.
type state struct {
	labapi.StateChange
	XA, WA, XB, WB string
}

// maxStates is how many states are shown.
const maxStates = 10

// GoroutineStates are what the goroutines did.
func (a *answer) GoroutineStates() (rows []state) {
	times := []int64{1}
	for _, s := range a.States {
		times = append(times, s.AUS, s.BUS)
	}
	axis := scale{0, float64(maxOf(times))}
	for i, s := range a.States {
		if i == maxStates || i > 0 && abs(s.DeltaUS) < abs(a.States[0].DeltaUS)/leastBar {
			break
		}
		row := state{StateChange: s}
		row.XA, row.WA = axis.Bar(0, s.AUS)
		row.XB, row.WB = axis.Bar(0, s.BUS)
		rows = append(rows, row)
	}
	return rows
}

func maxOf(times []int64) (most int64) {
	for _, us := range times {
		most = max(most, us)
	}
	return most
}

func (s state) Before() string { return display.Micros(s.AUS) }
func (s state) After() string  { return display.Micros(s.BUS) }
func (s state) By() string     { return display.Signed(s.DeltaUS) }
func (s state) Name() string   { return display.Cut(s.State, maxName) }
func (s state) Means() string  { return display.State(s.State) }
func (s state) Of() string     { return display.Cut(display.Service(s.Service), maxName) }
