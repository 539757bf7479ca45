package flight

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"example.com/tracelab/internal/labapi"
)

// TestTheServerIsAway has requests ask for snapshots while the server takes none.
func TestTheServerIsAway(t *testing.T) {
	for name, test := range map[string]struct {
		away     time.Duration
		status   int // that it answers meanwhile; zero: nothing
		bytes    int // a snapshot
		requests int // half a second between two
		handed   []int
		lost     map[int]string // by the text of their rejections
		dropped  map[string]uint64
	}{
		"for a while":    {away: 20 * time.Second, requests: 3, handed: []int{0, 1, 2}},
		"it answers 503": {away: 20 * time.Second, status: 503, requests: 3, handed: []int{0, 1, 2}},
		"the oldest make room": {away: 20 * time.Second, requests: maxUploads + 2, handed: []int{2, 3, 4, 5, 6, 7, 8, 9},
			lost: map[int]string{0: errQueueFull.text, 1: errQueueFull.text}, dropped: map[string]uint64{"queue_full": 2}},
		"they are large": {away: 20 * time.Second, bytes: 20 << 20, requests: 5, handed: []int{2, 3, 4},
			lost: map[int]string{0: errQueueFull.text, 1: errQueueFull.text}, dropped: map[string]uint64{"queue_full": 2}},
		"each is too large": {away: 20 * time.Second, bytes: maxUploadBytes + 1, requests: 2,
			lost: map[int]string{0: errQueueFull.text, 1: errQueueFull.text}, dropped: map[string]uint64{"queue_full": 2}},
		"for too long": {away: tryFor + 20*time.Second, requests: 2,
			lost: map[int]string{0: errUndelivered.text, 1: errUndelivered.text}, dropped: map[string]uint64{"undelivered": 2}},
		"it redirects":        {away: time.Minute, status: 302, requests: 2, dropped: map[string]uint64{"rejected": 2}},
		"it is a log-in page": {away: time.Minute, status: 200, requests: 2, dropped: map[string]uint64{"rejected": 2}},
		"it rejects":          {away: time.Minute, status: 413, requests: 2, dropped: map[string]uint64{"rejected": 2}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &server{away: test.status == 0, status: test.status}
				r := startFake(t, &fakeSource{bytes: test.bytes}, s, "never")
				began := time.Now()
				for n := range test.requests {
					request(r, n, time.Millisecond, debugged)
					time.Sleep(time.Second / 2)
				}
				time.Sleep(test.away - time.Since(began))
				s.set(false, 0)
				time.Sleep(20 * time.Second)
				synctest.Wait()
				handed, lost := []int(nil), map[string]string{}
				for _, d := range s.deliveries() {
					if d.Refused == "" {
						handed = append(handed, traceNumber(t, d.Traces[0].TraceID))
						continue
					}
					for _, p := range d.Traces {
						lost[p.TraceID] = d.Refused
					}
				}
				if !slices.Equal(handed, test.handed) {
					t.Errorf("delivered, in this order: %v; want %v", handed, test.handed)
				}
				if len(lost) != len(test.lost) {
					t.Errorf("lost are %v; want %v", lost, test.lost)
				}
				for n, why := range test.lost {
					if lost[hexID(n)] != why {
						t.Errorf("of %d it says %q; want %q", n, lost[hexID(n)], why)
					}
				}
				c := r.Stats()
				if c.Sent != uint64(len(test.handed)) || c.Waiting != 0 || total(c.Dropped) != total(test.dropped) {
					t.Errorf("it counts %+v", c)
				}
				for why, n := range test.dropped {
					if c.Dropped[why] != n {
						t.Errorf("%d are %s; want %d", c.Dropped[why], why, n)
					}
				}
				if test.dropped["rejected"] > 0 && s.tries != test.requests {
					t.Errorf("%d tries of what it does not want", s.tries)
				}
			})
		})
	}
}

// traceNumber is n of hexID(n).
func traceNumber(t *testing.T, trace string) int {
	t.Helper()
	n, err := strconv.ParseInt(trace, 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	return int(n)
}

// TestTheEnd hands over what there is, in the time that it has.
func TestTheEnd(t *testing.T) {
	for name, test := range map[string]struct {
		away    bool // at the end too
		sent    uint64
		dropped uint64
	}{
		"the server is there": {sent: 3},
		"the server is away":  {away: true, dropped: 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &server{away: true}
				r := startFake(t, &fakeSource{}, s, "never")
				for n := range 3 {
					request(r, n, time.Millisecond, debugged)
					time.Sleep(time.Second)
				}
				s.set(test.away, 0)
				began := time.Now()
				r.Stop(t.Context())
				if took := time.Since(began); took != 0 {
					t.Errorf("it took %s", took)
				}
				c := r.Stats()
				if c.Recording || c.Sent != test.sent || c.Dropped["ending"] != test.dropped || c.Waiting != 0 {
					t.Errorf("it counts %+v", c)
				}
				request(r, 9, time.Millisecond, debugged) // a late one
				if _, err := r.Take(background); err == nil {
					t.Error("there is a snapshot after the end")
				}
				if c := r.Stats(); c.Rejected["ending"] != 1 || c.Unanswered != 1 {
					t.Errorf("after the end it counts %+v", c)
				}
			})
		})
	}
}

// TestAServerThatHangsDoesNotHoldUpTheEnd never gets an answer.
func TestAServerThatHangsDoesNotHoldUpTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startFake(t, &fakeSource{}, &server{}, "never")
		r.client.Transport = roundTrip(func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		})
		request(r, 1, time.Millisecond, debugged)
		synctest.Wait()
		began := time.Now()
		ctx, cancel := context.WithTimeout(background, time.Second)
		defer cancel()
		r.Stop(ctx)
		if took := time.Since(began); took != time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestWhatWaitsIsNotTakenAgain: who asks for what waits for the server is told, once the
// server has it, that there is nothing more; or has it taken again if there is.
func TestWhatWaitsIsNotTakenAgain(t *testing.T) {
	for name, c := range map[string]struct {
		took time.Duration // to take it
		more bool          // has run since
	}{
		"nothing has run since":    {0, false},
		"something has":            {0, true},
		"it is being taken":        {50 * time.Millisecond, false},
		"something runs meanwhile": {50 * time.Millisecond, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, s := &fakeSource{took: c.took}, &server{away: true}
				r := startFake(t, f, s, "100ms")
				request(r, 1, time.Second, nil)
				synctest.Wait()
				if c.more {
					time.Sleep(time.Millisecond)
					request(r, 1, time.Microsecond, nil)
				}
				ask(r, 1)
				time.Sleep(pause)
				s.set(false, 0)
				time.Sleep(time.Second)
				synctest.Wait()
				got := s.deliveries()
				if len(got) != 2 || got[0].Reason != labapi.ReasonSlow || got[0].Refused != "" || got[1].Reason != labapi.ReasonAsked || !got[1].Traces[0].Asked {
					t.Fatalf("delivered are %+v", got)
				}
				if refused := got[1].Refused == errUnchanged.text; refused == c.more || len(f.times()) != len(got)-map[bool]int{true: 1}[refused] {
					t.Errorf("the answer is %+v, after %d snapshots", got[1].Upload, len(f.times()))
				}
			})
		})
	}
}
