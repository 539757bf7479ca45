package costs

import (
	"time"

	"go.opencensus.io/trace"
)

// Asked is the kind of message by which the server asks a process, with a Question, to
// which of its requests a fault happened. The process posts a Report.
const Asked = "faults-happened"

// Question is about one fault, for grading only.
type Question struct {
	Number   string    `json:"number"` // goes into the Report
	Fault    string    `json:"fault"`
	Attendee string    `json:"attendee,omitempty"` // whose requests; empty: all
	Since    time.Time `json:"since"`
}

// Report answers a Question, with the latest costs first.
type Report struct {
	Number string `json:"number"`
	Costs  []Cost `json:"costs"`
}

// maxReported bounds the costs of a Report.
const maxReported = 200

// Report answers q from the log. Costs of no trace are left out.
func (l *Log) Report(q Question) Report {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := Report{Number: q.Number, Costs: []Cost{}}
	for i := len(l.costs) - 1; i >= 0 && len(r.Costs) < maxReported; i-- {
		c := l.costs[(l.next+i)%len(l.costs)]
		if c.of.Fault == q.Fault && (q.Attendee == "" || q.Attendee == c.of.Attendee) && !c.began.Before(q.Since) && c.id != (trace.TraceID{}) {
			r.Costs = append(r.Costs, Cost{c.id.String(), c.of.Fault, c.began.UnixMicro(), c.took.Microseconds()})
		}
	}
	return r
}
