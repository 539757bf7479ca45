package explain

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http/httptest"
	"strings"
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

// TestSettled: no more spans are expected once a request has ended and there are some
// of each process that took part, or after a while.
func TestSettled(t *testing.T) {
	body, err := workload.Record("idle", 1)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	root, inner := spanOf("gateway", 0, now.Add(-time.Second), 100*time.Millisecond), spanOf("writer", 1, now.Add(-time.Second), 50*time.Millisecond)
	call, partial := root, spanOf("gateway", 0, now.Add(-time.Second), 0)
	call.Remote.ServiceName = "writer"
	gateway, writer := snapshotOf(t, "Gateway", now, body), snapshotOf(t, "writer", now, body)
	unheard, idle := []why.Process{{Service: "writer", Refused: "none"}}, []why.Process{{Service: "writer", Refused: "none", Idle: true}}
	for name, test := range map[string]struct {
		in      inputs
		lacking []zipkin.SpanID
		began   time.Duration // before now
		ended   time.Duration
		want    bool
	}{
		"nothing yet":                      {inputs{}, nil, 100 * time.Millisecond, 0, false},
		"nothing for a while":              {inputs{}, nil, time.Second, 0, true},
		"the root":                         {inputs{spans: []zipkin.Span{root}}, nil, 0, time.Second, true},
		"a part of the root":               {inputs{spans: []zipkin.Span{partial}}, nil, 0, time.Second, false},
		"a request of a caller elsewhere":  {inputs{spans: []zipkin.Span{inner}}, nil, 0, time.Second, true},
		"or of one that has no recorder":   {inputs{spans: []zipkin.Span{inner}, bare: []string{"gateway"}}, nil, 0, time.Second, false},
		"the same, long ago":               {inputs{spans: []zipkin.Span{inner}, bare: []string{"gateway"}}, nil, 0, 3 * time.Second, true},
		"a snapshot without spans":         {inputs{snapshots: []*snapshots.Snapshot{gateway}}, nil, time.Second, time.Second, false},
		"the root and a snapshot of it":    {inputs{spans: []zipkin.Span{root}, snapshots: []*snapshots.Snapshot{gateway}}, nil, 0, time.Second, true},
		"a snapshot whose spans lack":      {inputs{spans: []zipkin.Span{root}, snapshots: []*snapshots.Snapshot{gateway, writer}}, nil, 0, time.Second, false},
		"a call whose other end is silent": {inputs{spans: []zipkin.Span{call}, absent: unheard}, nil, 0, time.Second, false},
		"a call that did not arrive":       {inputs{spans: []zipkin.Span{call}, absent: idle}, nil, 0, time.Second, true},
		"a snapshot of long ago, no spans": {inputs{snapshots: []*snapshots.Snapshot{writer}}, nil, 0, time.Minute, true},
		"a span that ran lacks":            {inputs{spans: []zipkin.Span{root}}, []zipkin.SpanID{7}, 0, time.Second, false},
		"a span that ran has come":         {inputs{spans: []zipkin.Span{root}}, []zipkin.SpanID{root.ID}, 0, time.Second, true},
		"a span that ran does not come":    {inputs{spans: []zipkin.Span{root}}, []zipkin.SpanID{7}, 0, 3 * time.Second, true},
	} {
		in := &test.in
		in.root = zipkin.LongestRoot(in.spans)
		if test.ended > 0 {
			in.progress.Ended = now.Add(-test.ended)
		}
		g := &gathering{began: now.Add(-test.began), lacking: test.lacking}
		if got := g.settled(in); got != test.want {
			t.Errorf("%s: settled is %t", name, got)
		}
	}
}

// TestAwaited are the services that may have a part which can still be had.
func TestAwaited(t *testing.T) {
	now := time.Now()
	root := spanOf("gateway", 0, now, time.Second)
	joined := spanOf("gateway", 1, now, time.Second)
	call := root
	call.Remote.ServiceName = "writer"
	for name, test := range map[string]struct {
		spans  []zipkin.Span
		ended  time.Duration // before now
		silent string
		want   int
	}{
		"one with spans":                        {[]zipkin.Span{root}, time.Second, "gateway", 1},
		"one that is called":                    {[]zipkin.Span{call}, time.Second, "writer", 1},
		"one that has nothing to do with it":    {[]zipkin.Span{root}, time.Second, "writer", 0},
		"one that may be the caller":            {[]zipkin.Span{joined}, time.Second, "writer", 1},
		"one of which nothing is known":         {nil, 0, "writer", 1},
		"one that has forgotten what there was": {[]zipkin.Span{root}, 11 * time.Second, "gateway", 0},
	} {
		in := inputs{spans: test.spans, root: zipkin.LongestRoot(test.spans), progress: snapshots.Progress{Awaited: []string{test.silent}}}
		if test.ended > 0 {
			in.progress.Ended = now.Add(-test.ended)
		}
		if got := in.awaited(now); len(got) != test.want {
			t.Errorf("%s: awaited are %v", name, got)
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

// TestOneOfSeveralRequests is explained from what there is of it: its spans, its time.
func TestOneOfSeveralRequests(t *testing.T) {
	now := time.Now().Truncate(time.Microsecond)
	old, next := spanOf("gateway", 9, now.Add(-time.Minute), time.Second), spanOf("gateway", 9, now, 100*time.Millisecond)
	old.ID, next.ID, old.Kind, next.Kind = 1, 2, zipkin.Server, zipkin.Server
	call := spanOf("writer", 1, now.Add(-time.Minute), 2*time.Second)
	call.ID = 3
	all := []zipkin.Span{old, next, call}
	first, last := spanOf("gateway", 20, now.Add(-15*time.Second), 2*time.Second), spanOf("fetcher", 30, now.Add(-time.Second), time.Second)
	first.Kind, last.Kind = zipkin.Client, zipkin.Server
	longer := last
	longer.Duration *= 3
	for name, test := range map[string]struct {
		spans        []zipkin.Span
		asked        zipkin.SpanID
		root         zipkin.SpanID
		began, ended time.Duration // before now
		writer       bool
	}{
		"the longest":                  {all, 0, 1, time.Minute, 58 * time.Second, true},
		"a part of it":                 {all, 3, 1, time.Minute, 58 * time.Second, true},
		"the other":                    {all, 2, 2, 0, -100 * time.Millisecond, false},
		"one that is unheard":          {all, 77, 1, time.Minute, 0, true},
		"the only one":                 {all[1:2], 0, 2, 0, 0, false},
		"parts of one that goes on":    {[]zipkin.Span{first, last}, 0, first.ID, 15 * time.Second, 0, false},
		"the longest of such parts":    {[]zipkin.Span{first, longer}, 0, longer.ID, 15 * time.Second, 0, false},
		"one beside such a part of it": {[]zipkin.Span{old, first, call}, 0, first.ID, time.Minute, 0, true},
		"one that began before it":     {[]zipkin.Span{next, first, last}, 2, 2, 0, -100 * time.Millisecond, false},
	} {
		in := inputs{spans: test.spans, root: zipkin.LongestRoot(test.spans), progress: snapshots.Progress{Ended: now}}
		in.narrow(zipkin.SpanAt{ID: test.asked})
		if in.root.ID != test.root || !in.began().Equal(now.Add(-test.began)) || !in.over().Equal(now.Add(-test.ended)) || in.hasSpanOf("writer") != test.writer {
			t.Errorf("%s: it is %s, from %s to %s, with the writer: %t", name, in.root.ID, now.Sub(in.began()), now.Sub(in.over()), in.hasSpanOf("writer"))
		}
	}
}

// TestTheExecutionIsOfTheLongestRequest, which is the one that would be explained.
func TestTheExecutionIsOfTheLongestRequest(t *testing.T) {
	now := time.Now()
	old, next := spanOf("gateway", 9, now.Add(-time.Minute), time.Second), spanOf("gateway", 9, now.Add(-time.Second), 100*time.Millisecond)
	old.ID, next.ID, old.Kind, next.Kind = 1, 2, zipkin.Server, zipkin.Server
	body, err := workload.Record("idle", 1)
	if err != nil {
		t.Fatal(err)
	}
	x, uploaded := beginBeside(peer{}), beginBeside(peer{})
	upload(t, uploaded, labapi.ReasonSlow, body, labapi.Part{TraceID: padded(9), StartUS: now.UnixMicro(), EndUS: now.UnixMicro()}) // of the short one
	for name, test := range map[string]struct {
		x     *Explainer
		spans []zipkin.Span
		state string
	}{
		"a long one of a minute ago":                  {x, []zipkin.Span{old, next}, labapi.ExecutionGone},
		"a short one alone":                           {x, []zipkin.Span{next}, labapi.ExecutionRecorded},
		"a snapshot of the short one":                 {uploaded, []zipkin.Span{next}, labapi.ExecutionStored},
		"a long one, and a snapshot of the short one": {uploaded, []zipkin.Span{old, next}, labapi.ExecutionGone},
	} {
		if e := test.x.Execution(old.TraceID, test.spans); e.State != test.state {
			t.Errorf("%s: it is %+v, want %s", name, e, test.state)
		}
	}
}

// beginBeside makes an explainer beside a process.
func beginBeside(p peer) *Explainer {
	x := begin()
	x.cfg.Snapshots = snapshots.New(p, x.cfg.Queue, "")
	return x
}

// TestARecorderHasNoMoreThanItsWindow, whatever time was reported, and nothing of what
// ran in other processes.
func TestARecorderHasNoMoreThanItsWindow(t *testing.T) {
	const state, window = labapi.ExecutionRecorded, 10 // s
	now := time.Now()
	just := now.Add(-time.Second)
	forever, untimed := spanOf("gateway", 0, just, 0), spanOf("gateway", 0, just, time.Second)
	forever.Duration, untimed.Timestamp = math.MaxInt64, 0
	call := spanOf("other", 0, just, 0)
	call.Remote.ServiceName = "Gateway"
	for name, test := range map[string]struct {
		span        zipkin.Span
		state, says string
		left        float64 // at most, in s
	}{
		"a moment ago":                  {spanOf("gateway", 0, just, 0), state, "", 9},
		"a clock that is a second fast": {spanOf("gateway", 0, now.Add(time.Second), 0), state, "", window},
		"one that is an hour fast":      {spanOf("gateway", 0, now.Add(time.Hour), 0), state, "Its spans end ", window},
		"a duration of 285 years":       {spanOf("gateway", 0, just, 9e18), state, "Its spans end ", window},
		"the longest that there is":     {forever, state, "Its spans end ", window},
		"no time":                       {untimed, labapi.ExecutionGone, "None of its spans says when it was.", 0},
		"of another service":            {spanOf("other", 0, just, 0), labapi.ExecutionGone, "no process that has a flight recorder took part", 0},
		"which called":                  {call, state, "", 9},
		"which somebody called":         {spanOf("other", 7, just, 0), state, "", 9},
	} {
		e := beginBeside(peer{}).Execution(test.span.TraceID, []zipkin.Span{test.span})
		if e.State != test.state || e.SecondsLeft > test.left || e.SecondsLeft < test.left-1 || (e.Reason == "") != (test.says == "") || !strings.Contains(e.Reason, test.says) {
			t.Errorf("%s: it is %+v, want %+v", name, e, test)
		}
	}
}
