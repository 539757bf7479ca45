package why

import (
	"fmt"
	"strings"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// summary says an explanation in words.
type summary struct {
	*labapi.Explanation
	baseline time.Duration // that a quarter of such requests stay below; zero: it is not known
	underWay bool          // it has not ended, as far as is known
}

// sentences are three: how long it took and what held it up, what that was, and
// how much is known.
func (a summary) sentences() []string { return []string{a.cause(), a.reason(), a.known()} }

func (a summary) cause() string {
	switch {
	case a.underWay && a.Operation == "":
		return fmt.Sprintf("A request of %s has not ended, as far as is known: its span has not come yet.", display.The(a.Service))
	case a.underWay:
		return fmt.Sprintf("%s%s has not ended, as far as is known.", display.Of(a.Operation, a.Service), a.Among())
	}
	if a.TotalUS == 0 && a.Reported != nil && a.Reported.Duration == 0 {
		return fmt.Sprintf("%s%s was reported without a duration: how long it took is not known.", display.Of(a.Operation, a.Service), a.Among())
	}
	took := fmt.Sprintf("%s%s took %s", display.Of(a.Operation, a.Service), a.Among(), display.Micros(a.TotalUS))
	if a.baseline > 0 && a.baseline.Microseconds() < a.TotalUS {
		took += fmt.Sprintf(" (a quarter of such requests stay below %s)", display.Duration(a.baseline))
	}
	switch {
	case !a.Execution.Final():
		return took + ": why is not known yet."
	case a.Cause != nil:
		c := a.Cause
		held := fmt.Sprintf("%s: for %s of it (%.0f %%) %s %s.", took, display.Micros(int64(c.Ms*1e3)), 100*c.Share, display.Of(c.Operation, c.Service), a.doing(c))
		if c.Doubtful {
			held += " That may be wrong: a part of the execution trace is lost there."
		}
		return held
	case a.Pattern != nil:
		return fmt.Sprintf("%s: %s.", took, a.Pattern.Text)
	case a.Execution.Gone():
		return took + ": what its goroutines did meanwhile is not known."
	}
	if 2*a.UnknownUS > a.TotalUS {
		return took + ": most of it is unknown."
	}
	return took + ": nothing stands out."
}

// doing is what the goroutine of the cause was at, with the kind of lock that its
// stack shows, and what it could not do meanwhile.
func (a summary) doing(c *labapi.Cause) string {
	if lock := a.lock(c); lock != "" {
		return "waited for a sync." + lock
	}
	if c.State == stateRunning && c.StateMs < c.Ms/2 {
		return display.State(c.State) + ", with a CPU for only " + display.Micros(int64(c.StateMs*1e3)) + " of that"
	}
	return display.State(c.State)
}

// lock is what of package sync the cause waited for, or empty.
func (a summary) lock(c *labapi.Cause) string {
	s := a.stackOf(c)
	if c.State != stateSync || s == nil {
		return ""
	}
	for _, f := range s.Frames {
		for _, kind := range []string{"RWMutex", "Mutex", "WaitGroup", "Cond"} {
			if strings.Contains(f, "sync.(*"+kind+")") {
				return kind
			}
		}
	}
	return ""
}

// stackOf is where the cause was most of its time; nil: there is none.
func (a summary) stackOf(c *labapi.Cause) *labapi.StackTime {
	for i := range a.Stacks {
		if s := &a.Stacks[i]; s.Service == c.Service && s.State == c.State && len(s.Frames) > 0 {
			return s
		}
	}
	return nil
}

func (a summary) reason() string {
	switch {
	case a.Execution.State == labapi.ExecutionAwaited, a.Execution.Gone():
		return a.Execution.Reason
	case a.Cause == nil:
		return a.most()
	}
	var waits []labapi.Wait
	for _, l := range a.Waits {
		if l.SpanID == a.Cause.SpanID && l.Waiting == a.Cause.State {
			waits = append(waits, l)
		}
	}
	if len(waits) > 0 {
		return a.wait(waits[0])
	}
	if s := a.stackOf(a.Cause); s != nil {
		return fmt.Sprintf("Most of that (%s) was in %s.", display.Micros(min(s.US, int64(a.Cause.Ms*1e3))), Place(s.Frames)) // others were there, too
	}
	return a.most()
}

// wait says what the other goroutine did most of the time, and for which request.
func (a summary) wait(longest labapi.Wait) string {
	other := "whoever it waited for"
	if strings.HasSuffix(a.lock(a.Cause), "Mutex") {
		other = "whoever held it"
	}
	text := fmt.Sprintf("Meanwhile %s %s (%s)", other, display.State(longest.State), display.Micros(longest.US))
	if len(longest.Stack) > 0 {
		text += " in " + Place(longest.Stack)
	}
	switch {
	case longest.TraceID == a.TraceID:
		text += ", for this very request"
	case longest.TraceID != "":
		text += fmt.Sprintf(", for %s of trace %s", display.SpanName(longest.Operation), longest.TraceID)
	default:
		text += ", for no request that is known"
	}
	return text + "."
}

// most says where most of the time went, without a claim.
func (a summary) most() string {
	var parts []string
	for _, t := range a.States[:min(len(a.States), 3)] {
		parts = append(parts, fmt.Sprintf("%s in %s (%s)", t.State, display.Of(t.Operation, t.Service), display.Micros(t.US)))
	}
	if len(parts) == 0 {
		return noTime
	}
	return "Most of the time was " + strings.Join(parts, ", ") + "."
}

func (a summary) known() string {
	if a.TotalUS == 0 {
		return "Nothing of it is explained."
	}
	known := 100 * float64(a.TotalUS-a.UnknownUS) / float64(a.TotalUS)
	text := fmt.Sprintf("%.1f %% of the time is explained, from %s", known, count(len(a.Snapshots), "execution trace"))
	if a.UnknownUS > 0 {
		text += fmt.Sprintf("; %s are not", display.Micros(a.UnknownUS))
	}
	if a.DoubtfulUS > 0 {
		text += fmt.Sprintf("; %s of it may be wrong, since a part of an execution trace is lost there", display.Micros(a.DoubtfulUS))
	}
	if len(a.Missing) > 0 {
		text += fmt.Sprintf("; of %s something is missing: %s", display.The(a.Missing[0].Service), a.Missing[0].Reason)
	}
	return text + "."
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
