package loadgen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const ms = time.Millisecond

// stalling answers in 2 ms, but stalls by its own clock: in the first of every
// so often it answers nothing.
type stalling struct {
	began        time.Time
	every, stall time.Duration
}

func (s stalling) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if at := time.Since(s.began) % s.every; at < s.stall {
		time.Sleep(s.stall - at)
	}
	time.Sleep(2 * ms)
	w.WriteHeader(http.StatusNoContent)
}

// near reports whether a latency is what it must be, but for what a histogram
// rounds and the time between two requests.
func near(got Micros, want time.Duration) bool {
	off := time.Duration(got) - want
	return max(off, -off) <= 6*ms
}

// TestAStallIsSeen loads a server that stalls for 1 s in every 10 s, which one
// request in ten meets: they wait for 0 to 1 s, all alike.
func TestAStallIsSeen(t *testing.T) {
	for _, concurrency := range []int{1000, 10} {
		synctest.Test(t, func(t *testing.T) {
			server := stalling{time.Now().Add(-5 * time.Second), 10 * time.Second, time.Second}
			dial := serve(t, server)
			res, err := Run(t.Context(), Config{Variants: []Variant{{Request: request(t, "http://stalls/")}},
				Rate: 200, Count: 200 * 20, Concurrency: concurrency, dial: dial})
			if err != nil {
				t.Fatal(err)
			}
			o := res.Variants[0]
			if o.Ended != 4000 || o.Failed != 0 || o.Statuses[204] != 4000 || res.Stopped() || res.CutOff != 0 {
				t.Fatalf("%+v %+v", res, o)
			}
			if got := o.Latency; !near(got.P50, 2*ms) || got.Max < Micros(time.Second) || !near(got.Max, 1002*ms) {
				t.Errorf("%d under way at most: latency %+v", concurrency, got)
			}
			// With ten under way at most, what waited is sent in a burst after the stall.
			late := time.Duration(0)
			if concurrency == 10 {
				late = 45 * ms
			}
			if off := time.Duration(o.Latency.P99) - 902*ms; off < -6*ms || off > 6*ms+late {
				t.Errorf("%d under way at most: p99 is %s of 902ms", concurrency, time.Duration(o.Latency.P99))
			}
			if bounded := concurrency == 10; bounded != res.Full || bounded != (res.Late > 0) || bounded != (res.Latest > Micros(500*ms)) {
				t.Errorf("%d under way at most: %d were late, up to %s; full %v", concurrency, res.Late, time.Duration(res.Latest), res.Full)
			}
			if concurrency == 10 && time.Duration(o.Service.P99) > 20*ms {
				t.Errorf("the service time has p99 %s", time.Duration(o.Service.P99))
			}
		})
	}
}

// TestAClosedLoopIsWrong is why: ten who ask again when they were answered see
// each stall ten times, in two thousand requests.
func TestAClosedLoopIsWrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial := serve(t, stalling{time.Now().Add(-5 * time.Second), 10 * time.Second, time.Second})
		client := &http.Client{Transport: &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 10}}
		defer client.CloseIdleConnections()
		seen := newHistogram()
		var mu sync.Mutex
		var loops sync.WaitGroup
		for range 10 {
			loops.Go(func() {
				for range 400 {
					began := time.Now()
					resp, err := client.Get("http://stalls/")
					if err != nil {
						t.Error(err)
						return
					}
					resp.Body.Close()
					mu.Lock()
					seen.record(Micros(time.Since(began)))
					mu.Unlock()
					time.Sleep(time.Until(began.Add(50 * ms)))
				}
			})
		}
		loops.Wait()
		if p := seen.percentiles(); time.Duration(p.P99) > 20*ms {
			t.Errorf("a closed loop sees it too: %+v", p)
		}
	})
}

// seen is what a server was sent.
type seen struct {
	mu       sync.Mutex
	requests []*http.Request
}

func (s *seen) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r)
	w.Header().Set("traceresponse", fmt.Sprintf("00-%032x-%016x-01", len(s.requests), 1))
	io.WriteString(w, "{}")
}

func TestVariantsTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var server seen
		a, b := request(t, "http://gateway/visit?mode=parallel"), request(t, "http://gateway/visit?mode=serial")
		a.Header.Set("Baggage", "attendee=ann;p=1")
		res, err := Run(t.Context(), Config{Variants: []Variant{{Name: "A", Request: a}, {Name: "B", Request: b}}, Block: 10,
			Rate: 100, Count: 2005, Concurrency: 100, dial: serve(t, &server)})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"mode=parallel": "attendee=ann;p=1,variant=A", "mode=serial": "variant=B"}
		for i, r := range server.requests {
			query := []string{"mode=parallel", "mode=serial"}[i/10%2]
			if r.URL.RawQuery != query || r.Header.Get("Baggage") != want[query] {
				t.Fatalf("request %d is %s, with the baggage %q", i, r.URL, r.Header.Get("Baggage"))
			}
		}
		one, other := res.Variants[0], res.Variants[1]
		if one.Ended != 1005 || other.Ended != 1000 || len(one.TraceIDs) != 1005 || len(other.TraceIDs) != 1000 {
			t.Fatalf("%d and %d ended, %d and %d traces", one.Ended, other.Ended, len(one.TraceIDs), len(other.TraceIDs))
		}
		for i, id := range other.TraceIDs {
			if want := fmt.Sprintf("%032x", i/10*20+10+i%10+1); id != want {
				t.Fatalf("trace %d of B is %s, want %s", i, id, want)
			}
		}
		if a.Header.Get("Baggage") != "attendee=ann;p=1" || a.Header.Get("User-Agent") != "" {
			t.Errorf("the caller's request was changed: %v", a.Header)
		}
	})
}

// TestStopped stops while some are answered, some are under way and some wait
// for their turn.
func TestStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := time.Now().Add(time.Second)
		dial := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if time.Now().Before(hangs) {
				return
			}
			w.(http.Flusher).Flush() // the answer begins, and does not end
			<-r.Context().Done()
		}))
		ctx, cancel := context.WithCancel(t.Context())
		began := time.Now()
		time.AfterFunc(3*time.Second+ms, cancel)
		res, err := Run(ctx, Config{Variants: []Variant{{Request: request(t, "http://hangs/")}}, Rate: 10, Count: 1000, Concurrency: 5, dial: dial})
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != 3*time.Second+ms {
			t.Errorf("it ended after %s", took)
		}
		o := res.Variants[0]
		if !res.Stopped() || res.Ended != 10 || o.Failed != 0 || len(o.Errors) != 0 || o.Statuses[200] != 10 {
			t.Errorf("%+v %+v", res, o)
		}
		// Due: 0 to 30. Of them 10 to 14 were under way, and 15 to 30 had no turn.
		if res.CutOff != 21 || time.Duration(res.Waited) != 2*time.Second+ms {
			t.Errorf("%d were cut off, after %s", res.CutOff, time.Duration(res.Waited))
		}
	})
}

// TestStoppedBetween stops while it waits for the next request, which is due
// much later.
func TestStoppedBetween(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		res, err := Run(ctx, Config{Variants: []Variant{{Request: request(t, "http://x/")}}, Rate: 0.01, Count: 10, Concurrency: 5, dial: serve(t, &seen{})})
		if err != nil || res.Ended != 1 || res.CutOff != 0 || !res.Stopped() || time.Since(began) != time.Second {
			t.Errorf("after %s: %+v, %v", time.Since(began), res, err)
		}
	})
}

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(50 * ms)
			w.WriteHeader(500)
		}))
		var all []Progress
		_, err := Run(t.Context(), Config{Variants: []Variant{{Request: request(t, "http://x/")}}, Rate: 100, Count: 100, Concurrency: 100, dial: dial,
			Progress: func(p Progress) { all = append(all, p) }})
		if err != nil || len(all) < 10 || len(all) > 11 {
			t.Fatalf("%v after %v", err, all)
		}
		for i, p := range all[:9] {
			due := 10 * (i + 1)
			if p.Failed != p.Ended || p.Ended < due-6 || p.Ended > due-4 || p.UnderWay < 4 || p.UnderWay > 6 {
				t.Errorf("after %d: %+v", due, p)
			}
		}
	})
}

func TestNothingIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{closed: make(chan struct{})}
		n.Close()
		_, err := Run(t.Context(), Config{Variants: []Variant{{Request: request(t, "http://user:secret@nowhere/visit")}}, Rate: 1, Count: 1, Concurrency: 1, dial: n.dial})
		if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "nowhere/visit") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v", err)
		}
	})
}

func TestAWrongConfigIsRefused(t *testing.T) {
	good := Variant{Request: request(t, "http://x/")}
	tagged := Variant{Name: "A", Request: request(t, "http://x/")}
	tagged.Request.Header.Set("Baggage", "a=1, variant =2")
	for name, c := range map[string]Config{
		"no variant":                    {Rate: 1, Count: 1, Concurrency: 1},
		"3 variants":                    {Variants: []Variant{good, good, good}, Block: 1, Rate: 1, Count: 1, Concurrency: 1},
		"blocks of 0":                   {Variants: []Variant{good, good}, Rate: 1, Count: 1, Concurrency: 1},
		"0 requests a second":           {Variants: []Variant{good}, Count: 1, Concurrency: 1},
		"10001 requests a second":       {Variants: []Variant{good}, Rate: 10001, Count: 1, Concurrency: 1},
		"0 requests:":                   {Variants: []Variant{good}, Rate: 1, Concurrency: 1},
		"1e-09 a second":                {Variants: []Variant{good}, Rate: 1e-9, Count: 10, Concurrency: 1},
		"0 requests under way":          {Variants: []Variant{good}, Rate: 1, Count: 1},
		`URL "ftp://x/"`:                {Variants: []Variant{{Request: request(t, "ftp://x/")}}, Rate: 1, Count: 1, Concurrency: 1},
		`URL "/visit"`:                  {Variants: []Variant{{Request: request(t, "/visit")}}, Rate: 1, Count: 1, Concurrency: 1},
		`a member "variant" already`:    {Variants: []Variant{tagged}, Rate: 1, Count: 1, Concurrency: 1},
		"21 requests of each variant":   {Variants: []Variant{good}, Rate: 1, Count: 1, Concurrency: 1, Debug: 21},
		"-1 requests of each variant":   {Variants: []Variant{good}, Rate: 1, Count: 1, Concurrency: 1, Debug: -1},
		"no variant, whatever the rest": {},
	} {
		want, _, _ := strings.Cut(name, ",")
		want = strings.Replace(want, "no variant", "0 variants", 1)
		if _, err := Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
