package delay

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/google/pprof/profile"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/analysis"
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/table"
)

// profiles ends the pass.
func (d *delays) profiles(f *exectrace.File, o Options) []Profile {
	d.finish()
	extent := d.extent.Intersect(d.scope.time)
	started := analysis.Wall(f, extent.Start)
	list := make([]Profile, 0, len(d.order))
	for _, kind := range d.order {
		b := &d.books[slices.Index(kinds[:], kind)]
		samples := b.samples()
		if o.AsGoTool {
			samples = d.stacks.mergeByPC(samples)
		}
		p := Profile{Kind: kind, Profile: d.stacks.build(samples), Unfinished: b.unfinished, Dropped: b.dropped}
		p.DurationNanos = int64(extent.Duration())
		if !started.IsZero() {
			p.TimeNanos = started.UnixNano()
		}
		p.Comments = p.comments(f, o)
		list = append(list, p)
	}
	return list
}

// comments are the comments of the pprof file: what it counts, of which trace.
func (p Profile) comments(f *exectrace.File, o Options) []string {
	about := fmt.Sprintf("%s delays of a Go execution trace (%s)", p.Kind, f.Format())
	if o.AsGoTool {
		about += ", as go tool trace counts them"
	}
	list := []string{about}
	if s := o.restrictions(); s != "" {
		list = append(list, "only "+s)
	}
	if p.Unfinished > 0 {
		list = append(list, fmt.Sprintf("%d went on at the end of the trace, and are not counted", p.Unfinished))
	}
	if p.Dropped > 0 {
		list = append(list, fmt.Sprintf("%d began before a damaged part of the trace, and are not counted", p.Dropped))
	}
	return list
}

func (o Options) restrictions() string {
	var list []string
	add := func(is bool, format string, args ...any) {
		if is {
			list = append(list, fmt.Sprintf(format, args...))
		}
	}
	add(o.Goroutine != 0, "goroutine %d", o.Goroutine)
	add(o.Func != "", "goroutines started with %s", o.Func)
	add(o.Region != "", "regions %q", o.Region)
	add(o.RegionMin != 0, "of at least %v", o.RegionMin)
	add(o.RegionMax != 0, "of at most %v", o.RegionMax)
	add(o.Task != 0, "task %d", o.Task)
	add(o.From != 0 || o.To != 0, "a part of the time")
	return strings.Join(list, ", ")
}

// sample is a sum and the stack it belongs to.
type sample struct {
	stack table.StackID
	sum
}

func (b *book) samples() (list []sample) {
	for id, s := range b.sums {
		if s.count > 0 {
			list = append(list, sample{table.StackID(id), s})
		}
	}
	return list
}

// stackTable are the stacks that delays began at.
type stackTable struct{ table.Stacks }

// mergeByPC merges as the tool does: by the first 128 program counters, which is
// all that the runtime records, in an array of zeros. Of stacks that differ only
// in zeros at their ends, the one that was met last stands for all.
func (t *stackTable) mergeByPC(samples []sample) (merged []sample) {
	slices.SortFunc(samples, func(a, b sample) int { return cmp.Compare(b.last, a.last) })
	at := map[string]int{}
	for _, s := range samples {
		key := t.pcs(s.stack)
		i, ok := at[key]
		if !ok {
			at[key] = len(merged)
			merged = append(merged, s)
			continue
		}
		merged[i].count += s.count
		merged[i].time += s.time
	}
	return merged
}

func (t *stackTable) pcs(id table.StackID) string {
	var key []byte
	for _, f := range t.Lists[id] {
		key = binary.LittleEndian.AppendUint64(key, t.Frames[f].PC)
	}
	return strings.TrimRight(string(key), "\x00")
}

// build makes a profile with the types of values and the period of
// internal/trace/traceviewer/pprof.go, the longest delays first.
func (t *stackTable) build(samples []sample) *profile.Profile {
	slices.SortFunc(samples, func(a, b sample) int {
		return cmp.Or(cmp.Compare(b.time, a.time), cmp.Compare(a.stack, b.stack))
	})
	p := &profile.Profile{
		PeriodType: &profile.ValueType{Type: "trace", Unit: "count"},
		Period:     1,
		SampleType: []*profile.ValueType{{Type: "contentions", Unit: "count"}, {Type: "delay", Unit: "nanoseconds"}},
	}
	all := places{p, map[uint32]*profile.Location{}, map[[2]string]*profile.Function{}}
	for _, s := range samples {
		sample := &profile.Sample{Value: []int64{s.count, int64(s.time)}}
		for _, f := range t.Lists[s.stack] {
			sample.Location = append(sample.Location, all.location(f, &t.Frames[f]))
		}
		p.Sample = append(p.Sample, sample)
	}
	return p
}

// places are what a profile has of the program.
type places struct {
	p         *profile.Profile
	locations map[uint32]*profile.Location // by the number of their frame
	functions map[[2]string]*profile.Function
}

func (l places) location(number uint32, f *decode.Frame) *profile.Location {
	loc := l.locations[number]
	if loc == nil {
		loc = &profile.Location{
			ID:      uint64(len(l.p.Location) + 1),
			Address: f.PC,
			Line:    []profile.Line{{Function: l.function(f), Line: int64(f.Line)}},
		}
		l.p.Location = append(l.p.Location, loc)
		l.locations[number] = loc
	}
	return loc
}

func (l places) function(f *decode.Frame) *profile.Function {
	key := [2]string{f.File, f.Func}
	fn := l.functions[key]
	if fn == nil {
		fn = &profile.Function{ID: uint64(len(l.p.Function) + 1), Name: f.Func, SystemName: f.Func, Filename: f.File}
		l.p.Function = append(l.p.Function, fn)
		l.functions[key] = fn
	}
	return fn
}
