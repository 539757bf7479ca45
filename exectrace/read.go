package exectrace

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"example.com/tracelab/exectrace/internal/events"
	"golang.org/x/exp/trace"
)

// Loss is a part of a file that could not be read.
type Loss struct {
	Offset int64 // of its first byte
	Size   int64 // in bytes; 0 if what is missing is not in the file
	Events int   // of it that were read before the damage showed, and are kept
	Err    error
}

func (l Loss) String() string {
	if l.Events > 0 {
		return fmt.Sprintf("%d bytes from byte %d on, but for their first %d events: %v", l.Size, l.Offset, l.Events, l.Err)
	}
	return fmt.Sprintf("%d bytes from byte %d on: %v", l.Size, l.Offset, l.Err)
}

// Error makes a Loss what an iterator yields in the place of what is lost.
func (l Loss) Error() string { return "lost: " + l.String() }

// Unwrap returns the reason.
func (l Loss) Unwrap() error { return l.Err }

func (l Loss) end() int64 { return l.Offset + l.Size }

// Each hands all events to all consumers, in one pass. Damage costs the
// generation that it is in: reading goes on with the next one. What was lost is
// returned; the error is nil unless nothing could be read.
func (f *File) Each(consumers ...events.Consumer) (lost []Loss, err error) {
	var last Event // one for all, since it is on the heap
	f.walk(func(ev Event, e error) bool {
		if e == nil {
			last = ev
			for _, c := range consumers {
				c.Event(&last.ev)
			}
			return true
		}
		l, ok := e.(Loss)
		if !ok {
			err = e
			return true
		}
		lost = append(lost, l)
		for _, c := range consumers {
			c.Gap()
		}
		return true
	})
	return lost, err
}

// walk yields what Events does. A function that is given here may panic for the
// decoder's sake, which the body of a loop may not.
func (f *File) walk(yield func(Event, error) bool) {
	found, broken := f.generations()
	if f.minor < generations {
		found = []Generation{{Offset: f.lo, Size: f.hi - f.lo}}
	}
	w := walker{f: f, yield: yield, broken: broken, at: f.lo}
	for _, part := range stretches(found, f.minor) {
		if !w.missing(part[0]) || !w.read(part) {
			return
		}
	}
	if !w.missing(Generation{Offset: f.hi}) {
		return
	}
	switch {
	case w.events > 0:
	case w.first != nil:
		yield(Event{}, fmt.Errorf("no event can be read: %w", w.first))
	case len(found) == 0:
		yield(Event{}, errors.New("no event can be read: the trace ends after its header"))
	}
}

// stretches are the generations that can be read, by those that follow each
// other without a gap. Of a generation of before Go 1.26 that the file ends
// within, all may be there: nothing but the next one says that it has ended.
func stretches(found []Generation, minor int) (parts [][]Generation) {
	whole := slices.DeleteFunc(slices.Clone(found), func(g Generation) bool {
		return g.holed || g.Cut && minor >= 26
	})
	for i, g := range whole {
		if i > 0 {
			last := whole[i-1]
			if last.Offset+last.Size == g.Offset && last.Number+1 == g.Number {
				parts[len(parts)-1] = append(parts[len(parts)-1], g)
				continue
			}
		}
		parts = append(parts, []Generation{g})
	}
	return parts
}

// walker reads stretches of generations.
type walker struct {
	f      *File
	yield  func(Event, error) bool
	broken []Loss
	at     int64  // up to which all is read or lost
	last   uint64 // generation that was read
	events int
	first  error // why something was lost
}

// missing says what is lost before a generation.
func (w *walker) missing(g Generation) bool {
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
	return w.yield(Event{}, l)
}

// read reads the generations of a stretch.
func (w *walker) read(part []Generation) bool {
	last := part[len(part)-1]
	end := last.Offset + last.Size
	w.at, w.last = end, last.Number
	for at := 0; at < len(part); at++ {
		r := run{f: w.f, yield: w.yield}
		err := r.run(part[at].Offset, end)
		w.events += r.events
		switch {
		case r.stopped:
			return false
		case err == nil:
			return true
		}
		at += max(r.syncs-1, 0)
		if r.syncs > 0 && at+1 < len(part) && w.f.refuses(part[at+1], err) {
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

// refuses tells whether g's first event cannot be read, for that reason. The
// decoder finds it out when all events of the generation before are read, and
// does not say which of the two it speaks of.
func (f *File) refuses(g Generation, reason error) bool {
	r := run{f: f, yield: func(Event, error) bool { return false }}
	err := r.run(g.Offset, g.Offset+g.Size)
	return r.syncs == 0 && err != nil && err.Error() == reason.Error()
}

// run is the reading of generations up to the first that is damaged.
type run struct {
	f            *File
	yield        func(Event, error) bool
	stopped      bool
	syncs        int // generations begun; one more when the last has ended
	events       int // but for those that begin and end generations
	inGeneration int // events since the last sync
}

func (r *run) run(lo, hi int64) (err error) {
	var ev Event
	decoding := true
	defer func() {
		// Damage may take the decoder to where it has never been, be it when
		// an event is read or when a consumer asks it for more.
		p := recover()
		switch {
		case p == nil:
		case decoding || unsound(ev):
			err = fmt.Errorf("it cannot be decoded: %v", p)
		default:
			panic(p)
		}
	}()
	rd, err := trace.NewReader(r.f.stream(lo, hi))
	if err != nil {
		return firstLine(err)
	}
	for {
		decoding = true
		ev.ev, err = rd.ReadEvent()
		decoding = false
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return firstLine(err)
		}
		if ev.ev.Kind() == trace.EventSync {
			r.syncs++
			r.inGeneration = 0
		} else {
			r.events++
			r.inGeneration++
		}
		if !r.yield(ev, nil) {
			r.stopped = true
			return nil
		}
	}
}

// unsound tells whether the event panics when it is asked for all it has: of a
// status the decoder checks the lowest byte, and takes all of it.
func unsound(ev Event) (bad bool) {
	defer func() { bad = recover() != nil }()
	_ = ev.ev.String()
	return false
}

// firstLine leaves out the state of the decoder, which follows.
func firstLine(err error) error {
	text := err.Error()
	for i := range text {
		if text[i] == '\n' {
			return errors.New(text[:i])
		}
	}
	return err
}
