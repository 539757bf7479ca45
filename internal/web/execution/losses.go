package execution

import (
	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions/report"
)

// lost is a part of an execution trace that could not be read.
type lost struct {
	Text     string
	From, To string // the time in which states may be wrong, as the trace has it; empty: none
	Timeline string
}

// mostLost is how many such parts a page describes.
const mostLost = 5

// Lost are the first parts that could not be read.
func (v *visit) Lost() (list []lost) {
	for _, l := range v.Trace.Lost[:min(len(v.Trace.Lost), mostLost)] {
		one := lost{Text: display.Text(l.Error(), longestText)}
		if from, to := l.From.Sub(v.Trace.Began), l.To.Sub(v.Trace.Began); from < to {
			one.From, one.To, one.Timeline = report.Since(from), report.Since(to), v.Timeline(max(from, 0), to)
		}
		list = append(list, one)
	}
	return list
}

// Losses is how many parts could not be read.
func (v *visit) Losses() int { return len(v.Trace.Lost) }

// LeftOut is how many of them the page does not describe.
func (v *visit) LeftOut() int { return max(0, len(v.Trace.Lost)-mostLost) }

// PartFrom and PartTo are the part of the time that is looked at, since the trace began;
// empty: from its beginning, or to its end.
func (v *visit) PartFrom() string { return v.since(v.Part.From) }
func (v *visit) PartTo() string   { return v.since(v.Part.To) }

func (v *visit) since(at exectrace.Time) string {
	if at == 0 {
		return ""
	}
	return report.Since(at.Sub(v.Trace.Began))
}
