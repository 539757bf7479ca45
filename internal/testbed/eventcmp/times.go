package eventcmp

import (
	"bytes"
	"fmt"
	"iter"
	"time"

	"example.com/tracelab/exectrace"
)

// Moved is how the times of a trace differ from those that go tool trace shows.
type Moved struct {
	Events  int           // in the same order
	States  int           // that a generation tells of who did nothing in it
	Earlier int           // of the events, how many are earlier
	Most    time.Duration // by which one is
}

// String is a line for people.
func (m Moved) String() string {
	return fmt.Sprintf("%d events are in the same order, %d of them earlier than in go tool trace, by %v at most; %d states", m.Events, m.Earlier, m.Most.Round(time.Microsecond), m.States)
}

// Times compares a trace with the same as go tool trace. It has each event later than the
// one before, and what no thread wrote, namely the states of goroutines that did nothing,
// is written when its generation has long begun. So it moves what happened meanwhile
// behind that, with a nanosecond between two events. What is moved so is earlier in the
// trace, and nothing else is; all events are in the same order, but for these states,
// which are the same in each generation.
func Times(f *exectrace.File) (Moved, error) { return times(f, f.AsGoTool()) }

func times(f, asGoTool *exectrace.File) (Moved, error) {
	balance := map[string]int{}
	ours, theirs := newStream(f, balance, 1), newStream(asGoTool, balance, -1)
	defer ours.stop()
	defer theirs.stop()
	var m Moved
	for {
		more := ours.read()
		if theirs.read() != more {
			return m, fmt.Errorf("one ends after %d events, the other, as go tool trace or not, does not:\n%s%s", m.Events, ours.text, theirs.text)
		}
		if ours.wrong != nil {
			return m, ours.wrong
		}
		if !more {
			m.States = ours.states
			return m, m.balanced(balance)
		}
		if a, b := timeless(ours.text), timeless(theirs.text); !bytes.Equal(a, b) {
			return m, fmt.Errorf("event %d is\n%s\nwant, as go tool trace,\n%s", m.Events, ours.text, theirs.text)
		}
		if err := m.time(ours, theirs); err != nil {
			return m, err
		}
		m.Events++
		if ours.kind == "Sync" {
			if err := m.balanced(balance); err != nil {
				return m, err
			}
		}
	}
}

// balanced compares the states of a generation that has ended.
func (m *Moved) balanced(balance map[string]int) error {
	for text, n := range balance {
		if n != 0 {
			return fmt.Errorf("there are %+d of this state before event %d, compared with go tool trace:\n%s", n, m.Events, text)
		}
	}
	clear(balance)
	return nil
}

// time compares the times of an event.
func (m *Moved) time(ours, theirs *stream) error {
	by := theirs.time.Sub(ours.time)
	switch {
	case ours.kind == "": // a loss
	case by < 0, by > 0 && theirs.time != theirs.before+1:
		return fmt.Errorf("event %d has not the time %d, and go tool trace did not move it:\n%s", m.Events, theirs.time, ours.text)
	case by > 0:
		m.Earlier++
		m.Most = max(m.Most, by)
	}
	return nil
}

// stream is a trace that is read on to the next event that has an order.
type stream struct {
	next    func() (exectrace.Event, error, bool)
	stop    func()
	balance map[string]int // states by their text, those of one stream less those of the other
	sign    int
	states  int

	text         []byte // of the event
	kind         string
	time, before exectrace.Time // of the event, and of the one before it
	wrong        error          // with its time
}

func newStream(f *exectrace.File, balance map[string]int, sign int) *stream {
	next, stop := iter.Pull2(f.Events())
	return &stream{next: next, stop: stop, balance: balance, sign: sign}
}

// read reports whether there is another event, or loss.
func (s *stream) read() bool {
	for {
		ev, lost, ok := s.next()
		if !ok {
			s.text = nil
			return false
		}
		if lost != nil {
			s.text, s.kind = append(s.text[:0], lost.Error()...), ""
			return true
		}
		state := isState(ev)
		s.text, s.kind = ev.Append(s.text[:0]), ev.Kind()
		s.before, s.time = s.time, ev.Time()
		if s.time < s.before || s.time == s.before && !state && s.kind != "Sync" {
			s.wrong = fmt.Errorf("it is not later than %d, the event before:\n%s", s.before, s.text)
		}
		if !state {
			return true
		}
		s.states++
		s.balance[string(timeless(s.text))] += s.sign
	}
}

// isState reports whether an event is a state that a generation begins with.
func isState(ev exectrace.Event) bool {
	if ev.Proc() != -1 {
		return false
	}
	if ev.Kind() == "RangeActive" {
		return ev.Thread() == -1 && ev.Goroutine() == -1
	}
	t, ok := ev.Transition()
	switch {
	case !ok || t.From != "Undetermined" && t.From != t.To:
		return false
	case ev.Goroutine() != -1: // it is in a system call
		return t.Proc == -1 && t.Goroutine == ev.Goroutine()
	}
	return ev.Thread() == -1 || t.Proc == -1
}
