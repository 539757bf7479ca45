package flight

import (
	"fmt"
	"reflect"
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
		"early, and long":               {"", many(99, same(15*ms)), 21 * ms, nil, labapi.ReasonSlow},
		"the first of all":              {"p99", nil, 21 * ms, nil, labapi.ReasonSlow},
		"early, and short":              {"", many(99, same(15*ms)), 20 * ms, nil, labapi.ReasonEarly},
		"early, and not recorded":       {"", nil, ms, func(r *tracing.Root) { r.Sampled = false }, ""},
		"never, and early":              {"never", nil, 20 * ms, nil, ""},
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
				r := startFake(t, &fakeSource{}, s, test.rules)
				for i, took := range test.before {
					request(r, 1000+i, took, nil)
				}
				time.Sleep(window) // what was slow before is forgotten
				synctest.Wait()
				before := len(s.deliveries())
				request(r, 1, test.took, test.also)
				synctest.Wait()
				got := s.deliveries()[before:]
				if test.want == "" {
					if len(got) != 0 {
						t.Errorf("it delivered %+v", got)
					}
					return
				}
				if len(got) != 1 {
					t.Fatalf("%d deliveries", len(got))
				}
				end := time.Now().UnixMicro()
				want := labapi.Upload{Service: "test", Instance: "1", Host: "here", Reason: test.want, TakenAt: got[0].TakenAt,
					Traces: []labapi.Part{{TraceID: hexID(1), StartUS: end - test.took.Microseconds(), EndUS: end, Plain: test.want == labapi.ReasonEarly}}}
				if !reflect.DeepEqual(got[0].Upload, want) || !got[0].TakenAt.Equal(time.Now()) || len(got[0].body) == 0 {
					t.Errorf("it delivered %+v; want %+v", got[0], want)
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
	s := newSlowDetector(nil)
	for i := range 10_000 {
		s.observe(fmt.Sprint("GET /", i), time.Millisecond, true)
	}
	if len(s.routes) > maxRoutes+1 {
		t.Errorf("%d routes are known", len(s.routes))
	}
	if got, _ := s.observe("GET /new", time.Second, true); got != labapi.ReasonSlow {
		t.Errorf("a new route is not judged as the others are: %q", got)
	}
}

// TestSlowAgain has a route slow several times: it is told once, and again when it is
// slower by far, or when the recorder has forgotten the first.
func TestSlowAgain(t *testing.T) {
	const ms = time.Millisecond
	for name, test := range map[string]struct {
		rules string
		first time.Duration
		after time.Duration // from the first one's end to the other's
		took  time.Duration
		also  func(*tracing.Root) // of the first
		told  bool
	}{
		"alike":                         {"", 40 * ms, time.Second, 40 * ms, nil, false},
		"twice as long":                 {"", 40 * ms, time.Second, 80 * ms, nil, false},
		"longer than that":              {"", 40 * ms, time.Second, 81 * ms, nil, true},
		"just before it is forgotten":   {"", 40 * ms, window - ms, 40 * ms, nil, false},
		"when it is forgotten":          {"", 40 * ms, window, 40 * ms, nil, true},
		"by a duration that was asked":  {"30ms", 40 * ms, time.Second, 40 * ms, nil, true},
		"the first was not recorded":    {"", 40 * ms, time.Second, 40 * ms, func(r *tracing.Root) { r.Sampled = false }, true},
		"the first was of another name": {"", 40 * ms, time.Second, 40 * ms, func(r *tracing.Root) { r.Name = "GET /other" }, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &server{}
				r := startFake(t, &fakeSource{}, s, test.rules)
				request(r, 1, test.first, test.also)
				time.Sleep(test.after)
				synctest.Wait()
				before := len(s.deliveries())
				request(r, 2, test.took, nil)
				time.Sleep(lateAfter)
				synctest.Wait()
				if told := len(s.deliveries()) > before; told != test.told {
					t.Errorf("told: %t; want %t", told, test.told)
				}
				if n := r.Stats().Rejected[errAgain.reason]; (n == 1) == test.told {
					t.Errorf("%d are counted as told already", n)
				}
			})
		})
	}
}
