package exec

import (
	"fmt"
	"math"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/cli"
)

// period is the part of the time that a command is asked for.
type period struct {
	From *time.Duration `help:"Only what is so long after the beginning of the trace, or later." placeholder:"DURATION"`
	To   *time.Duration `help:"Only what is so long after the beginning of the trace, or earlier." placeholder:"DURATION"`
}

// goToolTimes is for verbs that --as-go-tool changes nothing else of.
type goToolTimes struct {
	AsGoTool bool `help:"Take the times that go tool trace shows: it moves what happens at the beginning of a generation, by up to some hundred milliseconds."`
}

// aboutPeriods is what the help of each verb says that takes one.
const aboutPeriods = `With --from and --to all is as if the trace had been recorded from then to then. Only the generations are read (one is about a second) that overlap this time. Each begins with the states of goroutines; of a wait that is older it does not say what for.`

const (
	earliest exectrace.Time = math.MinInt64
	latest   exectrace.Time = math.MaxInt64
)

// check refuses what is no time of a trace.
func (p period) check() error {
	from, to := time.Duration(0), time.Duration(math.MaxInt64)
	if p.From != nil {
		from = *p.From
	}
	if p.To != nil {
		to = *p.To
	}
	if from >= 0 && from <= to {
		return nil
	}
	said := ""
	if p.From != nil {
		said += fmt.Sprintf("--from %s ", from)
	}
	if p.To != nil {
		said += fmt.Sprintf("--to %s ", to)
	}
	return cli.Status{Code: cli.Usage, Err: fmt.Errorf("%.*s: want times since the trace began, the first before the second", len(said)-1, said)}
}

// whole reports whether no part is asked for.
func (p period) whole() bool { return p.From == nil && p.To == nil }

// in is from when to when the period is in a trace.
func (p period) in(file *exectrace.File) (from, to exectrace.Time) {
	from, to = earliest, latest
	if p.whole() {
		return from, to
	}
	began := file.Began()
	if p.From != nil {
		from = began.Add(*p.From)
	}
	if p.To != nil {
		to = began.Add(*p.To)
	}
	return from, to
}

// of is the part of the trace.
func (p period) of(file *exectrace.File) *exectrace.File {
	if p.whole() {
		return file
	}
	return file.Between(p.in(file))
}
