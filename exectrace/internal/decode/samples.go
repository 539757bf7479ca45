package decode

import "fmt"

// sample is a sample of a CPU profile.
type sample struct {
	time    int64
	thread  int64
	proc    int64
	g       int64
	stackID uint64
}

func sampleEntry(s *segment, at, end uint32) (id uint64, place, next uint32) {
	if Type(s[at&segmentMask]) != CPUSample {
		return 0, 0, 0
	}
	if next = s.skip(5, at+1, end); next > end {
		return 0, 0, 0
	}
	if x := readSample(s, at+1); uint64(x.proc) >= maxPlausibleProcs && x.proc != None {
		return 0, 0, 0
	}
	return 1, at + 1, next
}

// readSamples reads a batch of samples. Behind one that is damaged it is read on, with a bit
// that is another, or else from where samples follow each other again.
func (g *generation) readSamples(b *batch) {
	s := g.segments[b.segment]
	last := b.at + 1
	for at := last; at < b.end; {
		_, place, next := sampleEntry(s, at, b.end)
		if next != 0 {
			g.samples = append(g.samples, readSample(s, place))
			last, at = at, next
			continue
		}
		to := resumes(s, last, at, b.end, sampleEntry)
		f := fault{offset: b.offset + int64(at-b.at), err: fmt.Errorf("at byte %d: a sample of the CPU profile is damaged", b.offset+int64(at-b.at))}
		if to < at { // it is the one before that is damaged
			g.samples = g.samples[:len(g.samples)-1]
		}
		if to != last && to != at { // and cannot be put right
			f.size, f.events = int64(max(to, at)-at), 1
		}
		g.faults = append(g.faults, f)
		last, at = to, to
	}
}

func readSample(s *segment, at uint32) (x sample) {
	var v [4]uint64
	at = s.numbers(&v, 4, at)
	x = sample{time: int64(v[0]), thread: int64(v[1]), proc: int64(v[2]), g: int64(v[3])}
	x.stackID, _ = s.number(at)
	if x.g == 0 {
		x.g = None
	}
	return x
}
