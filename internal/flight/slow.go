package flight

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// A Slow says which requests are slow, by their route: the name of the span by
// which this process begins to work for them.
type Slow struct {
	routes map[string]threshold
	rest   threshold
}

// threshold is a duration; zero: what is slow for the route of late; negative:
// nothing is slow.
type threshold time.Duration

const never threshold = -1

const slowForms = "want p99, a duration such as 100ms, never, or rules for routes before one for the rest: GET /visit=50ms; p99"

// ParseSlow reads what is slow:
//
//	p99                    what is slower than 99 % of the requests of that route of late, than twice their median and than 10 ms; so is ""
//	100ms                  what takes longer
//	never                  nothing
//	GET /visit=50ms; p99   by route
//
// Without a rule for the rest, p99 is.
func ParseSlow(s string) (*Slow, error) {
	slow := &Slow{routes: map[string]threshold{}}
	rules := strings.Split(s, ";")
	for i, rule := range rules {
		route, what := "", strings.TrimSpace(rule)
		if at := strings.LastIndexByte(what, '='); at >= 0 {
			route, what = strings.TrimSpace(what[:at]), strings.TrimSpace(what[at+1:])
		}
		t, err := parseThreshold(what)
		_, twice := slow.routes[route]
		switch {
		case err != nil && strings.TrimSpace(s) != "":
			return nil, fmt.Errorf("slow %q: %q is no threshold: %s", s, what, slowForms)
		case route == "" && i < len(rules)-1:
			return nil, fmt.Errorf("slow %q: the rule %q names no route and is not the last: %s", s, what, slowForms)
		case twice:
			return nil, fmt.Errorf("slow %q: two rules for the route %q", s, route)
		case route == "":
			slow.rest = t
		default:
			slow.routes[route] = t
		}
	}
	return slow, nil
}

func parseThreshold(s string) (threshold, error) {
	switch s {
	case "p99":
		return 0, nil
	case "never":
		return never, nil
	}
	d, err := time.ParseDuration(s)
	if err == nil && d <= 0 {
		err = fmt.Errorf("%s is not more than nothing", s)
	}
	return threshold(d), err
}

// of is the threshold of a route.
func (s *Slow) of(route string) threshold {
	if t, ok := s.routes[route]; ok {
		return t
	}
	return s.rest
}

// maxRoutes bounds the routes whose durations are known. Of more, the rest is
// taken as one.
const maxRoutes = 64

// slowness tells slow requests from others.
type slowness struct {
	rules *Slow

	mu     sync.Mutex
	routes map[string]*latencies
}

func newSlowness(rules *Slow) *slowness {
	if rules == nil {
		rules = &Slow{}
	}
	return &slowness{rules: rules, routes: map[string]*latencies{}}
}

// observe notes how long a request took, and tells whether that is slow.
func (s *slowness) observe(route string, took time.Duration) bool {
	if fixed := s.rules.of(route); fixed != 0 {
		return fixed > 0 && took > time.Duration(fixed)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.routes[route]
	if l == nil {
		if len(s.routes) >= maxRoutes {
			route = ""
		}
		if l = s.routes[route]; l == nil {
			l = &latencies{}
			s.routes[route] = l
		}
	}
	slow := l.unusual > 0 && took > l.unusual
	l.add(took)
	return slow
}
