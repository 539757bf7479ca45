package compare

import (
	"example.com/tracelab/internal/labapi"
)

// verdict names the first culprit, whether there is evidence for it or not.
func (f *finding) verdict() labapi.Verdict {
	nx, ny := f.sample.compared()
	v := labapi.Verdict{NA: nx, NB: ny, DetectableUS: round(powerful * f.error)}
	if len(f.culprits) == 0 || f.culprits[0].delta*f.within() <= 0 && !f.claimed {
		return v
	}
	c := &f.culprits[0]
	p := &f.paths.all[f.rows[c.named()].path]
	v.Claimed, v.Service, v.Operation, v.Path = f.claimed, p.service, p.operation, f.nameOf(*c)
	v.Below, v.Mechanism, v.DeltaUS = f.isBelow(c), c.mechanism, round(c.delta)
	if c.moved {
		v.Mechanism = either(c.delta > 0, labapi.SlowerCalls, labapi.FasterCalls)
	} else if c.by >= 0 {
		v.Caller = f.callText(c.by)
	}
	if f.tested() && min(nx, ny) >= fewest {
		v.P = &c.p
	}
	return v
}

// callText is how people are told what a row is of.
func (f *finding) callText(row int) string {
	p := &f.paths.all[f.rows[row].path]
	return callText(p.service, p.operation)
}

// isBelow reports whether changes of other paths come from a culprit.
func (f *finding) isBelow(c *culprit) bool {
	return len(c.members) > 1 || c.members[0] != c.named()
}

// errorChange says where requests failed.
func (f *finding) errorChange(o Options) *labapi.ErrorChange {
	if f.errors == nil {
		return nil
	}
	f.errors.sort()
	c := &labapi.ErrorChange{RateA: f.x.failing(), RateB: f.y.failing(), Verdict: f.errorVerdict()}
	for i := range f.errors.paths {
		e := &f.errors.paths[i]
		p := &f.paths.all[e.path]
		x, y := f.failed(e.path, o.Recorded)
		c.Paths = append(c.Paths, labapi.ErrorPath{
			Path: f.text(e.path), Service: p.service, Operation: p.operation, A: e.nx, B: e.ny, P: pointer(e.p()),
			ExemplarsA: x, ExemplarsB: y,
		})
	}
	return c
}

// errorVerdict names the path whose failures changed most of those for which there is
// evidence.
func (f *finding) errorVerdict() labapi.Verdict {
	nx, ny := f.sample.compared()
	v := labapi.Verdict{NA: nx, NB: ny}
	for i := range f.errors.paths {
		e := &f.errors.paths[i]
		if !f.evidentError(e) {
			continue
		}
		p := &f.paths.all[e.path]
		v.Claimed, v.Mechanism, v.P = true, labapi.ErrorsPath, pointer(e.p())
		v.Service, v.Operation, v.Path = p.service, p.operation, f.text(e.path)
		return v
	}
	return v
}

// failing is the share of requests with a failure.
func (s *side) failing() float64 {
	n := 0
	for i := range s.observations {
		if len(s.observations[i].failed) > 0 {
			n++
		}
	}
	return float64(n) / float64(len(s.observations))
}
