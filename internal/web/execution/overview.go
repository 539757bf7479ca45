package execution

import (
	"strings"

	"example.com/tracelab/exectrace/counters"
	"example.com/tracelab/exectrace/delay"
	"example.com/tracelab/internal/executions/report"
	"example.com/tracelab/internal/web/shell"
)

// overviewPage is /exec/{id}.
type overviewPage struct {
	page
	Facts []report.Fact
	Stops []stop
}

// stop is why the world was stopped, and for how long.
type stop struct {
	counters.RangeStats
	Name           name
	Total, Longest took
	At             string
	Timeline       string // of the longest
}

func (p *Pages) overview(v *visit) {
	a := readAsked(v.r)
	data := overviewPage{page: v.page(a, func(w shell.Words) string { return w.T("Summary") }), Facts: report.Facts(v.Summary)}
	for i := range data.Facts {
		data.Facts[i].Name = strings.TrimSpace(data.Facts[i].Name)
	}
	for _, s := range v.Summary.Stops {
		data.Stops = append(data.Stops, stop{RangeStats: s, Name: newName(s.Name, ""), Total: newTook(s.Total), Longest: newTook(s.Longest),
			At: report.Since(s.At), Timeline: v.Timeline(s.At, s.At+s.Longest)})
	}
	v.show("exec_overview", a, data)
}

// Kinds are the profiles that there are.
func (v *visit) Kinds() []delay.Kind { return delay.Kinds() }
