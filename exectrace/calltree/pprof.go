package calltree

import (
	"github.com/google/pprof/profile"

	"example.com/tracelab/exectrace"
)

// Pprof returns the tree as a profile for go tool pprof. Of Samples it has their number;
// otherwise, as the profiles of package delay have, how many times goroutines were in the
// state, and for how long.
func (p *Profile) Pprof(m Measure, f Filter) *profile.Profile {
	out := &profile.Profile{
		DurationNanos: int64(p.To.Sub(p.From)), Period: 1, PeriodType: &profile.ValueType{Type: "trace", Unit: "count"},
		SampleType: []*profile.ValueType{{Type: "contentions", Unit: "count"}, {Type: "delay", Unit: "nanoseconds"}},
	}
	if m.State == Samples {
		out.SampleType = []*profile.ValueType{{Type: "samples", Unit: "count"}}
	}
	if at := p.trace.Wall(p.From); !at.IsZero() {
		out.TimeNanos = at.UnixNano()
	}
	calls := places{out, map[exectrace.Frame]*profile.Location{}, map[[2]string]*profile.Function{}}
	for _, path := range p.Tree(m, f).paths {
		l := path.line
		sample := &profile.Sample{Value: []int64{l.count, l.sum}[:len(out.SampleType)]}
		for _, frame := range p.calls(l) {
			sample.Location = append(sample.Location, calls.location(frame))
		}
		out.Sample = append(out.Sample, sample)
	}
	return out
}

// places are what a profile has of the program.
type places struct {
	p         *profile.Profile
	locations map[exectrace.Frame]*profile.Location
	functions map[[2]string]*profile.Function
}

func (c places) location(f exectrace.Frame) *profile.Location {
	loc := c.locations[f]
	if loc == nil {
		loc = &profile.Location{ID: uint64(len(c.p.Location) + 1), Address: f.PC, Line: []profile.Line{{Function: c.function(f), Line: int64(f.Line)}}}
		c.p.Location = append(c.p.Location, loc)
		c.locations[f] = loc
	}
	return loc
}

func (c places) function(f exectrace.Frame) *profile.Function {
	key := [2]string{f.File, f.Func}
	fn := c.functions[key]
	if fn == nil {
		fn = &profile.Function{ID: uint64(len(c.p.Function) + 1), Name: f.Func, SystemName: f.Func, Filename: f.File}
		c.p.Function = append(c.p.Function, fn)
		c.functions[key] = fn
	}
	return fn
}
