package find

import "math"

// scale says how high a duration is in a chart: by its logarithm, or by itself.
type scale struct {
	Low, High int64 // µs, at the bottom and at the top
	Linear    bool
}

// newScale makes a scale on which all durations, sorted, have room.
func newScale(sorted []int64, isLinear bool) scale {
	least, most := max(sorted[0], 1), max(sorted[len(sorted)-1], 1)
	if isLinear {
		return scale{0, max(grown(most, 1.06), 10), true}
	}
	low, high := max(int64(float64(least)/1.3), 1), max(grown(most, 1.4), 10)
	if high/low < 4 {
		low, high = max(low/2, 1), grown(high, 2)
	}
	return scale{low, high, false}
}

// grown is v times a factor, which must not overflow.
func grown(v int64, by float64) int64 {
	const most = math.MaxInt64 / 4
	if v > most {
		return most
	}
	return int64(math.Ceil(float64(v) * by))
}

// part is 0 for a duration at the bottom, and 1 at the top.
func (s scale) part(us int64) float64 {
	if s.Linear {
		return float64(us-s.Low) / float64(s.High-s.Low)
	}
	return math.Log(float64(max(us, s.Low))/float64(s.Low)) / math.Log(float64(s.High)/float64(s.Low))
}

// y is the position in SVG, which counts from the top.
func (s scale) y(us int64) string { return coordinate(1 - s.part(us)) }

// at is the duration at a part of the height.
func (s scale) at(part float64) int64 {
	if s.Linear {
		return s.Low + int64(math.Ceil(part*float64(s.High-s.Low)))
	}
	return int64(math.Ceil(float64(s.Low) * math.Pow(float64(s.High)/float64(s.Low), part)))
}

// ticks are round durations, some four to nine.
func (s scale) ticks() (all []int64) {
	steps := []int64{1}
	if decades := math.Log10(float64(s.High) / float64(max(s.Low, 1))); decades < 1.6 {
		steps = []int64{1, 2, 5}
	} else if decades < 3.2 {
		steps = []int64{1, 3}
	}
	if s.Linear {
		return linearTicks(s.High)
	}
	for power := int64(1); power > 0 && power <= s.High; power *= 10 {
		for _, m := range steps {
			if v := power * m; v >= s.Low && v <= s.High && v/m == power {
				all = append(all, v)
			}
		}
		if power > math.MaxInt64/10 {
			break
		}
	}
	return all
}

func linearTicks(high int64) (all []int64) {
	step := int64(1)
	for step <= high/50 {
		step *= 10
	}
	for _, m := range []int64{5, 2} {
		if high/step/m >= 4 {
			step *= m
			break
		}
	}
	for v := int64(0); v <= high; v += step {
		all = append(all, v)
	}
	return all
}
