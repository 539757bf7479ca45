package waterfall

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/zipkin"
)

// goroutines is how a span's time was spent, from the tags that explain it.
type goroutines struct {
	Why    string
	States []stateTime // the longest first
}

// stateTime is the time in one state.
type stateTime struct {
	State string
	Means string
	Time  string
	Share string
	W     string // the length of the bar in SVG

	us int64
}

// takeGoroutines separates the tags that explain s from the others.
func takeGoroutines(s *zipkin.Span) (g goroutines, others [][2]string) {
	var sum int64
	for _, t := range s.Tags {
		state, us, ok := parseState(t)
		switch {
		case t.Key == labapi.TagWhy:
			g.Why = t.Value
		case ok && us == 0: // an earlier explanation knew less
		case ok:
			g.States = append(g.States, stateTime{State: state, Means: display.State(state), Time: display.Micros(us), us: us})
			sum += us
		default:
			others = append(others, [2]string{t.Key, t.Value})
		}
	}
	slices.SortStableFunc(g.States, func(a, b stateTime) int { return cmp.Compare(b.us, a.us) })
	whole := float64(max(s.Duration, sum, 1))
	for i := range g.States {
		share := float64(g.States[i].us) / whole * 100
		g.States[i].Share, g.States[i].W = fmt.Sprintf("%.1f %%", share), draw.Percent(share)
	}
	return g, others
}

// longestState is a bound for what a tag may claim, so that sums do not overflow: a year in ms.
const longestState = 366 * 24 * 3600e3

// parseState reads a tag such as go.sync = "12.345 ms".
func parseState(t zipkin.Tag) (state string, us int64, ok bool) {
	state, isState := strings.CutPrefix(t.Key, labapi.TagPrefix)
	number, inMs := strings.CutSuffix(t.Value, " ms")
	ms, err := strconv.ParseFloat(number, 64)
	known := isState && display.State(state) != ""
	if !known || !inMs || err != nil || !(ms >= 0 && ms <= longestState) {
		return "", 0, false
	}
	return state, int64(ms*1000 + .5), true
}

// said is what the tags of a span say, and whose row it is.
type said struct{ Key, Why string }

// Explanation is that of the request that stands for the trace, or else of the first
// span in the tree that has one. It is nil where none has.
func (w *Waterfall) Explanation() (found *said) {
	for i := range w.Rows {
		s := w.Rows[i].Span
		if s == nil || found != nil && s != w.root {
			continue
		}
		if why, ok := s.Tag(labapi.TagWhy); ok {
			found = &said{w.Rows[i].Key, why}
		}
	}
	return found
}
