package visits

import (
	"context"
	"slices"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// pollEvery is how often it is looked whether spans have come. It is no more often
// than another Zipkin can be asked.
const pollEvery = 50 * time.Millisecond

// await fills in how much of each trace has come, until all are whole or time is up.
func (m *Maker) await(ctx context.Context, made []labapi.Visit) {
	ctx, cancel := context.WithTimeout(ctx, arriveFor)
	defer cancel()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		waiting := false
		for i := range made {
			if v := &made[i]; v.Sampled && !v.Arrived {
				m.look(ctx, v)
				waiting = waiting || !v.Arrived
			}
		}
		if !waiting {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// look reads a trace once.
func (m *Maker) look(ctx context.Context, v *labapi.Visit) {
	id, err := labapi.ParseTraceID(v.TraceID)
	if err != nil {
		return
	}
	found, err := m.reader.Trace(ctx, id)
	if err != nil {
		return // it has not come, or cannot be read: the page of the trace says so
	}
	spans := zipkin.ByStart(zipkin.Merge(found))
	v.Spans, v.Arrived = len(spans), whole(spans)
}

// whole reports whether nothing is missing that the spans themselves tell of: the root,
// a parent, or the server's half of a call of one of our services. A call that failed may
// have reached nobody.
func whole(spans []*zipkin.Span) bool {
	rooted := false
	for i, node := range zipkin.NewTree(spans).Nodes {
		s := spans[i]
		called := (s.Kind == zipkin.Client || s.Kind == zipkin.Producer) && slices.Contains(labapi.Services(), s.Remote.ServiceName)
		switch {
		case node.Notes&zipkin.Orphan != 0, called && node.FirstChild == zipkin.None && !s.Failed():
			return false
		case s.ParentID == 0 && s.Kind == zipkin.Server && s.Duration > 0:
			rooted = true
		}
	}
	return rooted
}
