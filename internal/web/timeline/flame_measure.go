package timeline

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"example.com/tracelab/exectrace/calltree"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/web/states"
)

// measure is a link to the flame graph of another measure.
type measure struct {
	Word, Path string
	Sum        amount
	Here       bool
}

// amount is a time, or a number of samples, as a page has it.
type amount struct {
	Value int64 // in ns, or samples
	Text  string
	Share string // of the whole; empty: not of interest
}

// amount is a part of a whole in the measure that is asked for.
func (q *flameQuery) amount(n, whole int64) amount {
	return amountOf(q.measure.State, n, whole)
}

func amountOf(s lanes.State, n, whole int64) amount {
	a := amount{Value: n, Text: took(time.Duration(n))}
	if s == calltree.Samples && n > 0 {
		a.Text = strconv.FormatInt(n, 10)
	}
	if whole > 0 && n > 0 {
		a.Share = percent(100 * float64(n) / float64(whole))
	}
	return a
}

// percent is a share from 0 to 100 in words.
func percent(share float64) string {
	if share > 0 && share < .01 {
		return "<0.01 %"
	}
	return strconv.FormatFloat(share, 'f', 2, 64) + " %"
}

// measures are the links to others, each with how much of it there is.
func (d *flamePage) measures(p *calltree.Profile) {
	for _, s := range flameStates {
		sum, _ := p.Of(calltree.Measure{State: s})
		if here := s == d.measure.State; sum > 0 || here || s == calltree.Samples || s == lanes.Running {
			d.Measures = append(d.Measures, measure{measureWord(d.Words, s), d.with("state", flameName(s), "reason", ""), amountOf(s, sum, 0), here})
		}
	}
	reasons := p.Reasons(d.measure.State)
	for _, reason := range slices.SortedFunc(maps.Keys(reasons), func(a, b string) int { return cmp.Or(cmp.Compare(reasons[b], reasons[a]), cmp.Compare(a, b)) }) {
		if len(reasons) > 1 || d.Reason != "" {
			d.Reasons = append(d.Reasons, measure{display.Text(reason, longestName), d.with("reason", reason), amountOf(d.measure.State, int64(reasons[reason]), 0), reason == d.Reason})
		}
	}
	if len(d.Reasons) > 0 {
		sum, _ := p.Of(calltree.Measure{State: d.measure.State})
		d.Reasons = append([]measure{{d.T("all reasons"), d.with("reason", ""), amountOf(d.measure.State, sum, 0), d.Reason == ""}}, d.Reasons...)
	}
	d.Note = d.note(p)
}

func measureWord(w shell.Words, s lanes.State) string {
	if s == calltree.Samples {
		return w.T("CPU samples")
	}
	return states.Word(w, int(s))
}

// note says what the measure is, and what it cannot say.
func (d *flamePage) note(p *calltree.Profile) string {
	all := sampledIn(d.x)
	switch d.measure.State {
	case calltree.Samples:
		if all == 0 {
			return d.T("The execution trace has no CPU samples. It has them if a CPU profile runs while it is recorded: runtime/pprof.StartCPUProfile, go test -cpuprofile, or /debug/pprof/profile at the same time.")
		}
		samples, _ := p.Of(calltree.Measure{State: calltree.Samples})
		ran := int64(0)
		for _, s := range []lanes.State{lanes.Running, lanes.Collecting} {
			sum, _ := p.Of(calltree.Measure{State: s})
			ran += sum
		}
		if samples == 0 {
			return d.T("None of the %d CPU samples of the execution trace is of this time; goroutines ran for %s in it.", all, display.Duration(time.Duration(ran)))
		}
		return d.T("%d of the %d CPU samples of the execution trace are of this time, one for each %s that goroutines ran. A CPU profile takes one for each 10 ms of a CPU, if the program has chosen no other rate.", samples, all, display.Duration(time.Duration(ran/samples)))
	case lanes.Running, lanes.Collecting:
		return d.T("An execution trace has a stack where a goroutine stops, and none of what it does while it runs: running time belongs to the calls that the goroutine was in before and after. What it did in between, CPU samples say.")
	case lanes.Runnable:
		return d.T("The time from being ready until running, at the stack where the goroutine had stopped. The profile sched has the stacks of who made it ready instead.")
	case lanes.Syscall:
		return d.T("Each system call counts where it began, with the part of it that is in this time.")
	}
	return d.T("Each wait counts where it began, with the part of it that is in this time.")
}
