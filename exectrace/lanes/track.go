package lanes

import (
	"encoding/binary"
	"sort"

	"example.com/tracelab/exectrace"
)

// turnKind is what a turn is.
type turnKind uint8

const (
	runs        turnKind = iota // a goroutine runs
	collects                    // a worker of the garbage collector does
	calls                       // a goroutine is in a system call
	onProcessor                 // of a thread: it has the processor that is who
	kinds       = onProcessor
)

var stateOfTurn = [kinds]State{Running, Collecting, Syscall}

// turn is a time that a processor or thread has a goroutine, or a thread a processor.
type turn struct {
	from, to exectrace.Time
	who      int64
	kind     turnKind
	sums     kindSums // of a thread with a processor: what that did meanwhile
}

// kindSums is a time by kind.
type kindSums [kinds]exectrace.Time

func (s *kindSums) add(o kindSums) {
	for i := range s {
		s[i] += o[i]
	}
}

// since is what was added after s was o. In a damaged trace it may be less than nothing.
func (s kindSums) since(o kindSums) kindSums {
	for i := range s {
		s[i] = max(0, s[i]-o[i])
	}
	return s
}

// track has the turns of a processor or a thread, which do not overlap, in their order. A
// turn is written as varints: its duration and kind, the time since the turn before, whose
// it is less whose that was, and the sums if it has them. Most clocks of traces have ticks of
// 64 ns: times are in ticks where they can be.
type track struct {
	pieces [][]byte
	marks  []mark
	turns  int

	end  exectrace.Time // of the last one
	who  int64          // whose that was
	sums kindSums       // of all
}

// mark is a place in a track, with what is known before the turn that begins there.
type mark struct {
	at    exectrace.Time // when that turn begins
	end   exectrace.Time
	who   int64
	sums  kindSums
	piece int32
	off   int32
}

const (
	turnsAMark = 64
	pieceSize  = 1 << 16
	maxTurn    = (3 + int(kinds)) * binary.MaxVarintLen64
)

// The first number of a turn: two bits of its kind, this, and the duration.
const (
	inTicks  = 1 << 2
	tickBits = 6 // as a power of two
)

func (t *track) empty() bool { return t.turns == 0 }

// add appends a turn, which does not begin before the end of the last one.
func (t *track) add(x turn) {
	if t.turns == 0 {
		t.end = x.from
	}
	last := len(t.pieces) - 1
	if last < 0 || cap(t.pieces[last])-len(t.pieces[last]) < maxTurn {
		size := pieceSize
		if last < 0 {
			size = 1 << 10 // many threads do little
		}
		t.pieces = append(t.pieces, make([]byte, 0, size))
		last++
	}
	if t.turns%turnsAMark == 0 {
		t.marks = append(t.marks, mark{x.from, t.end, t.who, t.sums, int32(last), int32(len(t.pieces[last]))})
	}
	t.pieces[last] = x.append(t.pieces[last], t.end, t.who)
	t.turns++
	t.end, t.who = x.to, x.who
	t.sums.add(x.spent())
}

func (x *turn) append(b []byte, end exectrace.Time, who int64) []byte {
	head, scale, since := uint64(x.kind), 0, x.from-end
	if (x.to-x.from|since|x.sums[0]|x.sums[1]|x.sums[2])&(1<<tickBits-1) == 0 {
		head, scale = head|inTicks, tickBits
	}
	b = binary.AppendUvarint(b, uint64(x.to-x.from)>>scale<<3|head)
	b = binary.AppendUvarint(b, uint64(since)>>scale)
	b = binary.AppendVarint(b, x.who-who)
	if x.kind == onProcessor {
		for _, s := range x.sums {
			b = binary.AppendUvarint(b, uint64(s)>>scale)
		}
	}
	return b
}

// spent is the time of the turn by kind.
func (x *turn) spent() kindSums {
	if x.kind == onProcessor {
		return x.sums
	}
	var s kindSums
	s[x.kind] = x.to - x.from
	return s
}

// cursor reads the turns of a track.
type cursor struct {
	t     *track
	piece int
	rest  []byte
	end   exectrace.Time // of the turn before
	who   int64
}

func (t *track) read() cursor { return cursor{t: t, piece: -1, end: t.marks[0].end} }

func (t *track) readFrom(m mark) cursor {
	return cursor{t, int(m.piece), t.pieces[m.piece][m.off:], m.end, m.who}
}

// near reads from the last mark whose turn does not begin after a moment, or all.
func (t *track) near(at exectrace.Time) cursor {
	if i := sort.Search(len(t.marks), func(i int) bool { return t.marks[i].at > at }); i > 0 {
		return t.readFrom(t.marks[i-1])
	}
	return t.read()
}

func (c *cursor) next() (x turn, ok bool) {
	for len(c.rest) == 0 {
		if c.piece++; c.piece >= len(c.t.pieces) {
			return turn{}, false
		}
		c.rest = c.t.pieces[c.piece]
	}
	head, scale := c.uint(), 0
	if head&inTicks != 0 {
		scale = tickBits
	}
	x.kind = turnKind(head & 3)
	x.from = c.end + exectrace.Time(c.uint()<<scale)
	x.to = x.from + exectrace.Time(head>>3<<scale)
	who, n := binary.Varint(c.rest)
	c.rest = c.rest[n:]
	x.who = c.who + who
	if x.kind == onProcessor {
		for i := range x.sums {
			x.sums[i] = exectrace.Time(c.uint() << scale)
		}
	}
	c.end, c.who = x.to, x.who
	return x, true
}

func (c *cursor) uint() uint64 {
	v, n := binary.Uvarint(c.rest)
	c.rest = c.rest[n:]
	return v
}
