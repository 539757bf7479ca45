package flight

import (
	"fmt"
	"sync"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/tracing/rules"
)

// A Slow decides which requests are slow, by their route: the name of the span by
// which this process begins to work for them.
type Slow struct{ rules rules.ByRoute[threshold] }

// threshold is a duration; zero: what is unusual for the route; negative: nothing
// is slow.
type threshold time.Duration

const never threshold = -1

const slowForms = "want p99, a duration such as 100ms, never, or rules for routes before one for the rest: GET /visit=50ms; p99"

// ParseSlow reads what is slow:
//
//	p99                    what is slower than 99 % of the recent requests of that route, than twice their median and than 10 ms; than 20 ms
//	                       before there were 100; so is ""
//	100ms                  what takes longer
//	never                  nothing
//	GET /visit=50ms; p99   by route
//
// Without a rule for the rest, p99 is.
func ParseSlow(s string) (*Slow, error) {
	byRoute, err := rules.Parse(s, 0, parseThreshold)
	if err != nil {
		return nil, fmt.Errorf("slow %q: %w: %s", s, err, slowForms)
	}
	return &Slow{byRoute}, nil
}

func parseThreshold(s string) (threshold, error) {
	switch s {
	case "p99":
		return 0, nil
	case "never":
		return never, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%q is no threshold", s)
	}
	return threshold(d), nil
}

// maxRoutes bounds the routes whose durations are known. Of more, the rest is
// taken as one.
const maxRoutes = 64

// slowDetector finds slow requests, by rules or by what is usual for their route.
type slowDetector struct {
	slow *Slow

	mu     sync.Mutex
	routes map[string]*latencies
}

func newSlowDetector(slow *Slow) *slowDetector {
	if slow == nil {
		slow = &Slow{}
	}
	return &slowDetector{slow: slow, routes: map[string]*latencies{}}
}

// observe notes how long a request took, and returns for which reason a snapshot of it
// is to be taken: that it was slow, or early. Empty: for none. Where that is because the
// route was slow in this way already, again is true.
func (s *slowDetector) observe(route string, took time.Duration, sampled bool) (reason string, again bool) {
	if fixed := s.slow.rules.Of(route); fixed != 0 {
		if fixed > 0 && took > time.Duration(fixed) && sampled {
			return labapi.ReasonSlow, false
		}
		return "", false
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
	reason = l.reason(took)
	l.add(took)
	switch {
	case !sampled: // what has no spans cannot be explained
		return "", false
	case reason == labapi.ReasonSlow && l.again(took, time.Now()):
		return "", true
	}
	return reason, false
}
