package exectrace

import (
	"time"

	"example.com/tracelab/exectrace/userlog"
)

// cpuSample are the times of a thread, by the system's scheduler.
type cpuSample struct {
	at          Time
	ran, waited time.Duration
}

// KnowsCPU reports whether the trace has the times of the operating system's scheduler:
// how long each thread ran, and how long it waited for a CPU. The Go runtime does not
// write them; a program logs them as a userlog.Thread. Without them no segment is
// SegmentCPUWait.
func (t *Trace) KnowsCPU() bool { return len(t.lookups().cpu.samples) > 0 }

// cpuSamples are in order, for each thread that has run between two of them.
func (t *Trace) cpuSamples() map[ThreadID][]cpuSample {
	all := map[ThreadID][]cpuSample{}
	category, ok := t.text.ids[userlog.ThreadsCategory]
	if !ok {
		return all
	}
	for l := range t.logs.all() {
		if l.category != category {
			continue
		}
		for thread := range userlog.Threads(string(l.message)) {
			id := ThreadID(thread.ID)
			all[id] = addSample(all[id], cpuSample{l.at, thread.Ran, thread.Waited})
		}
	}
	for id, samples := range all {
		if first, last := samples[0], samples[len(samples)-1]; last.ran <= first.ran {
			delete(all, id)
		}
	}
	return all
}

// addSample begins anew where another thread has got the number.
func addSample(before []cpuSample, s cpuSample) []cpuSample {
	if n := len(before); n > 0 && (s.ran < before[n-1].ran || s.waited < before[n-1].waited) {
		before = nil
	}
	return append(before, s)
}
