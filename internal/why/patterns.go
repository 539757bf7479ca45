package why

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// Kinds of patterns.
const (
	patternLate     = "work-after-answer" // spans go on after the one that they belong to
	patternQueue    = "queued"            // time passes between a message's producer and its consumer
	patternRepeated = "repeated-calls"    // many calls of a kind, one right after the other
	patternDials    = "many-dials"        // a call makes one connection after the other
	patternSerial   = "serial"            // what could be done side by side is done in turn
	patternSkew     = "clock-skew"        // a server's span lies outside its caller's
	patternSplit    = "no-server-span"    // a call of a service that the trace does not go on in
	patternLost     = "missing-spans"     // spans ran that were not reported
	patternErrors   = "errors"
)

// pattern is a pattern of spans that was found.
type pattern struct {
	labapi.Pattern
	// instead says that the pattern explains all of the time: whatever state the
	// goroutines were in meanwhile is no cause.
	instead bool
	// row are the calls that are a pattern together. None of them is a cause.
	row map[*span]bool
}

const (
	leastLate     = 5 * time.Millisecond // that is more than a goroutine that is late
	leastRepeated = 5                    // calls
	leastSkew     = 2 * time.Millisecond
)

// findPattern is the pattern of spans that explains most, or nil.
func (tr *trace) findPattern(asked *span) *pattern {
	members := asked.descendants()
	for _, find := range []func(*span, []*span) *pattern{
		tr.late, tr.queued, tr.repeated, tr.dials, tr.serial, tr.skewed, tr.split, tr.lost, tr.failed,
	} {
		if s := find(asked, members); s != nil {
			return s
		}
	}
	return nil
}

// descendants are the spans below s, by start.
func (s *span) descendants() []*span {
	seen := map[*span]bool{s: true}
	all := []*span{s}
	for i := 0; i < len(all); i++ {
		for _, c := range all[i].children {
			if !seen[c] {
				seen[c] = true
				all = append(all, c)
			}
		}
	}
	slices.SortStableFunc(all[1:], func(a, b *span) int { return cmp.Compare(a.start, b.start) })
	return all[1:]
}

func (s *span) took() int64 { return s.end - s.start }

func millis(ns int64) float64 { return float64(ns) / 1e6 }

func newPattern(kind string, s *span, ns int64, format string, args ...any) *pattern {
	return &pattern{Pattern: labapi.Pattern{Kind: kind, Service: s.service, Operation: s.name, Ms: millis(ns), Text: fmt.Sprintf(format, args...)}}
}

// late is work of the same process that goes on after the answer was given. Who
// answered did not wait for it, so that no state of its own is the cause.
func (tr *trace) late(asked *span, members []*span) *pattern {
	var last *span
	for _, s := range members {
		if s.at(asked) && s.kind != zipkin.Consumer && !s.below(zipkin.Consumer) && (last == nil || s.end > last.end) {
			last = s
		}
	}
	if last == nil || !asked.timed() || last.hasEnded() && last.end-asked.end < int64(leastLate) {
		return nil
	}
	outer := last
	for outer.up != nil && outer.up != asked && outer.up.at(asked) {
		outer = outer.up
	}
	after := max(0, last.end-asked.end)
	lasting := "for " + display.Duration(time.Duration(after))
	if !last.hasEnded() { // when the execution trace does
		lasting = "for more than " + display.Duration(time.Duration(after))
	}
	p := newPattern(patternLate, outer, after, "%s goes on %s after %s has answered", display.SpanName(outer.name), lasting, display.SpanName(asked.name))
	p.instead = true
	return p
}

// timed reports whether it is known how long a span took: reports without a time or
// an end are valid.
func (s *span) timed() bool { return s.took() > 0 && s.hasEnded() }

// hasEnded reports whether the end of a span is known.
func (s *span) hasEnded() bool { return s.reported != nil || s.task.Ended }

// below reports whether a parent of s is of a kind.
func (s *span) below(kind zipkin.Kind) bool {
	for range maxDepth {
		if s.up == nil {
			return false
		}
		if s = s.up; s.kind == kind {
			return true
		}
	}
	return false
}

// queued is a message that waited for its consumer.
func (tr *trace) queued(_ *span, members []*span) *pattern {
	var found *pattern
	for _, s := range members {
		if s.kind != zipkin.Consumer || s.up == nil || s.up.end == 0 {
			continue
		}
		if wait := s.start - s.up.end; wait >= int64(leastCause) && (found == nil || millis(wait) > found.Ms) {
			found = newPattern(patternQueue, s, wait, "a message waited %s in the queue before %s took it", display.Duration(time.Duration(wait)), display.Of(s.name, s.service))
			found.instead = true
		}
	}
	return found
}

// dials is a call whose span says that it took several connections.
func (tr *trace) dials(_ *span, members []*span) *pattern {
	for _, s := range members {
		if n := s.dialled(); n >= leastRepeated {
			p := newPattern(patternDials, s, s.took(), "%s dials %d times, where one connection that is kept would do", display.Of(s.name, s.service), n)
			p.row = map[*span]bool{s: true}
			return p
		}
	}
	return nil
}

// dialled is what the annotation "connected" says, of package tracing.
func (s *span) dialled() int {
	if s.reported == nil {
		return 0
	}
	for _, a := range s.reported.Annotations {
		var about struct{ Dials int }
		if text, ok := strings.CutPrefix(a.Value, "connected "); ok && json.Unmarshal([]byte(text), &about) == nil {
			return about.Dials
		}
	}
	return 0
}
