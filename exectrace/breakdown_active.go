package exectrace

import (
	"strings"

	"example.com/tracelab/exectrace/internal/table"
)

// active adds a time in which a goroutine was running or runnable, without what
// the garbage collector and the system took of it.
func (w *breakdown) active(at position, iv Interval, from, to Time) {
	segment := Segment{Start: from, State: SegmentRunnable}
	if iv.State == StateRunning {
		segment.State = SegmentRunning
	}
	onCPU := to
	if iv.State == StateRunning {
		onCPU = to.Add(-w.lookups.cpu.wait(iv.Thread, from, to))
	}
	assists := w.lookups.assists[at.goroutine]
	for segment.Start < to {
		part := segment
		stop, stopUntil := w.lookups.stops.Covers(part.Start)
		assist, assistUntil := assists.Covers(part.Start)
		part.End = min(to, stopUntil, assistUntil)
		switch {
		case stop:
			part.State, part.End = SegmentStopTheWorld, min(to, stopUntil)
		case assist:
			part.State = SegmentGCAssist
		case part.Start >= onCPU:
			// It is known how much, and not when.
			part.State, part.Inferred = SegmentCPUWait, true
		default:
			part.End = min(part.End, onCPU)
		}
		w.add(at, part)
		segment.Start = part.End
	}
}

// overlays are the stops of the world, and the mark assists by goroutine.
func (t *Trace) overlays() (windows, map[int32]windows) {
	var stops windows
	assists := map[int32]windows{}
	for _, r := range t.ranges.All() {
		name := t.text.text(r.name)
		switch {
		case strings.HasPrefix(name, "stop-the-world"):
			stops = append(stops, window{Start: r.start, End: r.end})
		case name == "GC mark assist" && r.goroutine != none:
			assists[r.goroutine] = append(assists[r.goroutine], window{Start: r.start, End: r.end})
		}
	}
	for g := range assists {
		assists[g] = table.Union(assists[g])
	}
	return table.Union(stops), assists
}
