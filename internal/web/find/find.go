package find

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// hit is a trace that answers a search.
type hit struct {
	zipkin.Summary
	spans []zipkin.Span // nil where the Reader did not have to read them
}

// found are the traces that a search found.
type found struct {
	all    []mark
	few    []zipkin.Summary // all, if they are no more than mostPoints
	first  []hit            // as many as the limit allows, those first that the order has first
	failed int              // of all
	cut    bool             // there was no time to look at the others, or they are too many
}

// mark is what the chart of many traces has of each.
type mark struct {
	start, duration int64 // µs
	failed          bool
}

// How long, and how far, a page looks through all traces of the time that it shows. A
// Zipkin must send every span of them; the newest come first.
const (
	scanWithin = readTimeout - 2*time.Second
	peekWithin = 3 * time.Second
	peekTraces = 5000
)

// find looks at every trace that answers a search.
func (p *Pages) find(ctx context.Context, s *search, q zipkin.Query) (*found, error) {
	f := &found{}
	order := orderOf[s.Sort]
	err := p.scan(ctx, s, q, func(h *hit) bool {
		f.all = append(f.all, mark{h.Start, h.Duration, h.Errors > 0})
		if len(f.few) <= mostPoints {
			f.few = append(f.few, h.Summary)
		}
		if h.Errors > 0 {
			f.failed++
		}
		f.keep(h, order, q.Limit)
		return true
	}, &f.cut)
	return f, err
}

// orderOf are the orders of the list, by the value of sort.
var orderOf = map[string]func(a, b *zipkin.Summary) int{
	newest:  newestFirst,
	longest: func(a, b *zipkin.Summary) int { return cmp.Or(cmp.Compare(b.Duration, a.Duration), newestFirst(a, b)) },
	failed: func(a, b *zipkin.Summary) int {
		return cmp.Or(cmp.Compare(min(b.Errors, 1), min(a.Errors, 1)), newestFirst(a, b))
	},
}

func newestFirst(a, b *zipkin.Summary) int { return cmp.Compare(b.Start, a.Start) }

// keep keeps the trace if it is among the first so far, sorted.
func (f *found) keep(h *hit, order func(a, b *zipkin.Summary) int, limit int) {
	full := len(f.first) == limit
	if full && order(&h.Summary, &f.first[limit-1].Summary) >= 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(f.first, *h, func(a, b hit) int {
		return cmp.Or(order(&a.Summary, &b.Summary), -1) // behind its equals
	})
	if full {
		f.first = f.first[:limit-1]
	}
	f.first = slices.Insert(f.first, at, *h)
}

// scan visits every trace that answers a search, roughly the newest first, until visit
// returns false. It sets cut where there was no time for all, or a Zipkin would have to
// send too many.
//
// Zipkin's API has no bounds of the duration of traces, and conditions on spans of one
// service: an attendee's, with a service, are found by looking at the spans.
func (p *Pages) scan(ctx context.Context, s *search, q zipkin.Query, visit func(*hit) bool, cut *bool) error {
	least, most := s.traceDurations()
	_, summarizes := p.cfg.Reader.(zipkinapi.Summarizer)
	within, cancel := context.WithTimeout(ctx, s.scanTime(summarizes))
	defer cancel()
	hits := p.read(within, s, q)
	if summarizes && s.asksFor(q) {
		hits = p.summaries(within, q)
	}
	looked := 0
	for h, err := range hits {
		if err != nil {
			if *cut = looked > 0 && errors.Is(within.Err(), context.DeadlineExceeded); *cut {
				return nil
			}
			return err
		}
		looked++
		if *cut = !summarizes && s.Sort == newest && looked > peekTraces; *cut {
			return nil
		}
		if h.Duration >= least && h.Duration <= most && !visit(&h) {
			return nil
		}
	}
	return nil
}

func (s *search) scanTime(summarizes bool) time.Duration {
	if summarizes || s.Sort != newest {
		return scanWithin
	}
	return peekWithin
}

// hits are traces one by one; an error ends them.
type hits func(yield func(hit, error) bool)

func (p *Pages) summaries(ctx context.Context, q zipkin.Query) hits {
	return func(yield func(hit, error) bool) {
		for sum, err := range zipkinapi.Summaries(ctx, p.cfg.Reader, q) {
			if !yield(hit{Summary: sum}, err) {
				return
			}
		}
	}
}

func (p *Pages) read(ctx context.Context, s *search, q zipkin.Query) hits {
	return func(yield func(hit, error) bool) {
		for spans, err := range zipkinapi.Search(ctx, p.cfg.Reader, q) {
			if err == nil && !s.asksFor(q) && !madeBy(s.Attendee, spans) {
				continue
			}
			if !yield(hit{zipkin.Summarize(spans), spans}, err) {
				return
			}
		}
	}
}

// madeBy reports whether a span of any service says that this attendee made the
// request. Several attendees may have made one trace, of an id that all were given.
func madeBy(attendee string, spans []zipkin.Span) bool {
	return slices.ContainsFunc(spans, func(s zipkin.Span) bool {
		value, ok := s.Tag(labapi.AttendeeTag)
		return ok && value == attendee
	})
}

// asksFor reports whether q has all conditions on spans, so that no trace that answers
// it needs another look at them.
func (s *search) asksFor(q zipkin.Query) bool {
	return s.Attendee == "" || q.AnnotationQuery != s.Annotations
}

// annotationQuery has the attendee among its terms, where that means the same.
func (s *search) annotationQuery() string {
	const and = " and "
	if s.Attendee == "" || s.Service != "" || strings.Contains(s.Attendee, and) || strings.Contains(s.Annotations, labapi.AttendeeTag) {
		return s.Annotations
	}
	term := labapi.AttendeeTag + "=" + s.Attendee
	if s.Annotations == "" {
		return term
	}
	return s.Annotations + and + term
}
