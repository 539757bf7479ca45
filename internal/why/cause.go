package why

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/labapi"
)

// What a cause must have to be named: below, a request is as fast as requests are,
// and naming a cause would be guessing.
const (
	leastCause = 20 * time.Millisecond // held up
	leastShare = 0.4                   // of the request, or of what it took more than the baseline if that is leastCause
	// leastComputing is what is much for one operation, however fast requests are.
	leastComputing = 5 * time.Millisecond
)

// episode is a stretch of an operation's own time, without its children's, in
// which one state prevails.
type episode struct {
	span    *span
	state   string
	length  int64 // ns from the first segment of the state to the last
	inState int64

	doubtful bool // in some of that time
}

// cause is the operation and the state that held the request up.
func cause(segments []segment, baseline time.Duration, p *pattern) *labapi.Cause {
	if len(segments) == 0 || p != nil && p.instead {
		return nil
	}
	total := segments[len(segments)-1].end - segments[0].start
	of := total
	if excess := total - int64(baseline); excess >= int64(leastCause) {
		of = excess
	}
	best := longest(slices.DeleteFunc(episodes(segments, baseline), p.explains))
	if best == nil || best.length <= unknownTime(segments) || best.state == stateUnknown || best.length < int64(leastCause) || float64(best.length) < leastShare*float64(of) {
		return nil
	}
	return &labapi.Cause{
		Service: best.span.service, Operation: best.span.name, State: best.state, SpanID: best.span.id.String(), Reported: best.span.reported,
		Ms: float64(best.length) / 1e6, StateMs: float64(best.inState) / 1e6, Share: float64(best.length) / float64(total),
		Doubtful: best.doubtful,
	}
}

// unknownTime is how much is unknown: it may have one cause, which is then the
// greatest if what is known has none that is greater.
func unknownTime(segments []segment) (sum int64) {
	for i := range segments {
		if segments[i].state == stateUnknown {
			sum += segments[i].took()
		}
	}
	return sum
}

// explains reports whether an episode is a part of the pattern: of one of its
// calls, or a wait for the network on the way that those calls take.
func (p *pattern) explains(e episode) bool {
	if p == nil {
		return false
	}
	for s, hops := e.span, 0; s != nil && hops < maxDepth; s, hops = s.up, hops+1 {
		if p.row[s] {
			return s == e.span || e.state == stateNetwork
		}
	}
	return false
}

// longest adds up the episodes of an operation, which may happen several times in
// a request, and returns the longest. Waits for the network do not add up: many
// short calls are not a slow network.
func longest(all []episode) *episode {
	type key struct {
		service, operation, state string
		span                      *span
	}
	sums := map[key]*episode{}
	for i := range all {
		e := &all[i]
		k := key{e.span.service, e.span.name, e.state, nil}
		if e.state == stateNetwork {
			k.span = e.span
		}
		if s := sums[k]; s != nil {
			s.length += e.length
			s.inState += e.inState
			s.doubtful = s.doubtful || e.doubtful
		} else {
			sums[k] = e
		}
	}
	ordered := slices.SortedFunc(maps.Values(sums), func(a, b *episode) int {
		return cmp.Or(-cmp.Compare(a.length, b.length), cmp.Compare(a.span.id, b.span.id))
	})
	if len(ordered) == 0 {
		return nil
	}
	return ordered[0]
}

// episodes cuts the time where the operation changes.
func episodes(segments []segment, baseline time.Duration) []episode {
	var all []episode
	for first := 0; first < len(segments); {
		end := first + 1
		for end < len(segments) && segments[end].span == segments[first].span {
			end++
		}
		all = append(all, prevailing(segments[first:end], baseline))
		first = end
	}
	return all
}

// prevailing is the episode of a stretch of one operation.
func prevailing(segments []segment, baseline time.Duration) episode {
	in := map[string]int64{}
	for i := range segments {
		in[segments[i].state] += segments[i].took()
	}
	e := episode{span: segments[0].span, state: prevail(in, baseline)}
	e.inState = in[e.state]
	first, last := -1, 0
	for i := range segments {
		if sameNeed(segments[i].state, e.state) {
			if first < 0 {
				first = i
			}
			last = i
			e.doubtful = e.doubtful || segments[i].doubtful()
		}
	}
	e.length = segments[last].end - segments[first].start
	return e
}

// prevail is the state that explains a stretch. What computes is interrupted:
// by goroutines that run in turn, and by the system. That is only the cause where
// it is most of the time; and the system only where it did not have a CPU for
// longer than all of a request usually takes, since it would compute for long
// anyhow.
func prevail(in map[string]int64, baseline time.Duration) string {
	var whole int64
	best := ""
	for _, s := range states {
		whole += in[s]
		if s != stateCPUWait && s != stateRunnable && in[s] > in[best] {
			best = s
		}
	}
	switch {
	case in[stateRunnable] > whole/2:
		return stateRunnable
	case in[stateCPUWait] > 2*whole/3 && (baseline == 0 || in[stateRunning] <= max(int64(baseline), int64(leastComputing))):
		return stateCPUWait
	case best == "" && in[stateCPUWait] > in[stateRunnable]:
		return stateCPUWait
	case best == "":
		return stateRunnable
	}
	return best
}

// sameNeed reports whether a segment belongs to an episode of a state: what waits
// for a CPU in the middle of computing is computing, and what has to work for the
// collector does so because of what it computes; and computing goroutines take
// turns on the processors.
func sameNeed(segment, state string) bool {
	computing := segment == stateRunning || segment == stateCPUWait || segment == stateRunnable
	return segment == state || computing && (state == stateRunning || state == stateGCAssist || state == stateRunnable)
}

var (
	stateRunning  = exectrace.SegmentRunning.String()
	stateCPUWait  = exectrace.SegmentCPUWait.String()
	stateRunnable = exectrace.SegmentRunnable.String()
	stateSync     = exectrace.SegmentSync.String()
	stateGCAssist = exectrace.SegmentGCAssist.String()
)

// states are all that a segment may be in.
var states = func() (all []string) {
	for s := exectrace.SegmentUnknown; s <= exectrace.SegmentStopTheWorld; s++ {
		all = append(all, s.String())
	}
	return all
}()
