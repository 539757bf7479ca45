package workshop

import (
	"strconv"
	"strings"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/draw"
)

// switched is a fault that is on.
type switched struct {
	labapi.SwitchedOn
	now time.Time
}

// Left is how long it stays on; empty: until it is switched off.
func (s switched) Left() string {
	if s.Until.IsZero() {
		return ""
	}
	return display.Duration(max(0, s.Until.Sub(s.now)).Truncate(time.Second))
}

// Ago is since when it is on.
func (s switched) Ago() string { return draw.Ago(s.now, s.Since) }

// Key is its first fault, by which it is switched off.
func (s switched) Key() string {
	name, _, _ := strings.Cut(s.Faults, ",")
	name, _, _ = strings.Cut(name, ";")
	return name
}

// limit is a bound.
type limit struct{ labapi.Limit }

// Is is how much of it is used.
func (l limit) Is() string { return l.amount(l.Used) }

// Of is the bound.
func (l limit) Of() string { return l.amount(l.Most) }

func (l limit) amount(n int64) string {
	if l.Bytes {
		return memory(n)
	}
	return strconv.FormatInt(n, 10)
}

// W is the length of its bar in SVG.
func (l limit) W() string {
	return draw.Percent(min(100, max(float64(l.Used)/float64(max(l.Most, 1))*100, draw.Thinnest)))
}

// Full reports whether what comes next makes something else go, or is refused.
func (l limit) Full() bool { return l.Used >= l.Most }

// Evicted says what made room.
func (p stackPage) Evicted() string {
	counts := map[string]uint64{}
	for reason, n := range p.Is.Status.Store.Evicted {
		counts[reason] = uint64(n)
	}
	return reasons(counts)
}
