package decode

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"time"
)

// sort finds out what the batches are, and reads the tables as far as to know what is
// where. freq is what the clock was like before, for a generation that does not say it.
func (g *generation) sort(minor int, freq uint64) {
	g.headers()
	of := map[int64]int{}
	for i := range g.batches {
		b := &g.batches[i]
		if b.size() == 0 || b.extra {
			continue
		}
		var err error
		switch g.typeOf(b) {
		case stringsType:
			g.indexTable(b, &g.strings, stringEntry)
		case stacksType:
			g.indexTable(b, &g.stacks, stackEntry)
		case samplesType:
			g.readSamples(b)
		case frequencyType, syncType:
			err = g.readSync(b, minor)
		default:
			k, ok := of[b.thread]
			if !ok {
				k = len(g.threads)
				of[b.thread] = k
				g.threads = append(g.threads, b.thread)
				g.of = append(g.of, nil)
			}
			g.of[k] = append(g.of[k], *b)
		}
		if err != nil {
			g.faults = append(g.faults, fault{b.offset, int64(b.size()), 0, err})
		}
	}
	g.clock(freq)
	g.stacks.close()
	g.strings.close()
	g.latest = g.ns(g.newest) + lastSlack
	if g.cut {
		g.latest = math.MaxInt64
	}
	for i := range g.samples {
		g.samples[i].time = g.ns(uint64(g.samples[i].time))
	}
	slices.SortFunc(g.samples, func(a, b sample) int { return cmp.Compare(a.time, b.time) })
}

// clock says how fast the clock is, where the generation does not or one bit of it is
// another. before is how fast it was.
func (g *generation) clock(before uint64) {
	if g.freq == 0 && !g.ticks(before) {
		g.ticks(nanotime)
		g.faults = append(g.faults, fault{g.offset, 0, 0, fmt.Errorf("nothing says how fast the clock of the trace is: it is taken to have %d ticks a second, as it has on most systems", nanotime)})
	}
	if want := usual(g.freq, before); want != g.freq {
		g.faults = append(g.faults, fault{g.offset, 0, 0, fmt.Errorf("the clock has %d ticks a second, which is a bit away from %d", g.freq, want)})
		g.exact = false
		g.ticks(want)
	}
}

// ticks sets how many ticks a second has.
func (g *generation) ticks(freq uint64) bool {
	if freq == 0 {
		return false
	}
	g.freq = freq
	g.perTick = 1.0 / (float64(freq) / 1e9)
	for s := range uint(20) {
		if g.perTick == float64(uint64(1)<<s) {
			g.shift, g.exact = s, true
		}
	}
	return true
}

// nanotime is how many ticks a second the clock has everywhere but on systems whose clock
// is coarse.
const nanotime = 15_625_000

// usual returns how many ticks a second there must be: those that are known, if one bit is
// another. Clocks that are measured differ by less.
func usual(freq, before uint64) uint64 {
	for _, want := range [...]uint64{before, nanotime} {
		off := max(freq, want) - min(freq, want)
		if want != 0 && off > want/1000 && oneBit(freq, want) {
			return want
		}
	}
	return freq
}

// oneBit reports whether one bit of the bytes of a number makes it another.
func oneBit(a, b uint64) bool {
	if bits.OnesCount64(a^b) == 1 {
		return true
	}
	was := binary.AppendUvarint(nil, b)
	for i := range 8 * len(was) {
		was[i/8] ^= 1 << (i % 8)
		if v, n := binary.Uvarint(was); n > 0 && v == a {
			return true
		}
		was[i/8] ^= 1 << (i % 8)
	}
	return false
}

// ns makes nanoseconds of ticks, with the rounding of Go's decoder.
func (g *generation) ns(ticks uint64) int64 {
	if g.exact && ticks < 1<<43 {
		return int64(ticks << (g.shift & 63))
	}
	return int64(float64(ticks) * g.perTick)
}

// readSync reads how fast the clock is, and what other clocks said.
func (g *generation) readSync(b *batch, minor int) error {
	data := g.segments[b.segment][b.at:b.end]
	if Type(data[0]) == syncType {
		data = data[1:]
	}
	cut := false
	next := func() uint64 {
		v, n := binary.Uvarint(data)
		cut = cut || n <= 0
		data = data[max(n, 0):]
		return v
	}
	for len(data) > 0 {
		kind := Type(data[0])
		data = data[1:]
		switch {
		case kind == frequencyType && g.freq == 0:
			g.ticks(next())
		case kind == clockSnapshotType && minor >= 25 && g.Clock == nil:
			at, mono, sec, nsec := b.time+next(), next(), next(), next()
			if !cut && g.freq != 0 {
				g.Clock = &Clock{g.ns(at), mono, time.Unix(int64(sec), int64(nsec))}
			}
		default:
			return fmt.Errorf("an entry of type %d is where the clocks are told", kind)
		}
		if cut {
			return errors.New("what tells the clocks is cut")
		}
	}
	return nil
}

func (g *generation) indexTable(b *batch, p *places, entry entryOf) {
	s := g.segments[b.segment]
	last := b.at + 1
	for at := last; at < b.end; {
		id, place, next := entry(s, at, b.end)
		if next == 0 {
			g.goOn(b, p, entry, last, at)
			return
		}
		if !p.add(id, placeAt(int(b.segment), place)) {
			g.faults = append(g.faults, fault{b.offset + int64(at-b.at), int64(next - at), 0, fmt.Errorf("two entries of a table have the number %d", id)})
		}
		last, at = at, next
	}
}
