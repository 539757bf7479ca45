package eventcmp

import (
	"fmt"
	"iter"
	"slices"
	"strings"
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
// trace, and nothing else is. All events are in the same order, but for those of several
// threads at one time, and for these states, which are the same in each generation
// and have the time at which it begins.
func Times(f *exectrace.File) (Moved, error) { return times(f, f.AsGoTool()) }

func times(f, asGoTool *exectrace.File) (Moved, error) {
	balance := map[state]int{}
	ours, theirs := newStream(f, balance, 1), newStream(asGoTool, balance, -1)
	defer ours.stop()
	defer theirs.stop()
	var m Moved
	for {
		got := ours.atOneTime()
		want := theirs.take(len(got))
		switch {
		case ours.wrong != nil:
			return m, ours.wrong
		case len(got) == 0 && len(theirs.take(1)) == 0:
			m.States = ours.states
			return m, m.balanced(balance, ours.syncs)
		case len(got) == 0 || len(want) < len(got):
			return m, fmt.Errorf("one has %d events, and the other has more", m.Events+len(want))
		}
		if err := m.same(got, want); err != nil {
			return m, err
		}
		m.Events += len(got)
		if got[0].kind != "Sync" {
			continue
		}
		if err := m.balanced(balance, theirs.syncs-1); err != nil {
			return m, err
		}
	}
}

// same compares events that were at one time.
func (m *Moved) same(got, want []item) error {
	if slices.EqualFunc(got, want, func(a, b item) bool { return a.text == b.text }) {
		for i := range got {
			if err := m.time(got[i], want[i], 0); err != nil {
				return err
			}
		}
		return nil
	}
	byText := func(a, b item) int { return strings.Compare(a.text, b.text) }
	a, b := slices.SortedFunc(slices.Values(got), byText), slices.SortedFunc(slices.Values(want), byText)
	for i := range a {
		if a[i].text != b[i].text {
			return fmt.Errorf("event %d, of %d at one time, is\n%s\nwant, as go tool trace,\n%s", m.Events, len(got), a[i].text, b[i].text)
		}
		if err := m.time(a[i], b[i], len(got)); err != nil {
			return err
		}
	}
	return nil
}

// time compares the times of an event. It may be later by what tells it from so many
// others of the same time.
func (m *Moved) time(ours, theirs item, others int) error {
	by := theirs.time.Sub(ours.time)
	switch {
	case ours.kind == "": // a loss
	case by < -time.Duration(others), by > time.Duration(others) && theirs.time != theirs.before+1:
		return fmt.Errorf("event %d has the time %d, not %d, and go tool trace did not move it:\n%s", m.Events, ours.time, theirs.time, ours.text)
	case by > 0:
		m.Earlier++
		m.Most = max(m.Most, by)
	}
	return nil
}

// state is one that a generation begins with.
type state struct {
	generation int
	text       string
}

// balanced compares the states of the generations that have ended.
func (m *Moved) balanced(balance map[state]int, ended int) error {
	for s, n := range balance {
		switch {
		case s.generation > ended:
			continue
		case n != 0:
			return fmt.Errorf("there are %+d of this state before event %d, compared with go tool trace:\n%s", n, m.Events, s.text)
		}
		delete(balance, s)
	}
	return nil
}

// item is an event, or a loss.
type item struct {
	text         string // without the time
	kind         string // of an event
	time, before exectrace.Time
}

// stream is a trace that is read by what has an order in it.
type stream struct {
	next    func() (exectrace.Event, error, bool)
	stop    func()
	ahead   *item         // was read already
	balance map[state]int // how many there are, those of one stream less those of the other
	sign    int
	states  int
	syncs   int
	began   exectrace.Time // the generation
	last    exectrace.Time // of the event before
	wrong   error          // with the time of one
}

func newStream(f *exectrace.File, balance map[state]int, sign int) *stream {
	next, stop := iter.Pull2(f.Events())
	return &stream{next: next, stop: stop, balance: balance, sign: sign}
}

// atOneTime reads events whose times differ by that nanosecond that tells them apart.
func (s *stream) atOneTime() []item {
	items := s.take(1)
	for len(items) > 0 {
		more := s.take(1)
		if len(more) == 0 {
			break
		}
		if last := items[len(items)-1]; last.kind == "" || more[0].time != last.time+1 {
			s.ahead = &more[0]
			break
		}
		items = append(items, more[0])
	}
	return items
}

// take reads so many, or what there is.
func (s *stream) take(n int) (items []item) {
	for ; n > 0; n-- {
		x, ok := s.read()
		if !ok {
			break
		}
		items = append(items, x)
	}
	return items
}

func (s *stream) read() (item, bool) {
	if x := s.ahead; x != nil {
		s.ahead = nil
		return *x, true
	}
	for {
		ev, lost, ok := s.next()
		switch {
		case !ok:
			return item{}, false
		case lost != nil:
			return item{text: lost.Error(), time: s.last}, true
		}
		x := item{string(timeless([]byte(ev.String()))), ev.Kind(), ev.Time(), s.last}
		if x.kind == "Sync" {
			s.syncs, s.began = s.syncs+1, x.time
		}
		told := isState(ev)
		if x.time < s.last || x.time == s.last && !told && x.kind != "Sync" {
			s.wrong = fmt.Errorf("it is not later than %d, the event before:\n%s", s.last, ev)
		}
		s.last = x.time
		if !told {
			return x, true
		}
		if x.time != s.began && s.sign > 0 && ev.Thread() == -1 {
			s.wrong = fmt.Errorf("it is a state of the whole generation, and that began at %d:\n%s", s.began, ev)
		}
		s.states++
		s.balance[state{s.syncs, x.text}] += s.sign
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
