package proof

import (
	"fmt"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/zipkin"
)

// least is the wait that shows a fault that adds ms, in µs: a tenth less, for what
// rounds and what the span's own children cover.
func least(args faults.Args) int64 { return int64(args.Duration("ms")/time.Microsecond) * 9 / 10 }

// gap is for a wait within the process: time of a span in which none of its calls is
// under way.
func gap(service, name string) shape {
	return func(s spans, args faults.Args) (*zipkin.Span, string) {
		for _, i := range s.named(service, "", name) {
			if took, where := s.longestGap(i); took >= least(args) {
				return s.all[i], fmt.Sprintf("a wait: %s of the %s had no call under way for %s, %s", name, service, display.Micros(took), where)
			}
		}
		return nil, ""
	}
}

// longestGap is the longest time in which a span has no child under way, and where that is.
func (s spans) longestGap(of int) (longest int64, where string) {
	sp, at := s.all[of], s.all[of].Timestamp
	where = "before its first call"
	for n, c := range s.children(of) {
		child := s.all[c]
		if free := child.Timestamp - at; free > longest {
			longest = free
			if n > 0 {
				where = "between two calls"
			}
		}
		at = max(at, child.End())
	}
	if free := sp.End() - at; free > longest {
		longest, where = free, "after its last call"
	}
	return longest, where
}

// longCall is for a wait outside the process: of a call, the shortest that is long
// enough, since others may be long by themselves.
func longCall(service, name, of string) shape {
	return func(s spans, args faults.Args) (shortest *zipkin.Span, words string) {
		for _, i := range s.named(service, zipkin.Client, name) {
			sp := s.all[i]
			if sp.Duration >= least(args) && (shortest == nil || sp.Duration < shortest.Duration) {
				shortest = sp
				words = fmt.Sprintf("a wait: the call %s of the %s to %s took %s", name, service, of, display.Micros(sp.Duration))
			}
		}
		return shortest, words
	}
}

// queued is for a wait between a message and its consumer.
func queued(s spans, args faults.Args) (*zipkin.Span, string) {
	sent := s.named("writer", zipkin.Producer, "")
	for _, i := range s.named("writer", zipkin.Consumer, "") {
		for _, from := range sent {
			if waited := s.all[i].Timestamp - s.all[from].Timestamp; waited >= least(args) {
				return s.all[i], fmt.Sprintf("a wait: %s passed between the PRODUCER span and its CONSUMER", display.Micros(waited))
			}
		}
	}
	return nil, ""
}

// beforeItsCaller is for clocks that differ.
func beforeItsCaller(s spans, args faults.Args) (*zipkin.Span, string) {
	for _, i := range s.named("fetcher", zipkin.Server, "GET /fetch") {
		parent := s.tree.Nodes[i].Parent
		if parent == zipkin.None {
			continue
		}
		if early := s.all[parent].Timestamp - s.all[i].Timestamp; early >= least(args) {
			return s.all[i], fmt.Sprintf("an order: GET /fetch of the fetcher begins %s before the call that it answers", display.Micros(early))
		}
	}
	return nil, ""
}
