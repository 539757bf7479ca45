package exectrace

import "example.com/tracelab/exectrace/internal/decode"

// pending are the last steps of a goroutine, which are not in steps yet. The decoder has an
// index for each goroutine that lives, so that there are as many pending as live at once.
// One is a line of the processor's cache; what a goroutine of a few steps does is in it.
type pending struct {
	id    GoID
	at    Time  // of the last step
	since Time  // that the first one here counts from
	of    int32 // the goroutine, an index; plus one, 0: it is none's
	long  int32 // an index of longer texts, plus one; 0: the text is here
	size  uint8 // how many bytes of text are written
	fresh bool  // the goroutine has no step yet
	named bool
	ended bool // at the last step it has ended, or waits forever
	gone  bool // it has ended
	text  [27]byte
}

// longText is a text that has become too long to be in line.
type longText [mayGoOn - 1]byte

// pendingOf returns what is pending of the goroutine that has an index of the decoder, or
// nil if it has none. The decoder gives the index to another goroutine some time after the
// one that had it has ended.
func (x *indexer) pendingOf(index int32, id int64) *pending {
	if uint(index) < uint(x.pending.Len()) {
		if p := x.pending.At(int(index)); p.id == GoID(id) && p.of != 0 {
			return p
		}
	}
	if index < 0 || id == decode.None {
		return nil
	}
	for int(index) >= x.pending.Len() {
		x.pending.Add(pending{})
	}
	p := x.pending.At(int(index))
	x.settle(p, true)
	x.assign(p, index, x.find(id))
	return p
}

// assign has a goroutine's steps be pending. One that has ended is another one now.
func (x *indexer) assign(p *pending, index, i int32) {
	g := x.t.goroutine(i)
	switch {
	case g.pending == isGone:
		i = x.again(i)
		g = x.t.goroutine(i)
	case g.pending > 0: // under another index, of a damaged trace
		x.settle(x.pending.At(int(g.pending)-1), true)
	}
	*p = pending{id: g.id(), of: i + 1, fresh: g.last == 0, named: g.name != 0, ended: g.pending == waitsForever}
	if !p.fresh {
		p.at = x.t.steps.end(g.last)
		p.since = p.at
	}
	g.pending = index + 1
}

// settle writes what is pending, and forgets whose it was.
func (x *indexer) settle(p *pending, goesOn bool) {
	if p.of == 0 {
		return
	}
	x.write(p, goesOn)
	g := x.t.goroutine(p.of - 1)
	switch {
	case p.gone:
		g.pending = isGone
	case p.ended:
		g.pending = waitsForever
	default:
		g.pending = 0
	}
	if p.long != 0 {
		x.spare = append(x.spare, p.long)
	}
	p.of, p.long = 0, 0
}

// settleAll is settle for all.
func (x *indexer) settleAll(goesOn bool) {
	for _, p := range x.pending.All() {
		x.settle(p, goesOn)
	}
}

// write makes a block of what is pending.
func (x *indexer) write(p *pending, goesOn bool) {
	if p.size == 0 {
		return
	}
	text := p.text[:]
	if p.long != 0 {
		text = x.long.At(int(p.long) - 1)[:]
	}
	g := x.t.goroutine(p.of - 1)
	if id := x.t.steps.write(g.last, p.since, text[:p.size], goesOn); id != 0 {
		if g.last = id; g.first == 0 {
			g.first = id
		}
	}
	p.size, p.since = 0, p.at
}

// step adds a step. Time does not go back: what says so is taken to be at the time of
// the step before.
func (x *indexer) step(p *pending, s *step) {
	if p.fresh {
		p.fresh = false
		p.at, p.since = s.at, s.at
	}
	s.at = max(s.at, p.at)
	since := uint64(s.at - p.at)
	text := x.room(p)
	if len(text) < maxStep {
		if n := s.size(since); n > len(text) && p.long == 0 {
			x.lengthen(p)
			text = x.room(p)
		} else if n > len(text) {
			x.write(p, true)
			text = x.room(p)
		}
	}
	p.size += uint8(s.put(text, since))
	p.at = s.at
}

// room is where the next step goes.
func (x *indexer) room(p *pending) []byte {
	if p.long == 0 {
		return p.text[p.size:]
	}
	return x.long.At(int(p.long) - 1)[p.size:]
}

// lengthen makes room for a longer text.
func (x *indexer) lengthen(p *pending) {
	if n := len(x.spare); n > 0 {
		p.long, x.spare = x.spare[n-1], x.spare[:n-1]
	} else {
		x.long.Add(longText{})
		p.long = int32(x.long.Len())
	}
	copy(x.long.At(int(p.long) - 1)[:], p.text[:p.size])
}

// created is when a goroutine came into its first state. It reports false if it has none.
func (x *indexer) created(i int32) (Time, bool) {
	g := x.t.goroutine(i)
	switch {
	case g.first != 0:
		return x.t.steps.since(g.first), true
	case g.pending > 0 && !x.pending.At(int(g.pending)-1).fresh:
		return x.pending.At(int(g.pending) - 1).since, true
	}
	return 0, false
}
