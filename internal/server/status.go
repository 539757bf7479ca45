package server

import (
	"context"
	"net/http"
	"time"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/snapshots"
)

// isAsked reads a parameter that is 1, or not there.
func isAsked(r *http.Request, name string) (bool, error) {
	switch text := r.URL.Query().Get(name); text {
	case "", "0":
		return false, nil
	case "1":
		return true, nil
	default:
		return false, httpapi.InvalidField(name, "%s=%.40s: want 1, or leave it out", name, text)
	}
}

// status asks all processes, and adds what is known here.
func (s *Server) status(ctx context.Context) ([]control.Process, *labapi.Status) {
	processes, said := s.asker.All(ctx)
	for i := range said {
		if r := said[i].Recorder; r != nil {
			with := *r // what was said is for all who ask
			with.Last = s.lastSnapshot(said[i].Instance)
			said[i].Recorder = &with
		}
	}
	return processes, &labapi.Status{At: time.Now().UTC(), Processes: said, Store: s.storeStatus(), Snapshots: s.snapshots.Status(), Limits: s.limits(len(processes))}
}

func (s *Server) lastSnapshot(instance string) *labapi.LastSnapshot {
	last := s.snapshots.Last(instance)
	if last == nil {
		return nil
	}
	return &labapi.LastSnapshot{ID: last.ID, TakenAt: last.TakenAt, HeldUS: last.HeldUS, Bytes: last.HandedBytes}
}

// storeStatus is nil over another Zipkin.
func (s *Server) storeStatus() *labapi.StoreStatus {
	if s.zipkin != nil {
		return nil
	}
	st := s.cfg.Store.Stats()
	status := &labapi.StoreStatus{Spans: st.Spans, Traces: st.Traces, Bytes: st.Bytes, Accepted: st.Accepted, Duplicates: st.Duplicates,
		Evicted: map[string]int64{}, EvictedTraces: st.EvictedTraces}
	for reason, n := range map[string]int64{"spans": st.EvictedForSpans, "bytes": st.EvictedForBytes, "trace_too_large": st.EvictedByTruncation} {
		if n > 0 {
			status.Evicted[reason] = n
		}
	}
	return status
}

// limits are the bounds that people can come to.
func (s *Server) limits(processes int) (all []labapi.Limit) {
	if s.zipkin == nil {
		st := s.cfg.Store.Stats()
		spans, bytes := s.cfg.Store.Bounds()
		all = append(all, labapi.Limit{Name: "spans stored", Used: int64(st.Spans), Most: int64(spans)},
			labapi.Limit{Name: "memory of the spans", Used: st.Bytes, Most: bytes, Bytes: true})
	}
	snaps, bytes := snapshots.Bounds()
	is := s.snapshots.Status()
	all = append(all, labapi.Limit{Name: "snapshots stored", Used: int64(is.Stored), Most: int64(snaps)},
		labapi.Limit{Name: "memory of the snapshots", Used: is.Bytes, Most: bytes, Bytes: true},
		labapi.Limit{Name: "processes connected", Used: int64(processes), Most: control.MaxStreams})
	return append(all, s.faults.Limits()...)
}
