// Package profile makes a pprof profile of a set of traces: a stack is a call path, and its
// values are the time on the critical path and the time of its own, a trace, and how often it
// was called.
package profile

import (
	"fmt"
	"io"
	"iter"
	"math"

	"github.com/google/pprof/profile"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/zipkin"
)

// Types of samples, in the order of their values. Times are ns of one trace, in the mean, so
// that sets of different sizes can be compared; calls are those of all traces.
const (
	Critical = "critical" // on the critical path
	Self     = "self"     // in which no call of it was under way
	Calls    = "calls"
)

// maxDepth bounds a stack: what is deeper counts as the call in which it is.
const maxDepth = 128

// Write writes the profile of traces, whose spans may be partial, gzipped as pprof reads it,
// unless an error ends them. about says what they are, and notes, once they are read, what
// has to be known of them; nil: nothing.
func Write(w io.Writer, about string, traces iter.Seq2[[]zipkin.Span, error], notes func() []string) error {
	p, err := build(about, traces)
	if err != nil {
		return err
	}
	if notes != nil {
		p.Comments = append(p.Comments, notes()...)
	}
	return p.Write(w)
}

func build(about string, traces iter.Seq2[[]zipkin.Span, error]) (*profile.Profile, error) {
	b, n := newBuilder(), 0
	for spans, err := range traces {
		if err != nil {
			return nil, err
		}
		b.add(critical.Of(spans, critical.Options{}))
		n++
	}
	b.p.Comments = []string{fmt.Sprintf("mean of %d traces: %s", n, display.Line(about))}
	if b.deep > 0 {
		b.p.Comments = append(b.p.Comments, fmt.Sprintf("%d spans are deeper than %d calls, and count as the call in which they are", b.deep, maxDepth))
	}
	b.setTime()
	return b.finish(int64(max(1, n))), nil
}

// builder adds up traces.
type builder struct {
	p         *profile.Profile
	locations map[frame]*profile.Location
	stacks    []stack
	index     map[step]int32
	first     int64 // µs
	deep      int   // spans beyond maxDepth
}

// frame is a call as it is shown.
type frame struct{ service, operation string }

// stack is a call path: another one, and a call from it.
type stack struct {
	step
	depth  int
	values [3]int64 // sums, in µs
}

type step struct {
	caller int32 // none: -1
	frame
}

func newBuilder() *builder {
	// Names are there already: pprof need not look for a program.
	traces := &profile.Mapping{ID: 1, HasFunctions: true, HasFilenames: true, HasLineNumbers: true, HasInlineFrames: true}
	return &builder{locations: map[frame]*profile.Location{}, index: map[step]int32{}, first: math.MaxInt64,
		p: &profile.Profile{
			Mapping:           []*profile.Mapping{traces},
			SampleType:        []*profile.ValueType{{Type: Critical, Unit: "nanoseconds"}, {Type: Self, Unit: "nanoseconds"}, {Type: Calls, Unit: "count"}},
			DefaultSampleType: Critical,
			PeriodType:        &profile.ValueType{Type: "traces", Unit: "count"},
			Period:            1,
		}}
}

// add adds a trace: each span before those below it.
func (b *builder) add(t *critical.Trace) {
	of := make([]int32, len(t.Spans))
	for root := range t.Spans {
		if !t.Tree.IsLocalRoot(root) {
			continue
		}
		for i := range t.Tree.Below(root) {
			caller := int32(-1)
			if p := t.Tree.Nodes[i].Parent; p != zipkin.None {
				caller = of[p]
			}
			of[i] = b.stack(caller, t.Spans[i])
			node, s := &t.Nodes[i], &b.stacks[of[i]]
			for n, v := range [3]int64{node.OnPath, node.Self, 1} {
				s.values[n] = sum(s.values[n], v)
			}
			b.cover(t.Spans[i])
		}
	}
}

// sum saturates: a hostile duration must not become a negative one.
func sum(a, b int64) int64 {
	if b > math.MaxInt64-a {
		return math.MaxInt64
	}
	return a + max(b, 0)
}

// mean is that of a sum of µs, in ns.
func mean(us, n int64) int64 {
	whole, rest := us/n, us%n
	if whole >= math.MaxInt64/1000 {
		return math.MaxInt64
	}
	return whole*1000 + rest*1000/n
}

// stack is the path of a span below another one.
func (b *builder) stack(caller int32, s *zipkin.Span) int32 {
	depth := 1
	if caller >= 0 {
		depth += b.stacks[caller].depth
	}
	if depth > maxDepth {
		b.deep++
		return caller
	}
	k := step{caller, frame{display.Line(display.Service(s.Local.ServiceName)), display.Line(display.SpanName(s.Name))}}
	at, known := b.index[k]
	if !known {
		at = int32(len(b.stacks))
		b.index[k] = at
		b.stacks = append(b.stacks, stack{step: k, depth: depth})
	}
	return at
}

// cover extends the time of the profile.
func (b *builder) cover(s *zipkin.Span) {
	if s.Timestamp > 0 {
		b.first = min(b.first, s.Timestamp)
	}
}

// setTime sets when the first trace began, in ns, where that can be said. How long it took to
// collect them has nothing to do with the mean of one, and pprof would set them in relation.
func (b *builder) setTime() {
	const most = math.MaxInt64 / 1000
	if b.first > most {
		return
	}
	b.p.TimeNanos = b.first * 1000
}

// finish makes a sample of each stack.
func (b *builder) finish(traces int64) *profile.Profile {
	for i := range b.stacks {
		v := b.stacks[i].values
		sample := &profile.Sample{Value: []int64{mean(v[0], traces), mean(v[1], traces), v[2]}}
		for at := int32(i); at >= 0; at = b.stacks[at].caller {
			sample.Location = append(sample.Location, b.location(b.stacks[at].frame))
		}
		b.p.Sample = append(b.p.Sample, sample)
	}
	return b.p
}

// location is that of a call, whose file is the service: pprof sums up by it.
func (b *builder) location(f frame) *profile.Location {
	loc := b.locations[f]
	if loc == nil {
		id := uint64(len(b.p.Location) + 1)
		fn := &profile.Function{ID: id, Name: f.service + " " + f.operation, SystemName: f.service + " " + f.operation, Filename: f.service}
		loc = &profile.Location{ID: id, Mapping: b.p.Mapping[0], Line: []profile.Line{{Function: fn}}}
		b.p.Function, b.p.Location = append(b.p.Function, fn), append(b.p.Location, loc)
		b.locations[f] = loc
	}
	return loc
}
