package snapshots

import (
	"crypto/rand"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// maxRead bounds an execution trace that is indexed, in bytes: while it is, it
// takes several times its size in memory.
const maxRead = 32 << 20

// Snapshot is what a process uploaded, as it is stored. It does not change.
type Snapshot struct {
	labapi.Snapshot
	parts []part
	body  []byte // nil: there is no execution trace
}

func newSnapshot(u *upload, size int) *Snapshot {
	return &Snapshot{parts: u.parts, Snapshot: labapi.Snapshot{ID: strings.ToLower(rand.Text()[:12]), Upload: u.Upload, HandedBytes: int64(size)}}
}

// Recorded reports whether there is an execution trace; Refused says why not.
func (s *Snapshot) Recorded() bool { return s.body != nil }

// File is the execution trace, as it is stored. It is an error that there is none.
func (s *Snapshot) File() (*exectrace.File, error) { return exectrace.FromBytes(s.body) }

// Parts yields the traces that the snapshot was taken for, and when the process
// was at work for each. Zero: it knows of no time.
func (s *Snapshot) Parts() iter.Seq2[zipkin.TraceID, Window] {
	return func(yield func(zipkin.TraceID, Window) bool) {
		for _, p := range s.parts {
			if !yield(p.trace, p.Window) {
				return
			}
		}
	}
}

// Index reads the execution trace, as far as it covers a trace, and returns its
// size in bytes, too.
func (s *Snapshot) Index(id zipkin.TraceID) (*exectrace.Trace, int64, error) {
	f, err := s.cutFor(id)
	if err == nil && f.Size() > maxRead {
		err = fmt.Errorf("it has %d bytes, and %d at most are read", f.Size(), maxRead)
	}
	if err != nil {
		return nil, 0, err
	}
	t, err := exectrace.Read(f)
	return t, f.Size(), err
}

// part returns the process's part in a trace.
func (s *Snapshot) part(id zipkin.TraceID) (part, bool) {
	i := slices.IndexFunc(s.parts, func(p part) bool { return p.trace == id })
	if i < 0 {
		return part{}, false
	}
	return s.parts[i], true
}

// covers is how much the snapshot has of a time, or, if that is zero, of the process's
// part in a trace, where that is known; negative without an execution trace.
func (s *Snapshot) covers(id zipkin.TraceID, during Window) time.Duration {
	if p, _ := s.part(id); during.Start.IsZero() {
		during = p.Window
	}
	switch {
	case !s.Recorded():
		return -1
	case s.StartUS == 0 || during.Start.IsZero():
		return 0
	}
	from, to := max(s.StartUS, during.Start.UnixMicro()), min(s.EndUS, during.End.UnixMicro())
	return time.Duration(max(0, to-from)) * time.Microsecond
}

// cutFor is the execution trace without what does not cover a trace.
func (s *Snapshot) cutFor(id zipkin.TraceID) (*exectrace.File, error) {
	f, err := exectrace.FromBytes(s.body)
	if err != nil {
		return nil, err
	}
	p, _ := s.part(id)
	if p.Start.IsZero() {
		return f, nil
	}
	if part, err := f.CutWall(p.Start.Add(-margin), p.End.Add(margin)); err == nil {
		return part, nil
	}
	return f, nil // it does not say what time it was
}

// fill takes what is left of the execution trace.
func (s *Snapshot) fill(c *cut) {
	s.body, s.Bytes, s.Lost = c.body, int64(len(c.body)), c.lost
	if !c.held.Start.IsZero() {
		s.HeldUS = c.held.length().Microseconds()
	}
	if !c.covered.Start.IsZero() {
		s.StartUS, s.EndUS = c.covered.Start.UnixMicro(), c.covered.End.UnixMicro()
	}
}
