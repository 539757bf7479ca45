package comparison

import (
	"math"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/web/draw"
)

// scale is an axis of µs.
type scale struct{ from, to float64 }

// tick is a round time on an axis.
type tick struct {
	X, Text string
	Anchor  string // of the text, if it is not its beginning
}

// X is where a time is, in percent; what is beyond the axis is at its end.
func (s scale) X(us int64) string { return draw.Percent(s.at(us)) }

func (s scale) at(us int64) float64 {
	return min(max((float64(us)-s.from)/(s.to-s.from)*100, 0), 100)
}

// thinnest is the least length of a bar, in percent: SVG does not draw one of 0.
const thinnest = 0.15

// Bar is from where to where a bar goes, whichever of the times is the earlier.
func (s scale) Bar(a, b int64) (x, w string) {
	from, to := s.at(min(a, b)), s.at(max(a, b))
	width := max(to-from, thinnest)
	return draw.Percent(min(from, 100-width)), draw.Percent(width)
}

// around is an axis on which all of the times are. It begins at zero, unless what they
// differ by would be too small to be seen.
func around(times []int64) scale {
	low, high := math.Inf(1), math.Inf(-1)
	for _, us := range times {
		low, high = min(low, float64(us)), max(high, float64(us))
	}
	low = max(low, 0)
	apart := high - low
	from := 0.0
	if apart > 0 && low > high/2 {
		from = max(0, low-apart/4)
	}
	return scale{from, max(high+apart/25, from+1)}
}

// Cut is where the axis begins, if that is not zero.
func (s scale) Cut() string {
	if s.from == 0 {
		return ""
	}
	return display.Micros(int64(s.from))
}

// nearEnd is from where on a text would leave the axis, in percent.
const nearEnd = 90

// Ticks are three to six round times.
func (s scale) Ticks() (ticks []tick) {
	const most = 10
	step := roundStep((s.to - s.from) / 5)
	first := math.Ceil(s.from / step)
	for i := range most {
		us := (first + float64(i)) * step
		if us > s.to {
			break
		}
		at, anchor := (us-s.from)/(s.to-s.from)*100, ""
		if at > nearEnd {
			anchor = "end"
		}
		ticks = append(ticks, tick{draw.Percent(at), display.RoundMicros(int64(us)), anchor})
	}
	return ticks
}

// roundStep is 1, 2 or 5 times a power of ten: the next above.
func roundStep(least float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(max(least, 1))))
	for _, factor := range []float64{1, 2, 5} {
		if step := factor * power; step >= least {
			return step
		}
	}
	return 10 * power
}
