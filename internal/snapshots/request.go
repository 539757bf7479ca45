package snapshots

import (
	"slices"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// Ended is when the work for a trace ended, as far as somebody knows. A process that
// answered before may have done more for it since.
type Ended struct {
	All time.Time // zero: nothing is known
	// Of is when the last span that processes of a service reported ended. Nil: none
	// is known.
	Of func(service string) time.Time
}

// Progress is how far the requests for a trace are.
type Progress struct {
	// Ended is when the trace ended, as far as is known now.
	Ended time.Time
	// Awaited are the services that have not answered since the trace ended, by name.
	Awaited []string
	// Pending reports whether it is worth to wait for one of them.
	Pending bool
}

// Request requests a trace from the processes that have a recorder, but not from
// those that have answered since it ended.
func (c *Collector) Request(id zipkin.TraceID, ended Ended) (progress Progress) {
	last := later(ended.All, c.requester.lastEnd(id))
	progress.Ended = last
	known := c.Best(id)
	for _, p := range c.control.Processes() {
		if !p.Recorder || c.requester.final(id, p.Instance, last) {
			continue
		}
		c.requester.request(id, p.Instance, last, takenOf(known, p.Instance, ended.of(p.Service)))
		if !slices.Contains(progress.Awaited, p.Service) {
			progress.Awaited = append(progress.Awaited, p.Service)
		}
		progress.Pending = progress.Pending || c.requester.state(id, p.Instance).pending
	}
	slices.Sort(progress.Awaited)
	return progress
}

func (e Ended) of(service string) time.Time {
	if e.Of == nil {
		return time.Time{}
	}
	return e.Of(service)
}

// takenOf is when the snapshot of a process was taken that need not be taken again
// if the process did nothing since. Zero: there is none, or its own spans went on.
func takenOf(known []*Snapshot, instance string, ended time.Time) time.Time {
	s := of(known, instance)
	if s == nil || !s.Recorded() || s.TakenAt.Before(ended) {
		return time.Time{}
	}
	return s.TakenAt
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
