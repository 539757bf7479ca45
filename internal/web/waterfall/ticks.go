package waterfall

import "example.com/tracelab/internal/display"

// tick is a line across the waterfall, with its label to the right.
type tick struct {
	At    float64 // percent of the axis
	Label string  // empty where there is no room for it
}

// ticks divides an axis at round offsets from its zero, into three to eight parts.
func (a axis) ticks() []tick {
	length := a.To - a.From
	if length <= 0 {
		return nil
	}
	step := roundStep(length)
	last := a.To - a.Zero
	offset := (a.From - a.Zero) / step * step // rounds towards zero
	if a.Zero+offset < a.From {
		offset += step
	}
	var ts []tick
	for {
		ts = append(ts, labelled(a.percent(a.Zero+offset), offset))
		if offset > last-step { // offset+step might overflow
			return ts
		}
		offset += step
	}
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

func labelled(at float64, offset int64) tick {
	if at > 90 {
		return tick{At: at}
	}
	return tick{at, display.RoundMicros(offset)}
}

// FromOffset and ToOffset are the ends of the axis in µs after its zero.
func (a axis) FromOffset() int64 { return a.From - a.Zero }
func (a axis) ToOffset() int64   { return a.To - a.Zero }
