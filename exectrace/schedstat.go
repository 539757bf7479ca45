package exectrace

import "encoding/binary"

// scheduleCategory is the category of messages that say what the system's
// scheduler did with threads. A message is, for one thread after the other, its
// id, for how long it has run and for how long it has waited for a CPU: the first
// two numbers of Linux's /proc/self/task/TID/schedstat, in nanoseconds since the
// thread began. The numbers are written as unsigned varints.
const scheduleCategory = "schedstat"

// cpuSample is what the system says of a thread.
type cpuSample struct {
	at          Time
	ran, waited int64
}

// KnowsCPU reports whether the trace tells what the system's scheduler did, so
// that the time in which a thread waited for a CPU is told from that in which it
// ran. Go's runtime does not know.
func (t *Trace) KnowsCPU() bool { return len(t.aids.get(t.newAids).cpu.samples) > 0 }

// cpuSamples are in order, for each thread that has run between two of them.
func (t *Trace) cpuSamples() map[ThreadID][]cpuSample {
	all := map[ThreadID][]cpuSample{}
	category, ok := t.text.ids[scheduleCategory]
	if !ok {
		return all
	}
	for _, l := range t.logs.all() {
		if l.category == category {
			addSamples(all, l.at, []byte(l.message))
		}
	}
	for id, samples := range all {
		if first, last := samples[0], samples[len(samples)-1]; last.ran <= first.ran {
			delete(all, id)
		}
	}
	return all
}

// addSamples reads a message, up to where it is none.
func addSamples(all map[ThreadID][]cpuSample, at Time, message []byte) {
	for len(message) > 0 {
		var numbers [3]uint64
		for i := range numbers {
			v, n := binary.Uvarint(message)
			if n <= 0 || int64(v) < 0 {
				return
			}
			numbers[i], message = v, message[n:]
		}
		id, s := ThreadID(numbers[0]), cpuSample{at, int64(numbers[1]), int64(numbers[2])}
		if before := all[id]; len(before) > 0 {
			if last := before[len(before)-1]; s.ran < last.ran || s.waited < last.waited { // another thread has got its number
				before = nil
			}
			all[id] = append(before, s)
			continue
		}
		all[id] = []cpuSample{s}
	}
}
