package why

import (
	"cmp"
	"slices"

	"example.com/tracelab/internal/labapi"
)

// Bounds of a chain: what is shorter explains nothing, and there are many.
const (
	maxLinks   = 12
	maxWaits   = 64  // that are looked behind
	leastShown = 200 // of the whole, a 200th
)

// chain says what those did who kept the request waiting, the longest first.
func chain(pieces []piece) []labapi.Wait {
	if len(pieces) == 0 {
		return []labapi.Wait{}
	}
	least := (pieces[len(pieces)-1].end - pieces[0].start) / leastShown
	var waits []*piece
	for i := range pieces {
		if p := &pieces[i]; p.tile.Holder != 0 && p.process != nil && p.took() >= least {
			waits = append(waits, p)
		}
	}
	slices.SortStableFunc(waits, func(a, b *piece) int { return -cmp.Compare(a.took(), b.took()) })
	sums := linkSums{}
	for _, p := range waits[:min(len(waits), maxWaits)] {
		sums.behind(p)
	}
	return sums.longest()
}

// linkSums adds up links that say the same.
type linkSums map[linkKey]*linkSum

type linkKey struct{ service, waiting, span, state, function, trace, operation, stack string }

type linkSum struct {
	labapi.Wait
	ns int64
}

// behind adds what the goroutine did that a piece waited for.
func (sums linkSums) behind(p *piece) {
	t := p.process.Trace
	for _, x := range t.Behind(p.tile) {
		ns := min(int64(x.End)+p.clock, p.end) - max(int64(x.Start)+p.clock, p.start) // the piece may be a part of its tile
		if ns <= 0 {
			continue
		}
		l := labapi.Wait{Service: p.span.service, Waiting: p.state, SpanID: p.span.id.String(), State: x.State.String(), Stack: frames(t.TileStack(x)), Inferred: x.Inferred}
		if g, ok := t.Goroutine(x.Goroutine); ok {
			l.Function = g.Name
		}
		p.process.serves(&l, x.Task)
		k := linkKey{l.Service, l.Waiting, l.SpanID, l.State, l.Function, l.TraceID, l.Operation, join(l.Stack)}
		if sums[k] == nil {
			sums[k] = &linkSum{Wait: l}
		}
		sums[k].ns += ns
	}
}

func (sums linkSums) longest() []labapi.Wait {
	ordered := slices.SortedFunc(values(sums), func(a, b *linkSum) int {
		return cmp.Or(-cmp.Compare(a.ns, b.ns), cmp.Compare(a.State, b.State), cmp.Compare(a.Function, b.Function), cmp.Compare(join(a.Stack), join(b.Stack)))
	})
	all := []labapi.Wait{}
	for _, l := range ordered[:min(len(ordered), maxLinks)] {
		l.US = (l.ns + 500) / 1000
		if l.US > 0 {
			all = append(all, l.Wait)
		}
	}
	return all
}
