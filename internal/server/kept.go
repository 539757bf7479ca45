package server

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
)

// kept is a snapshot on the shelf. It does not change.
type kept struct {
	labapi.Snapshot
	parts []part
	body  []byte // nil: refused
}

// part returns the process's part in a trace.
func (k *kept) part(id zipkin.TraceID) (part, bool) {
	i := slices.IndexFunc(k.parts, func(p part) bool { return p.trace == id })
	if i < 0 {
		return part{}, false
	}
	return k.parts[i], true
}

// tells is how much of the process's part in a trace the snapshot has, where that
// is known; negative without an execution trace.
func (k *kept) tells(id zipkin.TraceID) time.Duration {
	p, _ := k.part(id)
	switch {
	case k.body == nil:
		return -1
	case k.StartUS == 0 || p.start.IsZero():
		return 0
	}
	from, to := max(k.StartUS, p.start.UnixMicro()), min(k.EndUS, p.end.UnixMicro())
	return time.Duration(max(0, to-from)) * time.Microsecond
}

// cutFor is the execution trace without what does not tell of a trace.
func (k *kept) cutFor(id zipkin.TraceID) (*exectrace.File, error) {
	f, err := exectrace.FromBytes(k.body)
	if err != nil {
		return nil, err
	}
	p, _ := k.part(id)
	if p.start.IsZero() {
		return f, nil
	}
	if part, err := f.CutWall(p.start.Add(-margin), p.end.Add(margin)); err == nil {
		return part, nil
	}
	return f, nil // it does not say what time it was
}

// file is the execution trace: what of it tells of the trace of that id or, of none,
// all that is kept.
func (k *kept) file(trace string) (*exectrace.File, error) {
	if trace == "" {
		return exectrace.FromBytes(k.body)
	}
	id, err := parseTrace(trace)
	if err != nil {
		return nil, err
	}
	if _, ok := k.part(id); !ok {
		return nil, &httpapi.Error{Code: httpapi.NotFound, Detail: fmt.Sprintf("snapshot %s was not taken for trace %s", k.ID, id)}
	}
	return k.cutFor(id)
}

// file cuts a snapshot and keeps it.
func (s *Server) file(a *arrival, body []byte) {
	k := &kept{parts: a.parts, Snapshot: labapi.Snapshot{ID: strings.ToLower(rand.Text()[:12]), Upload: a.Upload, HandedBytes: int64(len(body))}}
	if body != nil {
		s.flights.cutting <- struct{}{}
		c, err := s.cut(a, body)
		<-s.flights.cutting
		if err != nil {
			k.Refused = "its execution trace cannot be read: " + err.Error()
		}
		k.fill(&c)
	}
	k.ArrivedAt = time.Now().UTC()
	s.flights.put(k)
	for _, p := range k.parts {
		s.asking.answered(p.trace, k.Instance)
	}
	s.triggered(k)
	s.flights.announce()
}

// cut survives whatever body is.
func (s *Server) cut(a *arrival, body []byte) (c cut, err error) {
	defer s.explaining.guard(&err, "instance", a.Instance)
	from, to := a.span()
	return cutDown(body, from, to, a.TakenAt)
}

func (k *kept) fill(c *cut) {
	k.body, k.Bytes, k.Lost = c.body, int64(len(c.body)), c.lost
	if !c.held.start.IsZero() {
		k.HeldUS = c.held.length().Microseconds()
	}
	if !c.told.start.IsZero() {
		k.StartUS, k.EndUS = c.told.start.UnixMicro(), c.told.end.UnixMicro()
	}
}
