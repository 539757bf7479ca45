package snapshots_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/snapshots"
	"example.com/tracelab/internal/testbed"
)

// at is so many milliseconds after some moment.
func at(ms int) time.Time {
	return time.UnixMilli(1_700_000_000_000).Add(time.Duration(ms) * time.Millisecond)
}

// work is a process's part in trace 9.
func work(from, to int, open bool) []labapi.Part {
	p := parts(9)[0]
	p.StartUS, p.EndUS, p.Open = at(from).UnixMicro(), at(to).UnixMicro(), open
	return []labapi.Part{p}
}

// TestWhoseAnswerIsTheLast is not asked again: who answered after the trace had ended,
// as far as anybody knows.
func TestWhoseAnswerIsTheLast(t *testing.T) {
	answer := func(service, reason string, takenAt int, work []labapi.Part) labapi.Upload {
		return labapi.Upload{Service: service, Reason: reason, TakenAt: at(takenAt), Traces: work, Refused: "none"}
	}
	writer := func(ms int) func(string) time.Time {
		return func(service string) time.Time {
			if service == "writer" {
				return at(ms)
			}
			return time.Time{}
		}
	}
	for name, test := range map[string]struct {
		uploads []labapi.Upload
		ended   snapshots.Ended
		asked   bool // the writer
	}{
		"nobody has answered":               {nil, over, true},
		"it answered before its last span":  {[]labapi.Upload{answer("writer", "asked", 10, work(0, 9, false))}, snapshots.Ended{All: at(20), Of: writer(20)}, true},
		"it answered after all spans":       {[]labapi.Upload{answer("writer", "asked", 30, work(0, 9, false))}, snapshots.Ended{All: at(20), Of: writer(20)}, false},
		"it was slow, and worked on":        {[]labapi.Upload{answer("writer", "slow", 10, work(0, 10, true))}, over, true},
		"it worked on, and then it did not": {[]labapi.Upload{answer("writer", "slow", 10, work(0, 10, true)), answer("writer", "slow", 20, work(0, 19, false))}, over, false},
		"another worked longer":             {[]labapi.Upload{answer("writer", "slow", 10, work(0, 9, false)), answer("gateway", "slow", 30, work(0, 29, false))}, over, true},
		"another worked less long":          {[]labapi.Upload{answer("writer", "slow", 10, work(0, 9, false)), answer("gateway", "slow", 9, work(0, 8, false))}, over, false},
		"the earlier comes late":            {[]labapi.Upload{answer("writer", "asked", 30, work(0, 9, false)), answer("writer", "slow", 10, work(0, 10, true))}, snapshots.Ended{All: at(20)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			l, c := with("writer")
			for _, u := range test.uploads {
				upload(t, c, u, nil)
			}
			progress := c.Request(nine, test.ended)
			if asked := len(l.requests) > 0; asked != test.asked || progress.Pending != test.asked || (len(progress.Awaited) > 0) != test.asked {
				t.Errorf("requested %v, %+v; want it asked: %t", l.requests, progress, test.asked)
			}
		})
	}
}

// TestAClockThatIsBehind does not have its process asked for ever: what counts is then
// that it has answered since the end was known.
func TestAClockThatIsBehind(t *testing.T) {
	l, c := with("writer")
	ended := snapshots.Ended{All: at(1000)}
	for range 2 {
		c.Request(nine, ended)
		upload(t, c, labapi.Upload{Service: "writer", TakenAt: at(0), Traces: work(-10, -9, false), Refused: "none"}, nil)
	}
	if progress := c.Request(nine, ended); len(l.requests) != 1 || len(progress.Awaited) > 0 {
		t.Errorf("requested %v, %+v", l.requests, progress)
	}
	if c.Request(nine, snapshots.Ended{All: at(1001)}); len(l.requests) != 2 {
		t.Errorf("of a later end it is not asked: %v", l.requests)
	}
}

// TestAnUploadByItself answers no request: another is still to come.
func TestAnUploadByItself(t *testing.T) {
	_, c := with("writer")
	ended := snapshots.Ended{All: at(1000)}
	if !c.Request(nine, ended).Pending {
		t.Error("no answer is awaited")
	}
	upload(t, c, labapi.Upload{Service: "writer", Reason: labapi.ReasonSlow, TakenAt: at(500), Traces: work(0, 400, false), Refused: "none"}, nil)
	if !c.Request(nine, ended).Pending {
		t.Error("no answer is awaited after another upload")
	}
	shared := work(0, 400, false)
	shared[0].Asked = true
	upload(t, c, labapi.Upload{Service: "writer", Reason: labapi.ReasonSlow, TakenAt: at(501), Traces: shared, Refused: "none"}, nil)
	if progress := c.Request(nine, ended); progress.Pending {
		t.Errorf("it has answered, and %+v", progress)
	}
}

// TestWhoWasIdle is known for sure only of a process that was there and has not
// forgotten.
func TestWhoWasIdle(t *testing.T) {
	for name, test := range map[string]struct {
		absent         bool
		began, started int
		want           bool
	}{
		"it did nothing of late":           {true, -5_000, -60_000, true},
		"it did nothing since, and forgot": {true, -10_000, -60_000, false},
		"it was not there yet":             {true, -5_000, -4_000, false},
		"it does not say":                  {false, -5_000, -60_000, false},
	} {
		t.Run(name, func(t *testing.T) {
			l, c := with("writer")
			l.processes[0].StartedAt = at(test.started)
			upload(t, c, labapi.Upload{Service: "writer", TakenAt: at(0), Traces: parts(9), Refused: "none", Absent: test.absent}, nil)
			if a := absence(c, "writer", at(test.began)); a.Idle != test.want || (a.Reason != "none") != (test.started > test.began) {
				t.Errorf("%+v", a)
			}
		})
	}
	_, c := with("writer")
	upload(t, c, labapi.Upload{Service: "writer", TakenAt: at(0), Traces: parts(9), Refused: "none", Absent: true}, nil)
	if a := absence(c, "writer", time.Time{}); a.Idle {
		t.Errorf("of a trace of which it is not known when it began: %+v", a)
	}
}

// TestUploadsAreStoredInTheirOrder: that there is nothing more is not heard before what
// there is, although a long execution trace takes longer to store.
func TestUploadsAreStoredInTheirOrder(t *testing.T) {
	body, from, to := stretched(t)
	_, c := with()
	const n = 20
	for i := range uint64(n) {
		p := parts(100 + i)
		p[0].StartUS, p[0].EndUS = from.UnixMicro(), to.UnixMicro()
		for _, u := range []labapi.Upload{{TakenAt: to, Traces: p}, {TakenAt: to, Traces: p, Refused: "nothing more"}} {
			u.Service, u.Instance, u.Reason = "writer", "writer", labapi.ReasonAsked
			text, err := json.Marshal(u)
			if err != nil {
				t.Fatal(err)
			}
			b := body
			if u.Refused != "" {
				b = nil
			}
			if err := post(c, string(text), b); err != nil {
				t.Fatal(err)
			}
		}
	}
	err := testbed.Eventually(func() error {
		if got := metric(t, c, "tracelab_snapshots_received_total"); got != 2*n {
			return fmt.Errorf("%d are received", got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.All() {
		if !s.Recorded() {
			t.Fatalf("a refusal is stored beside %d snapshots", len(c.All()))
		}
	}
}
