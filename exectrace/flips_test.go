package exectrace

import (
	"bytes"
	"encoding/binary"
	"flag"
	"iter"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/exectrace/wire"
	"example.com/tracelab/internal/testbed/workload"
)

var flips = flag.Int("flips", 3, "copies of each trace with a flipped bit; 60 take a minute")

// flipped is what is known of copies of a trace with one bit flipped each.
type flipped struct {
	copies, noticed, elsewhere int
	sum, least                 float64 // the share of events that are read
}

func (f *flipped) add(share float64, noticed bool, elsewhere int) {
	f.copies++
	f.sum += share
	f.least = min(f.least, share)
	f.elsewhere += elsewhere
	if noticed {
		f.noticed++
	}
}

// TestBitFlips flips a bit in copies of ten traces. On average 99 % of the events are
// read, and 95 % at worst; and intervals that end before, or begin behind, what is said to
// be doubtful are those of the whole trace. In one of some thousand copies one is not: more
// than one bit explains what is wrong, and another one is put right, further on.
func TestBitFlips(t *testing.T) {
	random := rand.New(rand.NewPCG(1, uint64(*flips)))
	all := flipped{least: 1}
	apart := 0 // copies with other intervals away from the damage
	for name, b := range flippable(t) {
		whole, want := readWhole(t, b)
		of := flipped{least: 1}
		for range *flips {
			at := container.HeaderSize + random.IntN(len(b)-container.HeaderSize)
			damaged := bytes.Clone(b)
			damaged[at] ^= 1 << random.IntN(8)
			events, lost := readDamaged(t, damaged)
			share := min(1, float64(events)/float64(want))
			elsewhere := differElsewhere(t, whole, damaged)
			of.add(share, len(lost) > 0, elsewhere)
			all.add(share, len(lost) > 0, elsewhere)
			if elsewhere > 0 {
				apart++
			}
			if share < 0.95 || apart > 1+all.copies/500 {
				t.Errorf("%s: byte %d ^ %#x: %d events of %d, %d other intervals away from the damage: %v", name, at, damaged[at]^b[at], events, want, elsewhere, lost)
			}
		}
		t.Logf("%-12s %7d bytes, %6d events: read are %.3f %% on average, %.3f %% at worst; %d of %d were noticed", name, len(b), want, 100*of.sum/float64(of.copies), 100*of.least, of.noticed, of.copies)
	}
	average := all.sum / float64(all.copies)
	t.Logf("of all %d copies %d were noticed; read are %.3f %% on average, %.3f %% at worst", all.copies, all.noticed, 100*average, 100*all.least)
	if average < 0.99 || all.noticed == 0 {
		t.Errorf("read are %.3f of the events on average, and %d damages were noticed", average, all.noticed)
	}
}

// flippable are ten traces.
func flippable(t *testing.T) map[string][]byte {
	t.Helper()
	traces, err := workload.RecordAll(2, workload.Kinds()...)
	if err != nil {
		t.Fatal(err)
	}
	traces["http, longer"] = record(t, "http", 10)
	return traces
}

// readWhole reads a trace without damage, and counts its events.
func readWhole(t *testing.T, b []byte) (*Trace, int) {
	t.Helper()
	f, err := FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	x, err := Read(f)
	if err != nil || len(x.Lost) > 0 {
		t.Fatal(x.Lost, err)
	}
	events, _ := readDamaged(t, b)
	return x, events
}

// stretch is an interval of a goroutine.
type stretch struct {
	goroutine  GoID
	start, end Time
	state      State
}

// differElsewhere counts the intervals of a whole trace that a damaged copy does not have,
// of those that are away from what is said to be doubtful.
func differElsewhere(t *testing.T, whole *Trace, damaged []byte) (n int) {
	t.Helper()
	x, err := readTrace(damaged)
	if err != nil || len(x.Lost) == 0 {
		return 0
	}
	from, to := x.Lost[0].From, x.Lost[0].To
	for _, l := range x.Lost {
		from, to = min(from, l.From), max(to, l.To)
	}
	if to+1 >= x.End { // when the trace ends is doubtful, too
		to = never
	}
	has := map[stretch]bool{}
	for _, p := range stretchesOf(x) {
		has[p] = true
	}
	for _, p := range stretchesOf(whole) {
		if (p.end < from || p.start > to) && !has[p] {
			n++
		}
	}
	return n
}

func stretchesOf(x *Trace) (list []stretch) {
	for g := range x.Goroutines() {
		for iv := range x.Intervals(g) {
			list = append(list, stretch{g.ID, iv.Start, iv.End, iv.State})
		}
	}
	return list
}

// TestTimesOfHeaders flips bits of the times of batches: it gets no more than ten seconds longer, but for
// few that make a header of another size.
func TestTimesOfHeaders(t *testing.T) {
	recorded := record(t, "tasks", 2)
	// What a number looks like depends on for how long the machine has run.
	for _, uptime := range []time.Duration{0, time.Second, 20 * time.Minute, 3 * time.Hour, 1000 * time.Hour} {
		b := recorded
		if uptime > 0 {
			b = begunAt(t, recorded, uint64(uptime/64)) // a tick has 64 ns on Linux
		}
		whole, _ := readWhole(t, b)
		flips, longer := 0, 0
		for h := range headersOf(t, b) {
			first, ticks := int(h.Offset)+len(beforeTicks(h)), len(binary.AppendUvarint(nil, h.Args[2]))
			for bit := 0; bit < 8*ticks; bit += 5 {
				damaged := bytes.Clone(b)
				damaged[first+bit/8] ^= 1 << (bit % 8)
				flips++
				if x, err := readTrace(damaged); err != nil || x.End.Sub(whole.End) > 10*time.Second || whole.Start.Sub(x.Start) > 10*time.Second {
					longer++
					t.Logf("up for %s, byte %d, bit %d: it is from %d to %d, %v", uptime, first+bit/8, bit%8, x.Start, x.End, x.Lost)
				}
			}
		}
		if flips < 20 || longer > flips/25 {
			t.Errorf("up for %s: of %d flips %d make the trace longer", uptime, flips, longer)
		}
	}
}

// headersOf are the headers of batches.
func headersOf(t *testing.T, b []byte) iter.Seq[*wire.Event] {
	f, err := FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(*wire.Event) bool) {
		for ev, err := range asWritten(t, f) {
			if err != nil {
				t.Fatal(err)
			}
			if ev.Type == container.EventBatch && !yield(ev) {
				return
			}
		}
	}
}

// beforeTicks is what a batch has before its time.
func beforeTicks(h *wire.Event) []byte {
	return binary.AppendUvarint(binary.AppendUvarint([]byte{container.EventBatch}, h.Args[0]), h.Args[1])
}

// begunAt is a trace whose earliest batch has another time, and all others as much later.
func begunAt(t *testing.T, b []byte, ticks uint64) (moved []byte) {
	earliest := uint64(math.MaxUint64)
	for h := range headersOf(t, b) {
		earliest = min(earliest, h.Args[2])
	}
	done := 0
	for h := range headersOf(t, b) {
		moved = append(moved, b[done:h.Offset]...)
		moved = append(moved, beforeTicks(h)...)
		moved = binary.AppendUvarint(moved, h.Args[2]-earliest+ticks)
		done = int(h.Offset) + len(beforeTicks(h)) + len(binary.AppendUvarint(nil, h.Args[2]))
	}
	return append(moved, b[done:]...)
}

func readTrace(b []byte) (*Trace, error) {
	f, err := FromBytes(b)
	if err != nil {
		return &Trace{}, err
	}
	x, err := Read(f)
	if err != nil {
		return &Trace{}, err
	}
	return x, nil
}
