package events

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace/internal/container"
)

// Loss is a part of a file that could not be read.
type Loss struct {
	Offset int64 // of its first byte
	Size   int64 // in bytes; 0 if what is missing is not in the file
	Events int   // of it that were read before the damage showed, and are kept
	Err    error
}

// Read hands over the events of the trace in their order, validated, until
// event returns false. Damage costs the generation that it is in: lost is called
// with it, and reading continues with the next one, until lost returns false. The error
// is nil unless nothing could be read.
//
// An event is another one after the function returns. The function may panic
// where it asks the event for what its damage does not let it have: that is
// damage, too.
func Read(f *container.File, event func(*trace.Event) bool, lost func(Loss) bool) error {
	w := walker{decoding: decoding{newDecoder, sound}, f: f, event: event, lost: lost, at: f.Lo}
	return w.walk()
}

// decoding is what decodes.
type decoding struct {
	open  func(io.Reader) (decoder, error)
	sound func(*trace.Event) bool // whether the event gives what it should
}

// decoder is what is used of a trace.Reader.
type decoder interface {
	ReadEvent() (trace.Event, error)
}

func newDecoder(r io.Reader) (decoder, error) { return trace.NewReader(r) }

// sound reports whether the methods of the event work: the decoder checks only the
// lowest byte of a status, and uses all of it.
func sound(ev *trace.Event) (ok bool) {
	defer func() { ok = recover() == nil }()
	_ = ev.String()
	return true
}

// walker reads stretches of generations.
type walker struct {
	decoding
	f      *container.File
	event  func(*trace.Event) bool
	lost   func(Loss) bool
	broken []container.Damage
	at     int64  // up to which all is read or lost
	last   uint64 // generation that was read
	events int
	first  error // why something was lost
}

func (w *walker) walk() error {
	if w.f.Minor < container.Generational {
		return w.walkV1()
	}
	found, broken := w.f.Generations()
	w.broken = broken
	for _, part := range stretches(found, w.f.Minor) {
		if !w.missing(part[0]) || !w.read(part) {
			return nil
		}
	}
	if !w.missing(container.Generation{Offset: w.f.Hi}) {
		return nil
	}
	switch {
	case w.events > 0:
	case w.first != nil:
		return fmt.Errorf("no event can be read: %w", w.first)
	case len(found) == 0:
		return errors.New("no event can be read: the trace ends after its header")
	}
	return nil
}

// stretches are the generations that can be read, by those that follow each
// other without a gap. Of a generation of before Go 1.26 that the file ends
// within, all may be there: nothing but the next one says that it has ended.
func stretches(found []container.Generation, minor int) (parts [][]container.Generation) {
	whole := slices.DeleteFunc(slices.Clone(found), func(g container.Generation) bool {
		return g.Holed || g.Cut && minor >= 26
	})
	for i, g := range whole {
		if i > 0 && whole[i-1].End() == g.Offset && whole[i-1].Number+1 == g.Number {
			parts[len(parts)-1] = append(parts[len(parts)-1], g)
			continue
		}
		parts = append(parts, []container.Generation{g})
	}
	return parts
}

// missing says what is lost before a generation.
func (w *walker) missing(g container.Generation) bool {
	from, to := w.at, g.Offset
	w.at = to
	if from == to {
		if last := w.last; last > 0 && g.Number > 0 {
			return w.lose(Loss{Offset: to, Err: fmt.Errorf("generation %d follows %d", g.Number, last)})
		}
		return true
	}
	err := errors.New("the trace ends within a generation")
	for _, b := range w.broken {
		if b.Offset >= from && b.Offset < to {
			err = b.Err
			break
		}
	}
	return w.lose(Loss{Offset: from, Size: to - from, Err: err})
}

func (w *walker) lose(l Loss) bool {
	if w.first == nil {
		w.first = l.Err
	}
	return w.lost(l)
}

// read reads the generations of a stretch.
func (w *walker) read(part []container.Generation) bool {
	last := part[len(part)-1]
	w.at, w.last = last.End(), last.Number
	for at := 0; at < len(part); at++ {
		r := run{decoding: w.decoding, event: w.event}
		err := r.run(w.f.Part(part[at].Offset, last.End()))
		w.events += r.events
		switch {
		case r.stopped:
			return false
		case err == nil:
			return true
		}
		at += max(r.syncs-1, 0)
		if r.syncs > 0 && at+1 < len(part) && w.refuses(part[at+1], err) {
			at, r.inGeneration = at+1, 0
		}
		at = min(at, len(part)-1) // the last one's end may be what is wrong
		g := part[at]
		if !w.lose(Loss{g.Offset, g.Size, r.inGeneration, err}) {
			return false
		}
	}
	return true
}

// refuses reports whether g's first event cannot be read, for that reason. The
// decoder returns the error after all events of the generation before, and does
// not say which of the two it is about.
func (w *walker) refuses(g container.Generation, reason error) bool {
	r := run{decoding: w.decoding, event: func(*trace.Event) bool { return false }}
	err := r.run(w.f.Part(g.Offset, g.End()))
	return r.syncs == 0 && err != nil && err.Error() == reason.Error()
}

// run is the reading of generations up to the first that is damaged.
type run struct {
	decoding
	event        func(*trace.Event) bool
	stopped      bool
	syncs        int // generations begun; one more when the last has ended
	events       int // but for those that begin and end generations
	inGeneration int // events since the last sync
}

func (r *run) run(part *container.File) (err error) {
	var ev trace.Event
	decoding := true
	defer func() {
		// Damage may take the decoder to where it has never been, be it when
		// an event is read or when a consumer asks it for more.
		p := recover()
		switch {
		case p == nil:
		case decoding || !r.sound(&ev):
			err = fmt.Errorf("it cannot be decoded: %v", p)
		default:
			panic(p)
		}
	}()
	rd, err := r.open(part.Stream())
	if err != nil {
		return firstLine(err)
	}
	for {
		decoding = true
		ev, err = rd.ReadEvent()
		decoding = false
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return firstLine(err)
		}
		if ev.Kind() == trace.EventSync {
			r.syncs++
			r.inGeneration = 0
		} else {
			r.events++
			r.inGeneration++
		}
		if !r.event(&ev) {
			r.stopped = true
			return nil
		}
	}
}

// firstLine leaves out the state of the decoder, which follows.
func firstLine(err error) error {
	text, _, more := strings.Cut(err.Error(), "\n")
	if !more {
		return err
	}
	return errors.New(text)
}
