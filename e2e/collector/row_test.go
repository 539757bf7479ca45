package collector

import (
	"fmt"
	"strings"
	"time"
)

// row is what was seen in one case.
type row struct {
	failure
	outcome
	polls         int
	start         int   // bytes of memory before the load
	atEnd         state // after the load, before Shutdown
	ending        ending
	posts         int // to the collector
	stored, again int // by the collector: spans, and those that came again
	lines         []string
	cpu           time.Duration // of the service, from its start to its end
	control       time.Duration // the worse p99 of the control runs before and after; zero in these themselves
}

// check holds a case to what is promised of it, but for its speed.
func (r row) check(spans int) (wrong []error) {
	bad := func(format string, a ...any) { wrong = append(wrong, fmt.Errorf(format, a...)) }
	end := r.ending
	if len(r.bad) > 0 {
		bad("%d requests were not answered with 200: %s", len(r.bad), r.bad[0])
	}
	if r.polls < 2 {
		bad("the counters were asked for %d times", r.polls)
	}
	for _, st := range []state{r.atEnd, end.state} {
		if err := addUp(state{}, st); err != nil {
			bad("the counters: %v", err)
		}
		if st.Sampled != uint64(spans) || st.Open != 0 {
			bad("%d spans began, %d of them are open; want %d, all ended", st.Sampled, st.Open, spans)
		}
	}
	if r.atEnd.Queued > mostSpans || end.Queued != 0 {
		bad("%d spans queued, %d after Shutdown", r.atEnd.Queued, end.Queued)
	}
	if end.Took > r.within+patience {
		bad("Shutdown took %s of its %s", end.Took, r.within)
	}
	if over := end.Peak - r.start; over > mostMemory {
		bad("%d MB of memory over the start", over>>20)
	}
	if len(r.lines) > mostLines || strings.Contains(strings.Join(r.lines, " "), "DATA RACE") {
		bad("%d lines of log, the last: %s", len(r.lines), r.lines[len(r.lines)-1])
	}
	if err := r.checkFate(uint64(spans)); err != nil {
		bad("%v", err)
	}
	return wrong
}

// checkFate compares what the service counts with what the collector has.
func (r row) checkFate(spans uint64) error {
	end, stored := r.ending, uint64(r.stored)
	// A Shutdown that had to give up may leave one batch in doubt: it was stored
	// while its sender stopped to wait for the answer.
	var doubt uint64
	if end.Error != "" {
		doubt = 500
	}
	if stored < end.Delivered || stored > end.Delivered+doubt {
		return fmt.Errorf("%d spans are stored, and %d count as delivered", stored, end.Delivered)
	}
	var ok bool
	switch r.fate {
	case allDelivered:
		ok = end.Delivered == spans && end.Error == ""
	case someDelivered:
		ok = end.Delivered > 0
	case noneDelivered:
		ok = end.Delivered == 0 && end.Dropped["rejected"] == 0
	case noneTaken:
		// It is not asked about each span again and again.
		ok = end.Delivered == 0 && end.Dropped["rejected"] > 0 && uint64(r.posts) < spans/2
	case oneRefused:
		ok = end.Delivered == spans-1 && end.Dropped["rejected"] == 1 && end.Error == ""
	}
	if !ok {
		return fmt.Errorf("of %d spans %d were delivered, and dropped: %s; want %s", spans, end.Delivered, reasons(end.Dropped), r.fate)
	}
	return nil
}

func worse(a, b row) time.Duration { return max(a.quantile(0.99), b.quantile(0.99)) }

func (r row) tooSlow() bool { return r.quantile(0.99) > slackFactor*r.control+slack }

const header = "collector                       | requests |    p50 |     p99 | of A/A | CPU s | peak MB (start) | started | delivered | stored | again | posts | queued at end | shutdown  | log | dropped"

func (r row) String() string {
	ms := func(d time.Duration) float64 { return d.Seconds() * 1000 }
	relative := "-"
	if r.control > 0 {
		relative = fmt.Sprintf("×%.2f", float64(r.quantile(0.99))/float64(r.control))
	}
	return fmt.Sprintf("%-31s | %8d | %6.2f | %7.2f | %6s | %5.2f | %7d (%5d) | %7d | %9d | %6d | %5d | %5d | %13d | %6.2f of %2.0f s | %3d | %s",
		r.name, len(r.took), ms(r.quantile(0.5)), ms(r.quantile(0.99)), relative, r.cpu.Seconds(), r.ending.Peak>>20, r.start>>20, r.ending.Started,
		r.ending.Delivered, r.stored, r.again, r.posts, r.atEnd.Queued, r.ending.Took.Seconds(), r.within.Seconds(), len(r.lines), reasons(r.ending.Dropped))
}
