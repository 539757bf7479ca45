package find

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/waterfall"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// found are the traces that a search found.
type found struct {
	traces  []*waterfall.Waterfall
	more    bool // there may be more than the limit let through
	looked  int  // at so many traces; zero: the Reader chose
	matched int  // of these
	outTime bool // and there was no time to look at the others
}

// scanWithin is how long a page looks through all traces of the time it shows.
const scanWithin = readTimeout - 2*time.Second

// find asks for as many traces as q allows, those first that the order has first.
// Zipkin's API only knows the newest, and conditions on spans of one service: the
// longest, and an attendee's with a service, are found by looking at each trace.
func (p *Pages) find(ctx context.Context, s *search, q zipkin.Query) (found, error) {
	if s.Sort == newest && s.asksFor(q) {
		traces, err := p.cfg.Reader.Traces(ctx, q)
		f := found{more: len(traces) >= q.Limit}
		for _, spans := range traces {
			if len(spans) > 0 {
				f.traces = append(f.traces, waterfall.LayOut(spans))
			}
		}
		slices.SortStableFunc(f.traces, newestFirst)
		return f, err
	}
	return p.scan(ctx, s, q)
}

// scan looks at every trace that answers q.
func (p *Pages) scan(ctx context.Context, s *search, q zipkin.Query) (f found, err error) {
	within, cancel := context.WithTimeout(ctx, scanWithin)
	defer cancel()
	for spans, err := range zipkinapi.Search(within, p.cfg.Reader, q) {
		if errors.Is(within.Err(), context.DeadlineExceeded) && f.looked > 0 {
			f.outTime = true
			break
		}
		if err != nil {
			return f, err
		}
		f.looked++
		if s.Attendee != "" && !madeBy(s.Attendee, spans) {
			continue
		}
		f.matched++
		if s.Sort == longest {
			f.keepLongest(spans, q.Limit)
		} else if f.keepNewest(spans, q.Limit); f.more {
			break
		}
	}
	slices.SortStableFunc(f.traces, newestFirst)
	if s.Sort == longest {
		slices.SortStableFunc(f.traces, longestFirst)
	}
	return f, nil
}

func newestFirst(a, b *waterfall.Waterfall) int  { return cmp.Compare(b.Axis.Zero, a.Axis.Zero) }
func longestFirst(a, b *waterfall.Waterfall) int { return cmp.Compare(b.Length(), a.Length()) }

func (f *found) keepNewest(spans []zipkin.Span, limit int) {
	if f.more = len(f.traces) == limit; !f.more {
		f.traces = append(f.traces, waterfall.LayOut(spans))
	}
}

// keepLongest keeps the trace if it is among the longest so far, sorted. To lay one
// out takes longer than to see that it is too short.
func (f *found) keepLongest(spans []zipkin.Span, limit int) {
	full := len(f.traces) == limit
	f.more = f.more || full
	if full && waterfall.Extent(spans) <= f.traces[limit-1].Length() {
		return
	}
	w := waterfall.LayOut(spans)
	at, _ := slices.BinarySearchFunc(f.traces, w, func(a, b *waterfall.Waterfall) int {
		return cmp.Or(longestFirst(a, b), -1) // behind its equals
	})
	if f.traces = slices.Insert(f.traces, at, w); full {
		f.traces = f.traces[:limit]
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

// asksFor reports whether q has all conditions, so that no trace that answers it needs
// another look.
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
