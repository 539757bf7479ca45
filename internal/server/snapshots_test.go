package server_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/server"
	"example.com/tracelab/internal/testbed/workload"
)

// unconnected is a process without a control stream.
func (w *world) unconnected(name string) *process {
	return &process{w: w, Registration: control.Registration{Service: name, Instance: name + "1"}}
}

func TestWhoMayUpload(t *testing.T) {
	closed, open := begin(t, server.Config{Token: secret}), begin(t, server.Config{})
	good := requestFor(closed.unconnected("writer").snapshot(labapi.ReasonSlow, padded(1)))
	with := func(url, token string) request { return request{url, token, good.header} }
	for name, c := range map[string]struct {
		p    request
		want int
	}{
		"the token":                          {with(closed.url, secret), 202},
		"none":                               {with(closed.url, ""), 401},
		"another":                            {with(closed.url, "s3cre"), 401},
		"among services":                     {with(closed.processes, secret), 202},
		"among services, none":               {with(closed.processes, ""), 401},
		"a server without, in the open":      {with(open.url, ""), 405}, // there they can only be read
		"a server without, among services":   {with(open.processes, ""), 202},
		"a server without, another's secret": {with(open.processes, "other"), 202},
	} {
		t.Run(name, func(t *testing.T) {
			if got, detail := closed.post(c.p, recorded(t)); got != c.want {
				t.Errorf("%d, want %d: %s", got, c.want, detail)
			}
		})
	}
}

// flight waits for the only snapshot for a trace.
func (w *world) flight(id string) labapi.Snapshot {
	w.t.Helper()
	parsed, err := zipkin.ParseTraceID(id)
	if err != nil {
		w.t.Fatal(err)
	}
	var all []labapi.Snapshot
	eventually(w.t, "the snapshot is stored", func() bool {
		if all, err = w.client.Snapshots(w.t.Context(), parsed); err != nil {
			w.t.Fatal(err)
		}
		return len(all) == 1
	})
	return all[0]
}

// TestOnlyTheTrustedReadSnapshots from another machine.
func TestOnlyTheTrustedReadSnapshots(t *testing.T) {
	for _, token := range []string{"", "other", "s3cret"} {
		client := start(t, "s3cret", true)
		client.Token = token
		_, list := client.Snapshots(t.Context(), zipkin.TraceID{})
		download := client.DownloadSnapshot(t.Context(), "x", zipkin.TraceID{}, io.Discard)
		if known := token == "s3cret"; known != (list == nil) || known != strings.Contains(fmt.Sprint(download), "no execution trace") {
			t.Errorf("token %q: %v, %v", token, list, download)
		}
	}
}

// TestDamageIsKeptOrRejected cuts and spoils an execution trace everywhere, and has
// it explained.
func TestDamageIsKeptOrRejected(t *testing.T) {
	w := begin(t, server.Config{Token: secret})
	whole := recorded(t)
	more, err := workload.Record("sync", 1)
	if err != nil {
		t.Fatal(err)
	}
	bodies := [][]byte{append(bytes.Clone(whole), more...), append(bytes.Clone(whole), whole...)}
	for i := range 40 {
		bodies = append(bodies, whole[:len(whole)*i/40])
		spoilt := bytes.Clone(whole)
		for at := len(whole) * i / 40; at < min(len(whole), len(whole)*i/40+50); at++ {
			spoilt[at] ^= byte(at*7 + i)
		}
		bodies = append(bodies, spoilt)
	}
	p := w.unconnected("gateway")
	took := 0
	for i, body := range bodies {
		low := uint64(i + 1)
		w.report(visit(low, 100*time.Millisecond)...)
		s := p.snapshot(labapi.ReasonAsked, padded(low))
		if status, detail := w.post(requestFor(s), body); status == 400 && detail != "" {
			continue
		} else if status != 202 {
			t.Fatalf("body %d: %d %s", i, status, detail)
		}
		took++
		w.flight(padded(low))
		a, err := w.client.Why(t.Context(), zipkin.TraceID{Low: low}, zipkin.SpanAt{})
		if err != nil || a.TotalUS < 100_000 {
			t.Errorf("body %d: %v", i, err)
		}
	}
	if failed := w.metric("tracelab_execution_trace_panics_total"); failed != 0 || took < 40 {
		t.Errorf("%d panics; %d were taken", failed, took)
	}
}
