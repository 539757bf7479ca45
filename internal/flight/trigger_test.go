package flight

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/tracing"
)

// TestWhatIsSlow has requests of a route, then one.
func TestWhatIsSlow(t *testing.T) {
	const ms = time.Millisecond
	many := func(n int, took func(i int) time.Duration) (all []time.Duration) {
		for i := range n {
			all = append(all, took(i))
		}
		return all
	}
	same := func(d time.Duration) func(int) time.Duration { return func(int) time.Duration { return d } }
	for name, test := range map[string]struct {
		rules  string
		before []time.Duration
		took   time.Duration
		also   func(*tracing.Root)
		want   string // reason; empty: no snapshot
	}{
		"longer than a duration":        {"100ms", nil, 101 * ms, nil, labapi.ReasonSlow},
		"as long":                       {"100ms", nil, 100 * ms, nil, ""},
		"by its route":                  {"GET /=50ms; 1s", nil, 60 * ms, nil, labapi.ReasonSlow},
		"by another's":                  {"GET /other=50ms; 1s", nil, 60 * ms, nil, ""},
		"never":                         {"never", many(500, same(ms)), time.Minute, nil, ""},
		"unusual":                       {"p99", many(100, same(15*ms)), 40 * ms, nil, labapi.ReasonSlow},
		"unusual, by default":           {"", many(100, same(15*ms)), 40 * ms, nil, labapi.ReasonSlow},
		"too little is known":           {"", many(99, same(15*ms)), 40 * ms, nil, ""},
		"not twice the median":          {"", many(100, same(15*ms)), 28 * ms, nil, ""},
		"less than 10 ms":               {"", many(100, same(ms)), 9 * ms, nil, ""},
		"usual for one in fifty":        {"", many(500, func(i int) time.Duration { return time.Duration(20+180*(i%50/49)) * ms }), 150 * ms, nil, ""},
		"it was so before, not of late": {"", append(many(4096, same(100*ms)), many(8192, same(15*ms))...), 60 * ms, nil, labapi.ReasonSlow},
		"not recorded":                  {"100ms", nil, time.Second, func(r *tracing.Root) { r.Sampled = false }, ""},
		"asks for it":                   {"never", nil, ms, debugged, labapi.ReasonDebug},
		"asks for it and is slow":       {"100ms", nil, time.Second, debugged, labapi.ReasonDebug},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &server{}
				r := play(t, &film{}, s, test.rules)
				for i, took := range test.before {
					request(r, 1000+i, took, nil)
				}
				time.Sleep(lateAfter)
				synctest.Wait()
				before := len(s.deliveries())
				request(r, 1, test.took, test.also)
				synctest.Wait()
				got := s.deliveries()[before:]
				if test.want == "" {
					if len(got) != 0 {
						t.Errorf("it handed over %+v", got)
					}
					return
				}
				if len(got) != 1 {
					t.Fatalf("%d deliveries", len(got))
				}
				end := time.Now().UnixMicro()
				want := labapi.Upload{Service: "test", Instance: "1", Host: "here", Reason: test.want, TakenAt: got[0].TakenAt,
					Traces: []labapi.Part{{Trace: hexID(1), StartUS: end - test.took.Microseconds(), EndUS: end}}}
				if !reflect.DeepEqual(got[0].Upload, want) || !got[0].TakenAt.Equal(time.Now()) || len(got[0].body) == 0 {
					t.Errorf("it handed over %+v; want %+v", got[0], want)
				}
			})
		})
	}
}

func TestRulesThatAreWrong(t *testing.T) {
	for rules, want := range map[string]string{
		"fast":                    `"fast" is no threshold`,
		"-1ms":                    "no threshold",
		"0":                       "no threshold",
		"GET /=":                  "no threshold",
		"100ms; never":            "names no route and is not the last",
		"GET /=1s; GET /=2s; p99": "two rules for the route",
	} {
		if _, err := ParseSlow(rules); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseSlow(%q): %v; want %q", rules, err, want)
		}
	}
}

// TestRoutesAreBounded has far more routes than there may be.
func TestRoutesAreBounded(t *testing.T) {
	s := newSlowness(nil)
	for i := range 10_000 {
		s.observe(fmt.Sprint("GET /", i), time.Millisecond)
	}
	if len(s.routes) > maxRoutes+1 {
		t.Errorf("%d routes are known", len(s.routes))
	}
	if !s.observe("GET /new", time.Second) {
		t.Error("a new route is not judged as the others are")
	}
}

// TestQuantiles holds the estimate against the sorted durations.
func TestQuantiles(t *testing.T) {
	var l latencies
	var all []time.Duration
	for i := range forgetful - 1 {
		took := time.Duration(i*i) * time.Microsecond // up to 17 s
		l.add(took)
		all = append(all, took)
	}
	slices.Sort(all)
	for _, q := range []float64{0, 0.01, 0.5, 0.9, 0.99, 0.999} {
		truth := all[int(q*float64(len(all)))]
		if got := l.quantile(q); got < truth || got > truth+truth/7+time.Microsecond {
			t.Errorf("quantile %g is %s; want %s", q, got, truth)
		}
	}
	l.add(time.Hour)
	if got := l.quantile(1); got < time.Minute {
		t.Errorf("the longest is %s", got)
	}
}

// TestTheServerAsks asks for a trace that is here, was here, or never was.
func TestTheServerAsks(t *testing.T) {
	absent := refusedAbsent.text
	for name, test := range map[string]struct {
		do   func(r *Recorder)
		want labapi.Upload // of the part 1, in ms after the start
		at   time.Duration
	}{
		"it has ended": {
			do:   func(r *Recorder) { request(r, 1, time.Second, nil); time.Sleep(9 * time.Second); ask(r, 1) },
			want: labapi.Upload{Traces: []labapi.Part{{StartUS: -1000, EndUS: 0}}}, at: 9 * time.Second,
		},
		"it has ended long ago": {
			do:   func(r *Recorder) { request(r, 1, time.Second, nil); time.Sleep(window); ask(r, 1) },
			want: labapi.Upload{Traces: []labapi.Part{{StartUS: -1000, EndUS: 0}}, Refused: absent}, at: window,
		},
		"it never was here": {
			do:   func(r *Recorder) { request(r, 2, time.Second, nil); ask(r, 1) },
			want: labapi.Upload{Traces: []labapi.Part{{}}, Refused: absent},
		},
		"its end is awaited": {
			do: func(r *Recorder) {
				root := tracing.Root{TraceID: id(1), Start: time.Now()}
				r.RootStarted(root)
				ask(r, 1)
				ask(r, 1)
				time.Sleep(3 * time.Second)
				root.Duration = 3 * time.Second
				r.RootEnded(root)
			},
			want: labapi.Upload{Traces: []labapi.Part{{StartUS: 0, EndUS: 3000}}}, at: 3 * time.Second,
		},
		"the end of all of it is awaited": {
			do: func(r *Recorder) {
				one := tracing.Root{TraceID: id(1), Start: time.Now()}
				r.RootStarted(one)
				ask(r, 1)
				time.Sleep(time.Second)
				two := tracing.Root{TraceID: id(1), Start: time.Now(), Duration: time.Second}
				r.RootStarted(two)
				one.Duration = time.Second
				r.RootEnded(one)
				time.Sleep(time.Second)
				r.RootEnded(two)
			},
			want: labapi.Upload{Traces: []labapi.Part{{StartUS: 0, EndUS: 2000}}}, at: 2 * time.Second,
		},
		"it does not end": {
			do: func(r *Recorder) {
				r.RootStarted(tracing.Root{TraceID: id(1), Start: time.Now()})
				ask(r, 1)
				time.Sleep(awaitFor)
			},
			want: labapi.Upload{Traces: []labapi.Part{{StartUS: 0, EndUS: awaitFor.Milliseconds()}}}, at: awaitFor,
		},
		"it may be forgotten": {
			do: func(r *Recorder) {
				for n := range maxRecent + 1 {
					request(r, 2+n, time.Second, nil)
				}
				time.Sleep(9 * time.Second)
				ask(r, 1)
			},
			want: labapi.Upload{Traces: []labapi.Part{{}}}, at: 9 * time.Second,
		},
		"what is forgotten was long ago": {
			do: func(r *Recorder) {
				for n := range maxRecent + 1 {
					request(r, 2+n, time.Second, nil)
				}
				time.Sleep(window)
				ask(r, 1)
			},
			want: labapi.Upload{Traces: []labapi.Part{{}}, Refused: absent}, at: window,
		},
		"it was forgotten while it was open": {
			do: func(r *Recorder) {
				root := tracing.Root{TraceID: id(1), Start: time.Now(), Duration: 9 * time.Second}
				r.RootStarted(root)
				for n := range maxRecent {
					request(r, 2+n, time.Second, nil)
				}
				time.Sleep(9 * time.Second)
				r.RootEnded(root)
				ask(r, 1)
			},
			want: labapi.Upload{Traces: []labapi.Part{{}}}, at: 9 * time.Second,
		},
		"it is open, and forgotten": {
			do: func(r *Recorder) {
				r.RootStarted(tracing.Root{TraceID: id(1), Start: time.Now().Add(-time.Minute)})
				for n := range maxRecent {
					request(r, 2+n, time.Minute, nil)
				}
				ask(r, 1)
			},
			want: labapi.Upload{Traces: []labapi.Part{{}}},
		},
		"the process ends first": {
			do: func(r *Recorder) {
				r.RootStarted(tracing.Root{TraceID: id(1), Start: time.Now()})
				ask(r, 1)
				r.Stop(background)
			},
			want: labapi.Upload{Traces: []labapi.Part{{}}, Refused: refusedEnding.text},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, s := &film{}, &server{}
				r := play(t, f, s, "never")
				began := time.Now()
				test.do(r)
				synctest.Wait()
				got := s.deliveries()
				if len(got) != 1 {
					t.Fatalf("it was answered %d times", len(got))
				}
				want := test.want
				want.Service, want.Instance, want.Host, want.Reason, want.TakenAt = "test", "1", "here", labapi.ReasonAsked, got[0].TakenAt
				part := &want.Traces[0]
				part.Trace = hexID(1)
				if part.StartUS != 0 || part.EndUS != 0 {
					part.StartUS = began.UnixMicro() + 1000*part.StartUS
				}
				if part.EndUS != 0 || name == "it has ended" || name == "it has ended long ago" {
					part.EndUS = began.UnixMicro() + 1000*part.EndUS
				}
				if !reflect.DeepEqual(got[0].Upload, want) {
					t.Errorf("the answer is %+v; want %+v", got[0].Upload, want)
				}
				if got[0].at.Sub(began) != test.at || (len(got[0].body) > 0) != (want.Refused == "") {
					t.Errorf("it came after %s, with %d bytes; want it after %s", got[0].at.Sub(began), len(got[0].body), test.at)
				}
			})
		})
	}
}

// TestOneSnapshotForAll has three reasons for one trace, and one for another.
func TestOneSnapshotForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := &film{}, &server{}
		r := play(t, f, s, "100ms")
		request(r, 9, time.Second, nil) // the next one has to wait
		synctest.Wait()
		request(r, 1, time.Second, nil)
		ask(r, 1)
		request(r, 1, time.Millisecond, debugged)
		ask(r, 2) // refused
		request(r, 3, time.Second, nil)
		request(r, 4, time.Millisecond, nil)
		ask(r, 4)
		time.Sleep(time.Second)
		synctest.Wait()
		for trace, n := range answers(s.deliveries()) {
			if n != 1 {
				t.Errorf("trace %s was handed over %d times", trace, n)
			}
		}
		if n := len(f.times()); n != 2 {
			t.Errorf("%d snapshots; want 2", n)
		}
		last := s.deliveries()[2]
		if want := []string{hexID(1), hexID(3), hexID(4)}; last.Reason != labapi.ReasonDebug || !slices.Equal(last.parts(), want) {
			t.Errorf("the shared one is %+v", last.Upload)
		}
	})
}

// TestNobodyIsForgotten asks for more than there is room for, in every place.
func TestNobodyIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := &film{took: time.Second}, &server{}
		r := play(t, f, s, "never")
		const n = 300
		for i := range n { // ended
			request(r, i, time.Millisecond, nil)
			ask(r, i)
		}
		for i := range n { // open
			r.RootStarted(tracing.Root{TraceID: id(n + i), Start: time.Now()})
			ask(r, n+i)
		}
		for i := range n {
			ask(r, 2*n+i) // never here
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		got := answers(s.deliveries())
		for i := range 3 * n {
			if got[hexID(i)] != 1 {
				t.Fatalf("trace %d was answered %d times", i, got[hexID(i)])
			}
		}
		c := r.Counts()
		if c.Refused["absent"] != n || c.Refused["busy"] < n || c.Unanswered != 0 {
			t.Errorf("it counts %+v", c)
		}
	})
}

// TestSlowOnesAreFew has one slow request after the other, each of which the server
// would ask all others for. Beside them whoever asks is answered, and of those that
// are too many nobody hears.
func TestSlowOnesAreFew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const lasts, every = 20 * time.Second, 5 * time.Millisecond
		s := &server{}
		r := play(t, &film{}, s, "10ms")
		asked := map[string]bool{}
		n := 0
		for began := time.Now(); time.Since(began) < lasts; n++ {
			request(r, n, time.Second, nil)
			if n%50 == 0 { // has the next snapshot be taken earlier
				request(r, -n-1, time.Millisecond, nil)
				ask(r, -n-1)
				asked[hexID(-n-1)] = true
			}
			time.Sleep(every)
		}
		time.Sleep(lateAfter)
		synctest.Wait()
		slow := 0
		for _, d := range s.deliveries() {
			if d.Refused != "" {
				t.Fatalf("the server hears of %+v", d.Upload)
			}
			for _, p := range d.Traces {
				if !asked[p.Trace] {
					slow++
				}
				delete(asked, p.Trace)
			}
		}
		if len(asked) > 0 {
			t.Errorf("%d that were asked for are not answered", len(asked))
		}
		if want := maxSlow * int(lasts/automaticPause); slow < want || slow > want+maxSlow {
			t.Errorf("%d slow traces were handed over; want about %d", slow, want)
		}
		if c := r.Counts(); c.Refused["busy"] != uint64(n-slow) {
			t.Errorf("of %d slow ones %d were handed over, and it counts %+v", n, slow, c)
		}
	})
}

func TestWhatIsNotUnderstood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{}
		r := play(t, &film{}, s, "never")
		for kind, body := range map[string]string{"faults": `{"trace":"` + hexID(1) + `"}`, "a": ``, labapi.SnapshotRequested: `{"trace":"xyz"}`} {
			r.Heard(kind, json.RawMessage(body))
		}
		r.Heard(labapi.SnapshotRequested, json.RawMessage(`[]`))
		r.Heard(labapi.SnapshotRequested, json.RawMessage(`{"trace":"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"}`))
		time.Sleep(time.Second)
		if got := s.deliveries(); len(got) != 0 {
			t.Errorf("it answered %+v", got)
		}
	})
}

// TestTheRuntimeGivesNothing has WriteTo fail, as when somebody else holds it.
func TestTheRuntimeGivesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{}
		r := play(t, &film{err: fmt.Errorf("already in progress")}, s, "never")
		request(r, 1, time.Millisecond, debugged)
		if _, err := r.Take(background); err == nil || !strings.Contains(err.Error(), "already in progress") {
			t.Errorf("Take: %v", err)
		}
		synctest.Wait()
		got := s.deliveries()
		if len(got) != 1 || !strings.Contains(got[0].Refused, "already in progress") || len(got[0].body) != 0 {
			t.Errorf("it handed over %+v", got)
		}
		if c := r.Counts(); c.Refused["failed"] != 2 || len(c.Taken) != 0 {
			t.Errorf("it counts %+v", c)
		}
	})
}
