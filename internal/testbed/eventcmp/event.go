package eventcmp

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

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
	if !bytes.Equal(*ours, *theirs) || got.Time() != exectrace.Time(want.Time()) {
		return c.differs("they differ in the last")
	}
	c.ours.time = got.Time()
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
	if r.Refused != nil {
		why, _, _ := strings.Cut(r.Refused.Error(), "\n")
		fmt.Fprintf(&text, "; the other decoder then refuses (%s), and ours reads %d more, with %d losses", why, r.Beyond, len(r.Lost))
	}
	return text.String()
}
