package events

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/internal/testbed/workload"
)

// faulty decodes, but panics when it has decoded so many events of a part.
type faulty struct {
	decoder
	after int
}

func (f *faulty) ReadEvent() (trace.Event, error) {
	if f.after--; f.after < 0 {
		panic("index out of range")
	}
	return f.decoder.ReadEvent()
}

// reading is a walk over a trace of several generations.
type reading struct {
	walker
	found  []container.Generation
	events int
	losses []Loss
}

func newReading(t *testing.T) *reading {
	t.Helper()
	b, err := workload.Generations()
	if err != nil {
		t.Fatal(err)
	}
	f, err := container.New(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	r := &reading{walker: walker{decoding: decoding{newDecoder, sound}, f: f, at: f.Lo}}
	r.found, _ = f.Generations()
	r.event = func(*trace.Event) bool { r.events++; return true }
	r.lost = func(l Loss) bool { r.losses = append(r.losses, l); return true }
	return r
}

// TestDecoderPanics has the decoder panic once: that costs the generation that it
// was in, but for the events before.
func TestDecoderPanics(t *testing.T) {
	whole := newReading(t)
	if err := whole.walk(); err != nil || len(whole.losses) > 0 {
		t.Fatal(whole.losses, err)
	}
	const after = 10
	r := newReading(t)
	opened := 0
	r.open = func(in io.Reader) (decoder, error) {
		d, err := newDecoder(in)
		if opened++; opened == 1 {
			return &faulty{d, after}, err
		}
		return d, err
	}
	err := r.walk()
	if err != nil || len(r.losses) != 1 {
		t.Fatalf("lost are %v, %v", r.losses, err)
	}
	l, first := r.losses[0], r.found[0]
	if l.Offset != first.Offset || l.Size != first.Size || l.Events != after-1 || !strings.Contains(l.Err.Error(), "it cannot be decoded: index out of range") {
		t.Errorf("lost are %+v, want all of %+v but for %d events", l, first, after-1)
	}
	if r.events >= whole.events || r.events < whole.events/2 {
		t.Errorf("%d events, and there are %d", r.events, whole.events)
	}
}

// TestNothingCanBeDecoded has every part panic at once.
func TestNothingCanBeDecoded(t *testing.T) {
	r := newReading(t)
	r.open = func(in io.Reader) (decoder, error) { return &faulty{}, nil }
	err := r.walk()
	if err == nil || !strings.Contains(err.Error(), "no event can be read: it cannot be decoded") || r.events > 0 || len(r.losses) != len(r.found) {
		t.Errorf("%d events, %d losses of %d generations, %v", r.events, len(r.losses), len(r.found), err)
	}
}

// TestConsumerPanics is damage only if the event is what panics.
func TestConsumerPanics(t *testing.T) {
	for _, sound := range []bool{true, false} {
		r := newReading(t)
		r.sound = func(*trace.Event) bool { return sound }
		r.event = func(*trace.Event) bool {
			if r.events++; r.events == 5 {
				panic("mine")
			}
			return true
		}
		var err error
		panicked := func() (p any) {
			defer func() { p = recover() }()
			err = r.walk()
			return nil
		}()
		switch {
		case sound && panicked != "mine":
			t.Errorf("of a sound event the panic is %v", panicked)
		case !sound && (panicked != nil || err != nil || len(r.losses) != 1 || !strings.Contains(r.losses[0].Err.Error(), "mine")):
			t.Errorf("of an unsound event the panic is %v, lost are %v, %v", panicked, r.losses, err)
		}
	}
}

// TestDecoderFails has the decoder return an error, of which the first line is of
// interest.
func TestDecoderFails(t *testing.T) {
	r := newReading(t)
	r.open = func(io.Reader) (decoder, error) { return nil, errors.New("a reason\nand a state") }
	if err := r.walk(); err == nil || err.Error() != "no event can be read: a reason" {
		t.Error(err)
	}
}
