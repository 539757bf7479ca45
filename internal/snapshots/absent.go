package snapshots

import (
	"time"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// Absence says why there is no execution trace of a process.
type Absence struct {
	Service, Instance, Reason string
	// Idle says for sure that the process took no part.
	Idle bool
}

// Absent returns the processes of which known has no execution trace for a trace that
// began then.
func (c *Collector) Absent(id zipkin.TraceID, known []*Snapshot, began time.Time) (all []Absence) {
	started := map[string]time.Time{}
	for _, p := range c.control.Processes() {
		started[p.Instance] = p.StartedAt
		if of(known, p.Instance) == nil {
			all = append(all, Absence{Service: p.Service, Instance: p.Instance, Reason: c.reason(id, p)})
		}
	}
	for _, s := range known {
		if !s.Recorded() {
			a := Absence{s.Service, s.Instance, s.Refused, s.idle(began)}
			if s.Upload.Absent && started[s.Instance].After(began) {
				a.Reason, a.Idle = "it was started later, and knows nothing of what was before", recorded(known, s.Service)
			}
			all = append(all, a)
		}
	}
	return all
}

// recorded reports whether there is an execution trace of a service: of the process before,
// if that handed it in before it ended.
func recorded(known []*Snapshot, service string) bool {
	for _, s := range known {
		if s.Service == service && s.Recorded() {
			return true
		}
	}
	return false
}

// idle reports whether a process that was there when a trace began did nothing for
// it: what it did since then it has not forgotten.
func (s *Snapshot) idle(began time.Time) bool {
	return s.Upload.Absent && !began.IsZero() && s.TakenAt.Add(-labapi.RecorderWindow).Before(began)
}

// reason is why nothing is there from a process.
func (c *Collector) reason(id zipkin.TraceID, p control.Process) string {
	if !p.Recorder {
		return "runs without a recorder"
	}
	state := c.requester.state(id, p.Instance)
	if state.answered {
		return "its snapshot has made room for newer ones"
	}
	return state.silent
}
