package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/server"
)

// knows answers with an execution trace, knowsNot without one.
func knows(p *process, trace string) { p.upload(labapi.ReasonAsked, trace) }
func knowsNot(p *process, trace string) {
	p.refuse(trace, "no span of that trace ran here in the last 10 s")
}

// TestWhatIsSlowIsAskedForElsewhere: of every other process that records, once.
func TestWhatIsSlowIsAskedForElsewhere(t *testing.T) {
	for _, reason := range []string{labapi.ReasonSlow, labapi.ReasonDebug, labapi.ReasonAsked} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			w := begin(t, server.Config{Token: secret})
			first, second := w.join("gateway", true, nil), w.join("writer", true, knowsNot)
			bare := w.join("fetcher", false, nil)
			first.upload(reason, padded(5))
			first.upload(reason, padded(5), padded(6))
			first.upload(labapi.ReasonSlow, padded(7))
			want := []string{padded(5), padded(6), padded(7)}
			if reason == labapi.ReasonAsked {
				want = want[2:]
			}
			eventually(t, "the writer is asked for each", func() bool { return slices.Equal(slices.Sorted(slices.Values(second.asked())), want) })
			// Another answer would have been another ask.
			eventually(t, "it has answered each", func() bool { return w.metric("tracelab_snapshots_received_total") == 3+len(want) })
			if n := w.metric("tracelab_snapshot_requests_total"); n != len(want) || len(first.asked())+len(bare.asked()) > 0 {
				t.Errorf("asked %d times; the gateway for %v, the fetcher for %v", n, first.asked(), bare.asked())
			}
		})
	}
}

// TestWhyAsksEverybody and says who did not answer.
func TestWhyAsksEverybody(t *testing.T) {
	t.Parallel()
	w := begin(t, server.Config{Token: secret})
	w.join("gateway", true, knows)
	w.join("writer", true, nil) // hangs
	w.join("fetcher", false, nil)
	w.join("unrelated", true, knowsNot)
	w.join("unrelated", false, nil)
	w.report(visit(9, 200*time.Millisecond)...)
	a, err := w.client.Why(t.Context(), zipkin.TraceID{Low: 9}, zipkin.SpanAt{})
	if err != nil {
		t.Fatal(err)
	}
	if a.TraceID != zipkin.SpanID(9).String() || a.Service != "gateway" || a.Operation != "get /visit" || a.TotalUS != 200_000 {
		t.Errorf("%+v", a)
	}
	checkStates(t, a)
	if len(a.Snapshots) != 1 || a.Snapshots[0].Service != "gateway" || a.Snapshots[0].Bytes == 0 || a.Snapshots[0].WindowUS == 0 {
		t.Errorf("read from %+v", a.Snapshots)
	}
	missing := map[string]string{}
	for _, m := range a.Missing {
		missing[m.Service] = missing[m.Service] + m.Reason
	}
	if !strings.Contains(missing["writer"], "gave no answer within 3 s") || !strings.Contains(missing["fetcher"], "runs without a recorder") || missing["unrelated"] != "" {
		t.Errorf("missing is %v", missing)
	}
	if n := w.metric("tracelab_snapshot_requests_unanswered_total"); n == 0 {
		t.Error("no one is counted who did not answer")
	}
}

func checkStates(t *testing.T, a *labapi.Explanation) {
	t.Helper()
	var sum int64
	for _, st := range a.States {
		sum += st.US
	}
	if sum != a.TotalUS || len(a.Sentences) == 0 {
		t.Errorf("the states are %d µs of %d, and it says %q", sum, a.TotalUS, a.Sentences)
	}
}

// TestWhyWaitsForSpansAndSnapshots that are on their way.
func TestWhyWaitsForSpansAndSnapshots(t *testing.T) {
	t.Parallel()
	w := begin(t, server.Config{Token: secret})
	w.join("gateway", true, func(p *process, trace string) {
		p.upload(labapi.ReasonAsked, trace)
		go w.report(visit(9, 200*time.Millisecond)...)
	})
	a, err := w.client.Why(t.Context(), zipkin.TraceID{Low: 9}, zipkin.SpanAt{})
	if err != nil || a.TotalUS != 200_000 || len(a.Snapshots) != 1 {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestASnapshotThatWasTakenTooEarlyIsNotEnough: the process is asked once more.
func TestASnapshotThatWasTakenTooEarlyIsNotEnough(t *testing.T) {
	t.Parallel()
	w := begin(t, server.Config{Token: secret})
	p := w.join("gateway", true, knows)
	early := p.snapshot(labapi.ReasonSlow, padded(9))
	early.TakenAt = time.Now().Add(-time.Minute)
	w.post(requestFor(early), recorded(t))
	w.flight(padded(9))
	w.report(visit(9, 200*time.Millisecond)...)
	a, err := w.client.Why(t.Context(), zipkin.TraceID{Low: 9}, zipkin.SpanAt{})
	if err != nil || len(a.Snapshots) != 1 || a.Snapshots[0].Reason != labapi.ReasonAsked || len(p.asked()) != 1 {
		t.Errorf("%+v, %v, asked %v", a, err, p.asked())
	}
}

// TestARefusalThatCameTooEarlyIsNotTheLastWord: a process that was asked before
// its part of the request had begun is asked once more.
func TestARefusalThatCameTooEarlyIsNotTheLastWord(t *testing.T) {
	t.Parallel()
	w := begin(t, server.Config{Token: secret})
	w.join("gateway", true, knows)
	p := w.join("writer", true, knows)
	early := p.snapshot(labapi.ReasonAsked, padded(9))
	early.Refused, early.Traces[0].StartUS, early.Traces[0].EndUS = "no span of that trace ran here in the last 10 s", 0, 0
	early.TakenAt = time.Now().Add(-time.Minute)
	w.post(requestFor(early), nil)
	w.flight(padded(9))
	w.report(visit(9, 200*time.Millisecond)...)
	a, err := w.client.Why(t.Context(), zipkin.TraceID{Low: 9}, zipkin.SpanAt{})
	if err != nil || len(a.Snapshots) != 2 || len(p.asked()) != 1 {
		t.Errorf("%+v, %v, asked %v", a, err, p.asked())
	}
}

// TestTheSameIsExplainedOnce for many who ask at once and after each other, until
// there is more to go by.
func TestTheSameIsExplainedOnce(t *testing.T) {
	t.Parallel()
	w := begin(t, server.Config{Token: secret})
	w.join("gateway", true, knows)
	spans := visit(9, 200*time.Millisecond)
	w.report(spans...)
	id := zipkin.TraceID{Low: 9}
	ask := func() {
		if _, err := w.client.Why(t.Context(), id, zipkin.SpanAt{}); err != nil {
			t.Error(err)
		}
	}
	explained := func(want int, when string) {
		t.Helper()
		if n := w.metric("tracelab_explanations_total"); n != want {
			t.Errorf("%s: explained %d times, want %d", when, n, want)
		}
	}
	var crowd sync.WaitGroup
	for range 20 {
		crowd.Go(ask)
	}
	crowd.Wait()
	ask()
	explained(1, "the same")
	eventually(t, "its tags are there", func() bool { return w.metric("tracelab_explanation_tags_delivered_total") == 1 })
	ask()
	explained(1, "with its own tags")
	late := spans[2]
	late.ID, late.ParentID, late.Name = 77, 3, "late"
	w.report(late)
	ask()
	explained(2, "with one more span")
	w.unconnected("writer").upload(labapi.ReasonAsked, padded(9))
	eventually(t, "it has come", func() bool { return w.metric("tracelab_snapshots_received_total") == 2 })
	ask()
	explained(3, "with one more snapshot")
	if _, err := w.client.Why(t.Context(), id, zipkin.SpanAt{ID: 3}); err != nil {
		t.Error(err)
	}
	explained(4, "another span")
}

func TestWhatCannotBeExplained(t *testing.T) {
	t.Parallel()
	w := begin(t, server.Config{Token: secret})
	w.join("gateway", true, knowsNot)
	w.report(visit(9, 200*time.Millisecond)...)
	for path, c := range map[string]struct {
		want int
		say  string
	}{
		"/" + padded(8): {404, padded(8)[16:]},
		"/" + padded(9) + "?span=00000000000000ff": {404, "00000000000000ff"},
		"/xyz":                        {400, "xyz"},
		"/" + padded(0):               {400, "not all 0"},
		"/123":                        {400, "16 or 32 hexadecimal digits"},
		"/" + strings.Repeat("1", 33): {400, "trace"},
		"/" + padded(9) + "?span=7":   {400, "16 hexadecimal digits"},
		"/" + padded(9) + "?span=0000000000000000":   {400, "16 hexadecimal digits"},
		"/" + padded(9) + "?span=%1b%5b2J0000000000": {400, "span"},
		"":            {400, "?slowest=1"},
		"?fastest=1":  {400, "slowest"},
		"?slowest=1&": {410, ""}, // of one that the gateway has no part in
	} {
		resp, err := http.Get(w.url + "/tracelab/v1/why" + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var p httpapi.Problem
		text, _ := io.ReadAll(resp.Body)
		if err := json.Unmarshal(text, &p); err != nil || resp.StatusCode != c.want || !strings.Contains(p.Detail, c.say) {
			t.Errorf("%s: %s, %s, %v: want %d and %q", path, resp.Status, text, err, c.want, c.say)
		}
	}
}

// TestIdsOfBothLengths: 16 digits are 32 that begin with zeros.
func TestIdsOfBothLengths(t *testing.T) {
	t.Parallel()
	w := begin(t, server.Config{Token: secret})
	w.join("gateway", true, knows)
	w.report(visit(9, 200*time.Millisecond)...)
	for _, id := range []string{padded(9), padded(9)[16:]} {
		resp, err := http.Get(w.url + "/tracelab/v1/why/" + id + "?span=" + zipkin.SpanID(3).String())
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var a labapi.Explanation
		if err := json.NewDecoder(resp.Body).Decode(&a); err != nil || a.Service != "writer" || a.SpanID != zipkin.SpanID(3).String() || len(a.Snapshots) != 1 {
			t.Errorf("%s: %s %+v %v", id, resp.Status, a, err)
		}
	}
}

func TestTheSlowest(t *testing.T) {
	t.Parallel()
	w := begin(t, server.Config{Token: secret})
	if _, err := w.client.WhySlowest(t.Context()); err == nil || !strings.Contains(err.Error(), "no request of the last 10 minutes") {
		t.Errorf("of none: %v", err)
	}
	for i, took := range []time.Duration{100, 900, 300} {
		w.report(visit(uint64(i+1), took*time.Millisecond)...)
	}
	slowest := func(want uint64, when string) {
		t.Helper()
		if a, err := w.client.WhySlowest(t.Context()); err != nil || a.TraceID != zipkin.SpanID(want).String() {
			t.Errorf("%s: %+v, %v, want %d", when, a, err, want)
		}
	}
	slowest(2, "of all")
	p := w.unconnected("gateway")
	p.upload(labapi.ReasonAsked, padded(1), padded(3), padded(4))
	w.flight(padded(3))
	slowest(2, "whichever has a snapshot")
}

// TestTheNextSlowOne is explained to a client that waits for it.
func TestTheNextSlowOne(t *testing.T) {
	t.Parallel()
	w := begin(t, server.Config{Token: secret})
	p := w.unconnected("gateway")
	answers := make(chan *labapi.Explanation, 1)
	go func() {
		a, err := w.client.WhyLive(t.Context())
		if err != nil {
			t.Error(err)
		}
		answers <- a
	}()
	tick := time.NewTicker(20 * time.Millisecond) // until the waiting has begun
	defer tick.Stop()
	for low := uint64(1); ; low++ {
		w.report(visit(low, 200*time.Millisecond)...)
		p.upload(labapi.ReasonSlow, padded(low))
		select {
		case a := <-answers:
			if a == nil || a.TotalUS != 200_000 || len(a.Snapshots) != 1 {
				t.Errorf("%+v", a)
			}
			return
		case <-tick.C:
		}
	}
}

// TestTheBaselineIsSaidWhenItIsKnown: by a quarter of enough requests of the kind.
func TestTheBaselineIsSaidWhenItIsKnown(t *testing.T) {
	t.Parallel()
	w := begin(t, server.Config{Token: secret})
	sentences := func(low uint64) string {
		t.Helper()
		a, err := w.client.Why(t.Context(), zipkin.TraceID{Low: low}, zipkin.SpanAt{})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(a.Sentences, " ")
	}
	w.report(visit(1, 20*time.Millisecond)...)
	if text := sentences(1); strings.Contains(text, "quarter") {
		t.Errorf("by one request: %s", text)
	}
	other := begin(t, server.Config{Token: secret}) // remembers nothing of before
	w = other
	for low := uint64(1); low <= 20; low++ {
		w.report(visit(low, time.Duration(low)*10*time.Millisecond)...)
	}
	if text := sentences(20); !strings.Contains(text, "60.0 ms") {
		t.Errorf("a quarter of 10, 20, … 200 ms stay below 60 ms: %s", text)
	}
}
