package timeline

import (
	"strings"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
)

// segmentAt is what a lane did at a moment, from beginning to end. Where it did nothing it
// is Absent, from the segment before to the one after.
func segmentAt(x *executions.Execution, lane lanes.Lane, at exectrace.Time) lanes.Segment {
	if list, _ := x.Lanes.Segments(lane, at, at+1, 4); len(list) > 0 {
		return list[len(list)-1]
	}
	idle := lanes.Segment{From: x.Lanes.Trace.Start, To: x.Lanes.Trace.End, Thread: -1, Proc: -1}
	if s, ok := nextSegment(x, lane, at); ok {
		idle.To = s.From
	}
	if s, ok := lastSegment(x, lane, at); ok {
		idle.From = s.To
	}
	return idle
}

// few is how many segments a search reads at once.
const few = 16

// nextSegment is the first of a lane that ends after a moment.
func nextSegment(x *executions.Execution, lane lanes.Lane, at exectrace.Time) (lanes.Segment, bool) {
	list, _ := x.Lanes.Segments(lane, at, x.Lanes.Trace.End+1, 1)
	if len(list) == 0 {
		return lanes.Segment{}, false
	}
	return list[0], true
}

// lastSegment is the last of a lane that begins before a moment.
func lastSegment(x *executions.Execution, lane lanes.Lane, at exectrace.Time) (lanes.Segment, bool) {
	most := at - x.Lanes.Trace.Start + 1
	// Widen the time until there is something in it, and narrow it where that is too much.
	empty, width := exectrace.Time(0), min(most, 4096)
	for {
		list, ok := x.Lanes.Segments(lane, at-width, at, few)
		switch {
		case len(list) > 0 && (ok || width-empty < 2):
			return list[len(list)-1], true
		case ok && width >= most:
			return lanes.Segment{}, false
		case ok:
			empty, width = width, min(most, width*8)
		default:
			width = empty + (width-empty)/2
		}
	}
}

// processorOf is the processor of a segment; -1: none, or not known. That of a goroutine is
// known by its thread.
func processorOf(x *executions.Execution, s lanes.Segment) int64 {
	if s.Proc >= 0 || s.Thread < 0 {
		return s.Proc
	}
	list, _ := x.Lanes.Segments(lanes.Lane{Kind: lanes.Thread, ID: int64(s.Thread)}, s.From, s.From+1, 1)
	if len(list) == 0 {
		return -1
	}
	return list[0].Proc
}

// longestName is how much of a name is shown, in characters: those of a damaged trace may be
// as long as it is.
const longestName = 300

// shortName is the name of a function without the path of its package.
func shortName(function string) string {
	return display.Text(function[strings.LastIndexByte(function, '/')+1:], longestName)
}
