package exectrace

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/wire"
	"example.com/tracelab/internal/testbed/workload"
)

// victim is a trace to be damaged.
type victim struct {
	b      []byte
	found  []Generation
	events []int // of each generation
}

func newVictim(t testing.TB) victim {
	t.Helper()
	b, err := workload.Generations()
	if err != nil {
		t.Fatal(err)
	}
	v := victim{b: b}
	f, err := FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	if v.found, err = f.Generations(); err != nil || len(v.found) < 8 {
		t.Fatalf("%d generations, %v", len(v.found), err)
	}
	for ev, err := range f.Events() {
		switch {
		case err != nil:
			t.Fatal(err)
		case ev.Kind() == "Sync":
			v.events = append(v.events, 0)
		default:
			v.events[len(v.events)-1]++
		}
	}
	return v
}

// spared is how many events there are in generations without a byte of those
// from lo to hi.
func (v victim) spared(lo, hi int) (events int) {
	for i, g := range v.found {
		if g.Offset+g.Size <= int64(lo) || g.Offset >= int64(hi) {
			events += v.events[i]
		}
	}
	return events
}

// readDamaged reads all, and returns how many events there are. What is lost
// must be within the trace, in order, and not be counted twice.
func readDamaged(t *testing.T, b []byte) (events int, lost []Loss) {
	t.Helper()
	f, err := FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	at := int64(container.HeaderSize)
	for ev, err := range f.Events() {
		if err != nil {
			l, ok := err.(Loss)
			if !ok || l.Offset < at || l.Size < 0 || l.Offset+l.Size > int64(len(b)) {
				t.Errorf("of %d bytes are lost: %v, then %v", len(b), lost, err)
			}
			lost, at = append(lost, l), l.Offset+l.Size
		} else if ev.Kind() != "Sync" {
			events++
		}
	}
	size := int64(container.HeaderSize)
	for ev, err := range asWritten(t, f) {
		if err != nil {
			size += err.(wire.Loss).Size
			continue
		}
		size += ev.Size
	}
	if size != int64(len(b)) {
		t.Errorf("events as written and what is lost of them have %d bytes of %d", size, len(b))
	}
	return events, lost
}

// TestDamagedHeaders flips a bit of each byte of some headers of batches, by
// which what follows is found.
func TestDamagedHeaders(t *testing.T) {
	v := newVictim(t)
	f, err := FromBytes(v.b)
	if err != nil {
		t.Fatal(err)
	}
	flips, more := 0, 0
	for ev, err := range asWritten(t, f) {
		if err != nil {
			t.Fatal(err)
		}
		if ev.Type != container.EventBatch && ev.Type != container.EndOfGeneration || ev.Generation%4 != 1 {
			continue
		}
		for at := int(ev.Offset); at < int(ev.Offset+ev.Size); at++ {
			damaged := bytes.Clone(v.b)
			damaged[at] ^= 1 << (flips % 8)
			flips++
			events, lost := readDamaged(t, damaged)
			spared := v.spared(at, at+1)
			if ev.Type == container.EndOfGeneration {
				spared = v.spared(at, at+2) // the next one begins without its sign
			}
			if events < spared {
				more++
				t.Logf("byte %d, in %s at %d: %d events, want %d: %v", at, ev, ev.Offset, events, spared, lost)
			}
		}
	}
	if more > flips/50 || flips < 100 {
		t.Errorf("of %d flips %d cost more than their generation", flips, more)
	}
}

// TestDamagedStretches loses more than a bit.
func TestDamagedStretches(t *testing.T) {
	v := newVictim(t)
	third := v.found[3]
	noise := make([]byte, 5000)
	random := rand.New(rand.NewPCG(3, 4))
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	middle, end := int(third.Offset+third.Size/2), int(third.Offset+third.Size)
	for _, c := range []struct {
		name   string
		lo, hi int // what is replaced
		with   []byte
	}{
		{"bytes are missing", middle, middle + 700, nil},
		{"bytes are zero", middle, middle + 700, make([]byte, 700)},
		{"bytes are noise", middle, middle + 700, noise[:700]},
		{"bytes are batches", middle, middle + 700, bytes.Repeat([]byte{container.EventBatch}, 700)},
		{"there is noise within", middle, middle, noise},
		{"there is noise between", end, end, noise},
		{"a generation is missing", int(third.Offset), end, nil},
		{"half of two are missing", middle, end + 1000, nil},
		{"the end is missing", len(v.b) - 100, len(v.b), nil},
		{"the end is noise", len(v.b) - 100, len(v.b), noise},
	} {
		t.Run(c.name, func(t *testing.T) {
			events, lost := readDamaged(t, slices.Concat(v.b[:c.lo], c.with, v.b[c.hi:]))
			want := v.spared(c.lo, c.hi)
			if c.name == "there is noise between" {
				want = v.spared(end, end+1) // the next one begins without its sign
			}
			if events < want {
				t.Errorf("%d events, want %d: %v", events, want, lost)
			}
			if len(lost) == 0 {
				t.Error("nothing is said to be lost")
			}
		})
	}
}

// careless has a fault of its own.
type careless struct{ counter }

func (c *careless) Event(*decode.Tables, *decode.Event) { panic("mine") }

func TestConsumersPanic(t *testing.T) {
	f, err := FromBytes(newVictim(t).b)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if p := recover(); p != "mine" {
			t.Errorf("the panic is %v", p)
		}
	}()
	f.each(&careless{})
}
