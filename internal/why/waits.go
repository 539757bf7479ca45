package why

import (
	"cmp"
	"maps"
	"slices"

	"example.com/tracelab/internal/labapi"
)

// Bounds of waits: what is shorter explains nothing, and there are many.
const (
	maxWaits    = 12
	maxFollowed = 64  // of which it is looked up what was waited for
	leastShown  = 200 // of the whole, a 200th
)

// waits says what other goroutines did while the request waited for them, the
// longest first.
func waits(segments []segment) []labapi.Wait {
	if len(segments) == 0 {
		return []labapi.Wait{}
	}
	least := (segments[len(segments)-1].end - segments[0].start) / leastShown
	var long []*segment
	for i := range segments {
		if p := &segments[i]; p.recorded.WokenBy != 0 && p.process != nil && p.took() >= least {
			long = append(long, p)
		}
	}
	slices.SortStableFunc(long, func(a, b *segment) int { return -cmp.Compare(a.took(), b.took()) })
	sums := waitSums{}
	for _, p := range long[:min(len(long), maxFollowed)] {
		sums.add(p)
	}
	return sums.longest()
}

// waitSums adds up waits that are alike.
type waitSums map[waitKey]*waitSum

type waitKey struct{ service, waiting, span, state, function, trace, operation, stack string }

type waitSum struct {
	labapi.Wait
	ns int64
}

// add adds what the goroutine did that a segment waited for.
func (sums waitSums) add(p *segment) {
	t := p.process.Trace
	for _, x := range t.WakerSegments(p.recorded) {
		ns := min(int64(x.End)+p.clock, p.end) - max(int64(x.Start)+p.clock, p.start) // the segment may be a part of that of the execution trace
		if ns <= 0 {
			continue
		}
		l := labapi.Wait{Service: p.span.service, Waiting: p.state, SpanID: p.span.id.String(), State: x.State.String(), Stack: Frames(t.SegmentStack(x)), Inferred: x.Inferred}
		if g, ok := t.Goroutine(x.Goroutine); ok {
			l.Function = g.Name
		}
		p.process.serves(&l, x.Task)
		k := waitKey{l.Service, l.Waiting, l.SpanID, l.State, l.Function, l.TraceID, l.Operation, join(l.Stack)}
		if sums[k] == nil {
			sums[k] = &waitSum{Wait: l}
		}
		sums[k].ns += ns
	}
}

func (sums waitSums) longest() []labapi.Wait {
	ordered := slices.SortedFunc(maps.Values(sums), func(a, b *waitSum) int {
		return cmp.Or(-cmp.Compare(a.ns, b.ns), cmp.Compare(a.State, b.State), cmp.Compare(a.Function, b.Function), cmp.Compare(join(a.Stack), join(b.Stack)))
	})
	all := []labapi.Wait{}
	for _, l := range ordered[:min(len(ordered), maxWaits)] {
		l.US = (l.ns + 500) / 1000
		if l.US > 0 {
			all = append(all, l.Wait)
		}
	}
	return all
}
