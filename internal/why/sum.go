package why

import (
	"cmp"
	"maps"
	"slices"

	"example.com/tracelab/internal/labapi"
)

// micros rounds a moment of the explained time to whole µs after its beginning,
// so that differences of such sum exactly.
func micros(segments []segment, at int64) int64 { return (at - segments[0].start + 500) / 1000 }

func (p *segment) micros(of []segment) int64 { return micros(of, p.end) - micros(of, p.start) }

// sum adds segments up by operation and state, the longest first.
func sum(segments []segment) []labapi.StateTime {
	type key struct {
		span  *span
		state string
	}
	sums := map[key]*labapi.StateTime{}
	for i := range segments {
		p := &segments[i]
		k := key{p.span, p.state}
		t := sums[k]
		if t == nil {
			t = &labapi.StateTime{Service: p.span.service, Operation: p.span.name, SpanID: p.span.id.String(), State: p.state}
			sums[k] = t
		}
		us := p.micros(segments)
		t.US += us
		if p.inferred {
			t.InferredUS += us
		}
		if p.doubtful() {
			t.DoubtfulUS += us
		}
	}
	all := []labapi.StateTime{}
	for t := range maps.Values(sums) {
		if t.US > 0 {
			all = append(all, *t)
		}
	}
	slices.SortFunc(all, func(a, b labapi.StateTime) int {
		return cmp.Or(-cmp.Compare(a.US, b.US), cmp.Compare(a.Service, b.Service), cmp.Compare(a.SpanID, b.SpanID), cmp.Compare(a.State, b.State))
	})
	return all
}

// maxStacks bounds the stacks of an answer.
const maxStacks = 5

// stacks are where most of the time was spent.
func stacks(segments []segment) []labapi.StackTime {
	type key struct{ service, state, frames string }
	sums := map[key]*labapi.StackTime{}
	for i := range segments {
		p := &segments[i]
		frames := p.frames()
		if len(frames) == 0 {
			continue
		}
		k := key{p.span.service, p.state, join(frames)}
		if sums[k] == nil {
			sums[k] = &labapi.StackTime{Service: p.span.service, State: p.state, Frames: frames}
		}
		sums[k].US += p.micros(segments)
	}
	all := slices.SortedFunc(maps.Values(sums), func(a, b *labapi.StackTime) int {
		return cmp.Or(-cmp.Compare(a.US, b.US), cmp.Compare(join(a.Frames), join(b.Frames)))
	})
	top := []labapi.StackTime{}
	for _, s := range all[:min(len(all), maxStacks)] {
		if s.US > 0 {
			top = append(top, *s)
		}
	}
	return top
}
