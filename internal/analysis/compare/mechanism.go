package compare

import (
	"math"

	"example.com/tracelab/internal/labapi"
)

// effects split the change of a path: calls × time of a call × the share of that time
// which is on the critical path. The logarithmic mean makes the three add up (LMDI).
type effects struct{ byCalls, byTime, byOverlap float64 }

// explain names the mechanism of each row. Whether calls are more or fewer is a fact
// where nothing is tested.
func (s *sample) explain(tested bool) {
	for i := range s.rows {
		r := &s.rows[i]
		r.effects = r.split()
		changed := math.Abs(r.callsRatio()) >= leastRatio && (!tested || r.calls.any() <= likely)
		r.mechanism = r.name(changed)
	}
}

func (r *row) split() effects {
	delta, x, y := r.delta(), &r.x, &r.y
	switch {
	case x.calls == 0 || y.calls == 0:
		return effects{byCalls: delta}
	case x.self == 0 || y.self == 0:
		return effects{byTime: delta}
	case x.onPath == 0 || y.onPath == 0:
		return effects{byOverlap: delta}
	}
	mean := logMean(x.onPath, y.onPath)
	e := effects{byCalls: mean * math.Log(y.calls/x.calls)}
	e.byTime = mean * math.Log(y.self/y.calls*x.calls/x.self)
	e.byOverlap = delta - e.byCalls - e.byTime
	return e
}

func logMean(a, b float64) float64 {
	if math.Abs(a-b) <= 1e-9*max(a, b) {
		return a
	}
	return (b - a) / math.Log(b/a)
}

// name is the mechanism to which more than half of a change is due. Where the number of
// calls changed for sure, a third is enough: the calls that are new are others than those
// before, and take another time, and overlap with others in another way.
func (r *row) name(callsChanged bool) string {
	delta, calls := r.delta(), r.byCalls
	if callsChanged && calls*delta > 0 {
		calls = math.Copysign(max(3*math.Abs(calls)/2, math.Abs(calls)+max(0, r.byOverlap*sign(delta))), delta)
	}
	switch {
	case delta == 0:
		return ""
	case r.x.calls == 0:
		return labapi.NewPath
	case r.y.calls == 0:
		return labapi.GonePath
	case isMost(calls, delta):
		return either(delta > 0, labapi.MoreCalls, labapi.FewerCalls)
	case isMost(r.byOverlap, delta) && !isMost(r.growth(), delta):
		return either(delta > 0, labapi.LessOverlap, labapi.MoreOverlap)
	}
	return either(delta > 0, labapi.SlowerCalls, labapi.FasterCalls)
}

// growth is by how much more time the calls took, on the critical path or not. A call
// that was beside others, and takes so long now that others wait for it, is on the
// critical path because it is slower.
func (r *row) growth() float64 {
	calls := (r.x.calls + r.y.calls) / 2
	return calls * (r.y.self/r.y.calls - r.x.self/r.x.calls)
}

// isMost reports whether a part is more than half of the whole.
func isMost(part, whole float64) bool { return part*whole > 0 && math.Abs(part) > math.Abs(whole)/2 }

func either(is bool, one, other string) string {
	if is {
		return one
	}
	return other
}
