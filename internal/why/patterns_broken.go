package why

import (
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/zipkin"
)

// Patterns of traces that say something wrong.

// skewed is a server's report that lies outside its caller's.
func (tr *trace) skewed(_ *span, members []*span) *pattern {
	for _, s := range members {
		if s.kind != zipkin.Server || s.reported == nil || s.up == nil || s.up.reported == nil || s.up.at(s) {
			continue
		}
		call := s.up.reported
		if call.Timestamp == 0 || s.reported.Timestamp == 0 {
			continue
		}
		early := call.Timestamp - s.reported.Timestamp
		late := s.reported.Timestamp + s.reported.Duration - call.Timestamp - call.Duration
		if off := max(early, late) * 1000; off >= int64(leastSkew) && s.reported.Duration <= call.Duration {
			direction := "behind"
			if late > early {
				direction = "ahead"
			}
			return newPattern(patternSkew, s, off, "%s lies %s outside its caller's span: the clock of %s is %s", display.Of(s.name, s.service), display.Duration(time.Duration(off)), display.The(s.service), direction)
		}
	}
	return nil
}

// split is a call of a service that records, without a span of it in this trace:
// the headers were lost on the way.
func (tr *trace) split(_ *span, members []*span) *pattern {
	for _, s := range members {
		if s.kind != zipkin.Client || s.reported == nil || len(s.servers()) > 0 || s.failed() {
			continue
		}
		if callee := tr.spelling.service(s.reported.Remote.ServiceName); callee != s.service && tr.knows(callee) && tr.heard(callee) {
			return newPattern(patternSplit, s, 0, "%s calls the %s, which has no span below it: the headers of the trace did not arrive", display.SpanName(s.name), callee)
		}
	}
	return nil
}

// knows reports whether a service is one of those that were asked.
func (tr *trace) knows(service string) bool {
	for _, p := range tr.processes {
		if p.Service == service {
			return true
		}
	}
	return false
}

// heard reports whether all processes of a service have said what they did for the
// trace: its execution traces are there, or it took no part.
func (tr *trace) heard(service string) bool {
	for _, p := range tr.processes {
		if p.Service == service && p.Trace == nil && !p.Idle {
			return false
		}
	}
	return true
}

// lost is a span that ran, and was sampled with its trace, and was not reported.
func (tr *trace) lost(asked *span, members []*span) *pattern {
	if asked.reported == nil {
		return nil // then none of the trace is
	}
	count := 0
	var first *span
	for _, s := range members {
		if s.reported == nil && s.process != nil && whole(s.task) {
			count++
			if first == nil {
				first = s
			}
		}
	}
	if first == nil {
		return nil
	}
	if count == 1 {
		return newPattern(patternLost, first, 0, "%s ran, and is not in the store: it was dropped, or is late", display.Of(first.name, first.service))
	}
	return newPattern(patternLost, first, 0, "%d spans ran, from %s on, and are not in the store: they were dropped, or are late", count, display.Of(first.name, first.service))
}

// failed is the innermost span with an error, where errors come from.
func (tr *trace) failed(_ *span, members []*span) *pattern {
	for i := len(members) - 1; i >= 0; i-- {
		s := members[i]
		if message, ok := s.errorTag(); ok && !s.childFailed() {
			return newPattern(patternErrors, s, 0, "%s failed: %s", display.Of(s.name, s.service), truncate(message))
		}
	}
	return nil
}

func (s *span) errorTag() (string, bool) {
	if s.reported == nil {
		return "", false
	}
	return s.reported.Tag("error")
}

func (s *span) failed() bool {
	_, ok := s.errorTag()
	return ok
}

func (s *span) childFailed() bool {
	for _, c := range s.children {
		if c.failed() {
			return true
		}
	}
	return false
}

// truncate bounds a text that comes from elsewhere.
func truncate(s string) string {
	const most = 200
	r := []rune(s)
	if len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
