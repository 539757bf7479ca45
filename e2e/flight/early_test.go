package flight

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/labapi"
)

var thirdParty = regexp.MustCompile(`third party, (http://[^\s]+)`)

// fetching is a visit of paths of the third party.
func (s *stack) fetching(paths ...string) string {
	s.t.Helper()
	at := thirdParty.FindStringSubmatch(s.Output())
	if at == nil {
		s.t.Fatalf("it does not say where the third party is: %s", s.Output())
	}
	q := url.Values{}
	for _, p := range paths {
		q.Add("url", at[1]+p)
	}
	return s.Gateway + "/visit?" + q.Encode()
}

// visitOf makes one and returns its trace.
func (s *stack) visitOf(url string) string {
	s.t.Helper()
	var visit struct{ TraceID string }
	if err := json.Unmarshal(s.get(url), &visit); err != nil {
		s.t.Fatal(err)
	}
	return visit.TraceID
}

// TestAskedAtOnce asks why a visit was slow as soon as it is answered. The shorter of its
// two fetches was found slow when the longer one was still under way: what the fetcher
// handed in then shows half of the truth.
func TestAskedAtOnce(t *testing.T) {
	const short, longer = 200 * time.Millisecond, 400 * time.Millisecond
	times := 4
	if *rounds > 0 {
		times = *rounds
	}
	for name, test := range map[string]struct {
		slow   string
		before int // visits that were fast
	}{
		"slow by a duration": {"100ms", 0},
		"slow as unusual":    {"p99", 120},
		"slow early":         {"p99", 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := up(t, "TRACELAB_SLOW="+test.slow)
			for range test.before {
				s.visit()
			}
			unknown := 0
			for range times {
				id := s.visitOf(s.fetching(delay(longer), delay(short)))
				var a labapi.Explanation
				_, _, text := s.ask(s.UI + labapi.WhyPath + "/" + id)
				if err := json.Unmarshal(text, &a); err != nil {
					t.Fatal(err)
				}
				switch {
				case !a.Execution.Final():
					unknown++
					if a.Cause != nil || a.Pattern != nil {
						t.Errorf("trace %s: what is awaited is %v, and it says %q", id, a.Execution, a.Sentences)
					}
				case a.Cause == nil || a.Cause.Service != "fetcher" || a.Cause.State != "network" || a.Cause.Ms < 0.9*float64(longer.Milliseconds()):
					t.Errorf("trace %s: %q, %+v, missing is %v", id, a.Sentences, a.Execution, a.Missing)
				}
			}
			t.Logf("asked at once %d times; not known yet: %d", times, unknown)
			if unknown > times/4 {
				t.Errorf("%d of %d are not known", unknown, times)
			}
		})
	}
}

// delay is a path of the third party that answers after a while.
func delay(d time.Duration) string {
	return "/delay/" + strings.TrimRight(fmt.Sprintf("%.3f", d.Seconds()), "0")
}
