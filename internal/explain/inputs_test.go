package explain

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"testing"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/snapshots"
	"example.com/tracelab/internal/testbed/workload"
	"example.com/tracelab/internal/why"
	"example.com/tracelab/internal/zipkin"
)

// snapshotOf is one that a service uploaded, taken at a time.
func snapshotOf(t *testing.T, service string, takenAt time.Time, body []byte) *snapshots.Snapshot {
	t.Helper()
	u := labapi.Upload{Service: service, Instance: service, Reason: labapi.ReasonAsked, TakenAt: takenAt, Traces: []labapi.Part{{TraceID: padded(9)}}}
	if body == nil {
		u.Refused = "none"
	}
	text, _ := json.Marshal(u)
	c := snapshots.New(alone{}, NewQueue(), "")
	stored := c.Changed()
	r := httptest.NewRequest("POST", labapi.SnapshotsPath, bytes.NewReader(body))
	r.Header.Set(labapi.UploadHeader, string(text))
	if err := c.Receive(httptest.NewRecorder(), r); err != nil {
		t.Fatal(err)
	}
	<-stored
	return c.All()[0]
}

func spanOf(service string, parent zipkin.SpanID, start time.Time, took time.Duration) zipkin.Span {
	return zipkin.Span{TraceID: zipkin.TraceID{Low: 9}, ID: parent + 1, ParentID: parent, Name: "get", Timestamp: start.UnixMicro(), Duration: took.Microseconds(),
		Local: zipkin.Endpoint{ServiceName: service}}
}

// TestSettled: no more spans are expected once the root and some of each process
// are there, or after a while.
func TestSettled(t *testing.T) {
	body, err := workload.Record("idle", 1)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	root, inner := spanOf("gateway", 0, now.Add(-time.Second), 100*time.Millisecond), spanOf("writer", 1, now.Add(-time.Second), 50*time.Millisecond)
	partial := spanOf("gateway", 0, now.Add(-time.Second), 0)
	long := spanOf("gateway", 1, now.Add(-time.Minute), time.Second)
	gateway, refused := snapshotOf(t, "Gateway", now, body), snapshotOf(t, "writer", now, nil)
	early := snapshotOf(t, "writer", now.Add(-time.Minute), body)
	for name, test := range map[string]struct {
		in    inputs
		began time.Duration // before now
		want  bool
	}{
		"nothing yet":                      {inputs{}, 100 * time.Millisecond, false},
		"nothing for a while":              {inputs{}, time.Second, true},
		"the root":                         {inputs{spans: []zipkin.Span{root}}, 0, true},
		"a part of the root":               {inputs{spans: []zipkin.Span{partial}}, 0, false},
		"no root":                          {inputs{spans: []zipkin.Span{inner}}, 0, false},
		"no root, long ago":                {inputs{spans: []zipkin.Span{long}}, 0, true},
		"a snapshot without spans":         {inputs{snapshots: []*snapshots.Snapshot{gateway}}, time.Second, false},
		"the root and a snapshot of it":    {inputs{spans: []zipkin.Span{root}, snapshots: []*snapshots.Snapshot{gateway}}, 0, true},
		"a snapshot whose spans lack":      {inputs{spans: []zipkin.Span{inner}, snapshots: []*snapshots.Snapshot{gateway}}, 0, false},
		"one that has no execution trace":  {inputs{spans: []zipkin.Span{root}, snapshots: []*snapshots.Snapshot{refused}}, 0, true},
		"a snapshot of long ago, no spans": {inputs{snapshots: []*snapshots.Snapshot{early}}, 0, true},
	} {
		if got := test.in.settled(now.Add(-test.began), now); got != test.want {
			t.Errorf("%s: settled is %t", name, got)
		}
	}
}

// TestComplete: a snapshot that was taken before its service was through lacks
// something.
func TestComplete(t *testing.T) {
	body, err := workload.Record("idle", 1)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	in := inputs{spans: []zipkin.Span{spanOf("gateway", 0, now.Add(-time.Second), 500*time.Millisecond), spanOf("writer", 1, now.Add(-time.Second), 100*time.Millisecond)}}
	for name, test := range map[string]struct {
		s    *snapshots.Snapshot
		want bool
	}{
		"after all":          {snapshotOf(t, "gateway", now, body), true},
		"before the end":     {snapshotOf(t, "GATEWAY", now.Add(-700*time.Millisecond), body), false},
		"of another service": {snapshotOf(t, "writer", now.Add(-700*time.Millisecond), body), true},
		"refused after all":  {snapshotOf(t, "gateway", now, nil), true},
		"refused too early":  {snapshotOf(t, "gateway", now.Add(-700*time.Millisecond), nil), false},
	} {
		if got := in.complete(test.s); got != test.want {
			t.Errorf("%s: complete is %t", name, got)
		}
	}
}

// TestFingerprint changes with what an explanation is made of, and not with the tags
// that are made of it.
func TestFingerprint(t *testing.T) {
	now := time.Now()
	span := spanOf("gateway", 0, now, time.Second)
	tags := zipkin.Span{TraceID: span.TraceID, ID: span.ID, Timestamp: span.Timestamp, Local: span.Local, Tags: []zipkin.Tag{{Key: labapi.TagWhy, Value: "It waited."}}}
	s := snapshotOf(t, "gateway", now, nil)
	base := inputs{spans: []zipkin.Span{span}}
	for name, test := range map[string]struct {
		in   inputs
		same bool
	}{
		"the same":        {inputs{spans: []zipkin.Span{span}}, true},
		"its own tags":    {inputs{spans: []zipkin.Span{span, tags}}, true},
		"one more span":   {inputs{spans: []zipkin.Span{span, spanOf("gateway", 1, now, 1)}}, false},
		"a snapshot":      {inputs{spans: []zipkin.Span{span}, snapshots: []*snapshots.Snapshot{s}}, false},
		"other's tags":    {inputs{spans: []zipkin.Span{span, {ID: 1, Tags: []zipkin.Tag{{Key: "http.path", Value: "/"}}}}}, false},
		"why one is gone": {inputs{spans: []zipkin.Span{span}, absent: []why.Process{{Service: "writer", Instance: "w", Refused: "none"}}}, false},
	} {
		if got := test.in.fingerprint() == base.fingerprint(); got != test.same {
			t.Errorf("%s: the fingerprint %q is the same: %t", name, test.in.fingerprint(), got)
		}
	}
}
