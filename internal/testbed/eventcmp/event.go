package eventcmp

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace"
)

// comparison is what is known of both sides.
type comparison struct {
	Options
	Result
	ours, theirs side
}

// side is what one decoder read.
type side struct {
	time exectrace.Time // of the last event
	last [shown][]byte  // the last events as text
}

// shown is how many events a difference is shown with.
const shown = 6

func (c *comparison) event(got exectrace.Event, want trace.Event) error {
	ours, theirs := &c.ours.last[c.Events%shown], &c.theirs.last[c.Events%shown]
	*ours = got.Append((*ours)[:0])
	*theirs = append((*theirs)[:0], want.String()...)
	c.Events++
	if !bytes.Equal(*ours, *theirs) && !(c.EarlierTimes && bytes.Equal(timeless(*ours), timeless(*theirs))) {
		return c.differs("they differ in the last")
	}
	if why := c.times(got.Time(), exectrace.Time(want.Time()), want.Thread() == trace.NoThread); why != "" {
		return c.differs(why)
	}
	c.ours.time, c.theirs.time = got.Time(), exectrace.Time(want.Time())
	kind := want.Kind().String()
	c.Kinds[kind]++
	if c.Every > 0 && (c.Events%c.Every == 0 || c.Kinds[kind] <= 20) {
		c.Details++
		if err := details(got, want); err != nil {
			return c.differs(err.Error())
		}
	}
	return nil
}

// times says what is wrong with the times of an event.
func (c *comparison) times(ours, theirs exectrace.Time, ofNoThread bool) string {
	moved := c.Events > 1 && theirs == c.theirs.time+1
	switch {
	case c.Events > 1 && ours <= c.ours.time:
		return fmt.Sprintf("ours is not later than %d, the one before", c.ours.time)
	case ours == theirs:
		return ""
	case !c.EarlierTimes:
		return fmt.Sprintf("time %d, want %d", ours, theirs)
	case ours > theirs:
		return fmt.Sprintf("ours is %v later", ours.Sub(theirs))
	case !moved && !ofNoThread:
		return fmt.Sprintf("ours is %v earlier, and the other decoder did not move it", theirs.Sub(ours))
	}
	c.Earlier++
	c.Most = max(c.Most, theirs.Sub(ours))
	return ""
}

// timeless is the text of an event without its time.
func timeless(text []byte) []byte {
	before, after, _ := bytes.Cut(text, []byte(" Time="))
	_, after, _ = bytes.Cut(after, []byte(" "))
	return append(append(bytes.Clone(before), ' '), after...)
}

// differs is the error for what is found at the last event.
func (c *comparison) differs(what string) error {
	var text strings.Builder
	fmt.Fprintf(&text, "after %d events that both read: %s\n", c.Events, what)
	for name, s := range map[string]*side{"ours": &c.ours, "theirs": &c.theirs} {
		fmt.Fprintf(&text, "--- %s, up to event %d\n", name, c.Events)
		for i := max(0, c.Events-shown); i < c.Events; i++ {
			fmt.Fprintf(&text, "%s\n", bytes.TrimSpace(s.last[i%shown]))
		}
	}
	return errors.New(text.String())
}

// String is a line for people.
func (r Result) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%d events are the same, %d of them in detail", r.Events, r.Details)
	if r.Earlier > 0 {
		fmt.Fprintf(&text, ", %d are earlier in ours, by %v at most", r.Earlier, r.Most.Round(time.Microsecond))
	}
	if r.Refused != nil {
		why, _, _ := strings.Cut(r.Refused.Error(), "\n")
		fmt.Fprintf(&text, "; the other decoder then refuses (%s), and ours reads %d more, with %d losses", why, r.Beyond, len(r.Lost))
	}
	return text.String()
}
