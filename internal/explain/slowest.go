package explain

import (
	"cmp"
	"context"
	"slices"
	"time"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/zipkin"
)

// Which trace is the slowest is looked for among these.
const (
	slowestOf     = 200              // of all that the store has
	slowestRead   = 20               // of those that have a snapshot, the longest by what processes say
	slowestWithin = 10 * time.Minute // since they began
)

// slowest is the trace whose longest request took longest, whether it began here or
// joined the trace of a caller: of the recent ones that have a snapshot, or,
// without any, of the latest that are stored.
func (x *Explainer) slowest(ctx context.Context) (zipkin.TraceID, error) {
	var traces [][]zipkin.Span
	for _, id := range x.longestSnapshots(time.Now().Add(-slowestWithin)) {
		in := inputs{id: id}
		if err := in.read(ctx, x.cfg.Reader); err != nil {
			return id, httpapi.Failed("zipkin", httpapi.Unreachable, err)
		}
		traces = append(traces, in.spans)
	}
	if id, ok := longestRoot(traces); ok {
		return id, nil
	}
	traces, err := x.cfg.Reader.Traces(ctx, zipkin.Query{Limit: slowestOf, EndTs: time.Now().Add(time.Second), Lookback: 24 * time.Hour})
	if err != nil {
		return zipkin.TraceID{}, httpapi.Failed("zipkin", httpapi.Unreachable, err)
	}
	id, ok := longestRoot(traces)
	if !ok {
		return id, &httpapi.Error{Code: httpapi.NotFound, Detail: "there is no trace yet"}
	}
	return id, nil
}

// longestSnapshots are the traces that have a snapshot and began after a time,
// those first in which a process took longest.
func (x *Explainer) longestSnapshots(after time.Time) []zipkin.TraceID {
	took := map[zipkin.TraceID]time.Duration{}
	for _, s := range x.cfg.Snapshots.All() {
		if !s.Recorded() {
			continue
		}
		for id, p := range s.Parts() {
			if p.Start.After(after) {
				took[id] = max(took[id], p.End.Sub(p.Start))
			}
		}
	}
	var ids []zipkin.TraceID
	for id := range took {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b zipkin.TraceID) int {
		return cmp.Or(-cmp.Compare(took[a], took[b]), cmp.Compare(a.High, b.High), cmp.Compare(a.Low, b.Low))
	})
	return ids[:min(len(ids), slowestRead)]
}

func longestRoot(traces [][]zipkin.Span) (id zipkin.TraceID, ok bool) {
	var longest int64
	for _, spans := range traces {
		if root := zipkin.LongestRoot(spans); root != nil && root.Duration > longest {
			id, ok, longest = root.TraceID, true, root.Duration
		}
	}
	return id, ok
}

// rootDuration is how long the root of a trace lasted, in microseconds: the
// longest, should there be several. It is 0 until a root has ended.
func rootDuration(spans []zipkin.Span) (longest int64) {
	for _, s := range zipkin.LocalRoots(spans) {
		if s.ParentID == 0 {
			longest = max(longest, s.Duration)
		}
	}
	return longest
}
