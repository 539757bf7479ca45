package web

// tick is a labelled line across the waterfall.
type tick struct {
	At     float64 // percent of the axis
	Label  string
	Anchor string // SVG's text-anchor, which keeps the outer labels inside
}

// ticks divides an axis at round offsets from its zero, into three to eight parts.
func (a axis) ticks() []tick {
	length := a.To - a.From
	if length <= 0 {
		return nil
	}
	step := roundStep(length)
	first := (a.From - a.Zero) / step // rounds towards zero, so inside the axis
	var ts []tick
	for k := range int64(12) {
		offset := (first + k) * step
		if offset > a.To-a.Zero {
			break
		}
		at := a.percent(a.Zero + offset)
		ts = append(ts, tick{at, formatDuration(offset), anchor(at)})
	}
	return ts
}

// roundStep is 1, 2 or 5 times a power of ten, at most a third of length.
func roundStep(length int64) int64 {
	step := int64(1)
	for step <= length/30 {
		step *= 10
	}
	for _, m := range []int64{5, 2} {
		if step*m <= length/3 {
			return step * m
		}
	}
	return step
}

func anchor(at float64) string {
	switch {
	case at < 4:
		return "start"
	case at > 92:
		return "end"
	}
	return "middle"
}

// FromOffset and ToOffset are the ends of the axis in µs after its zero.
func (a axis) FromOffset() int64 { return a.From - a.Zero }
func (a axis) ToOffset() int64   { return a.To - a.Zero }
