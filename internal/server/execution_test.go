package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/server"
)

// execution is what the server says of one without asking, and the status.
func (w *world) execution(trace string) (e labapi.Execution, status int) {
	w.t.Helper()
	resp, err := http.Get(w.url + labapi.WhyPath + "/" + trace + labapi.ExecutionPath)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&e); err != nil {
		w.t.Fatal(err)
	}
	return e, resp.StatusCode
}

// TestWhetherTheExecutionCanBeHad is said without asking any process, with the seconds
// that are left, or why there are none.
func TestWhetherTheExecutionCanBeHad(t *testing.T) {
	t.Parallel()
	w := begin(t, server.Config{Token: secret})
	w.report(visit(1, 200*time.Millisecond)...)
	if e, _ := w.execution(padded(1)); e.State != labapi.ExecutionGone || !strings.Contains(e.Reason, "flight recorder") {
		t.Errorf("without a recorder: %+v", e)
	}
	p := w.join("gateway", true, knowsNot)
	w.report(ago(visit(2, 200*time.Millisecond), time.Minute)...)
	w.report(ago(visit(3, 5*time.Second), 7*time.Second)...)
	w.report(ago(visit(4, 200*time.Millisecond), time.Minute)...)
	p.upload(labapi.ReasonSlow, padded(4))
	w.flight(padded(4))
	for low, want := range map[uint64]struct {
		state, reason string
		left          bool
	}{
		1: {labapi.ExecutionRecorded, "", true},
		2: {labapi.ExecutionGone, "the last 10.0 s, and it ended", false},
		3: {labapi.ExecutionRecorded, "", true},
		4: {labapi.ExecutionStored, "", false},
	} {
		e, status := w.execution(padded(low))
		if status != http.StatusOK || e.State != want.state || !strings.Contains(e.Reason, want.reason) || e.SecondsLeft > 0 != want.left || e.SecondsLeft > 10 {
			t.Errorf("trace %d: %d %+v, want %+v", low, status, e, want)
		}
	}
	if _, status := w.execution(padded(5)); status != http.StatusNotFound {
		t.Errorf("of what nobody knows: %d", status)
	}
	if asked := p.asked(); len(asked) > 0 {
		t.Errorf("the gateway was asked for %v", asked)
	}
}
