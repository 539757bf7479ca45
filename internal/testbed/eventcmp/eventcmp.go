// Package eventcmp compares the events that exectrace reads from an execution trace with
// those that golang.org/x/exp/trace does, one by one, with all there is to them.
package eventcmp

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"math"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace"
)

// Options say what is compared.
type Options struct {
	// Every is how often an event's methods and its JSON are compared, too: one event of so
	// many, and the first events of each kind. Zero compares those of no event.
	Every int
}

// Result is what was compared.
type Result struct {
	Events  int            // that are the same
	Kinds   map[string]int // how many there are of each
	Details int            // events whose methods and JSON were compared
	Refused error          // why the other decoder read no further; all before is the same
	Beyond  int            // events of ours behind that
	Lost    []error        // what exectrace says is lost; there is none unless the other refused
}

// Compare reads both traces, side by side, ours as go tool trace. The error says where they begin to differ,
// and what both decoders read before.
func Compare(ours *exectrace.File, theirs io.Reader, o Options) (Result, error) {
	c := comparison{Options: o, Result: Result{Kinds: map[string]int{}}}
	next, stop := iter.Pull2(ours.AsGoTool().Events())
	defer stop()
	r, err := trace.NewReader(theirs)
	if err != nil {
		return c.Result, err
	}
	for {
		want, err := r.ReadEvent()
		got, lost, ok := next()
		switch {
		case err == io.EOF && !ok:
			return c.Result, nil
		case err == io.EOF && lost != nil:
			return c.Result, c.differs(fmt.Sprintf("behind the last event ours is %v", lost))
		case err == io.EOF:
			return c.Result, c.differs(fmt.Sprintf("ours goes on behind the last event:\n%s", got))
		case err != nil:
			c.Refused = err
			return c.Result, c.beyond(got, lost, ok, next)
		case !ok:
			return c.Result, c.differs(fmt.Sprintf("ours ends before\n%s", want))
		case lost != nil:
			return c.Result, c.differs(fmt.Sprintf("ours is %v\nbefore\n%s", lost, want))
		}
		if err := c.event(got, want); err != nil {
			return c.Result, err
		}
	}
}

// beyond reads on where the other decoder does not: ours may say that it cannot either, or
// do better.
func (c *comparison) beyond(ev exectrace.Event, lost error, ok bool, next func() (exectrace.Event, error, bool)) error {
	last := c.ours.time
	for ; ok; ev, lost, ok = next() {
		var l exectrace.Loss
		switch {
		case errors.As(lost, &l):
			c.Lost = append(c.Lost, lost)
			last = math.MinInt64 // what the other decoder moved is behind it
			continue
		case lost != nil: // no event could be read
			c.Lost = append(c.Lost, lost)
			return nil
		case ev.Time() <= last:
			return c.differs(fmt.Sprintf("ours is not later than %d, the one before:\n%s", last, ev))
		}
		last = ev.Time()
		c.Beyond++
	}
	return nil
}
