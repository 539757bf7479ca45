package web

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

// found are the traces that a search found.
type found struct {
	traces  []*waterfall
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
func (u *UI) find(ctx context.Context, s *search, q zipkin.Query) (found, error) {
	if s.Sort == newest && s.asksFor(q) {
		traces, err := u.cfg.Reader.Traces(ctx, q)
		f := found{more: len(traces) >= q.Limit}
		for _, spans := range traces {
			if len(spans) > 0 {
				f.traces = append(f.traces, layOut(spans))
			}
		}
		slices.SortStableFunc(f.traces, newestFirst)
		return f, err
	}
	return u.scan(ctx, s, q)
}

// scan looks at every trace that answers q.
func (u *UI) scan(ctx context.Context, s *search, q zipkin.Query) (f found, err error) {
	within, cancel := context.WithTimeout(ctx, scanWithin)
	defer cancel()
	for spans, err := range zipkinapi.Search(within, u.cfg.Reader, q) {
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

func newestFirst(a, b *waterfall) int  { return cmp.Compare(b.Axis.Zero, a.Axis.Zero) }
func longestFirst(a, b *waterfall) int { return cmp.Compare(b.Length(), a.Length()) }

func (f *found) keepNewest(spans []zipkin.Span, limit int) {
	if f.more = len(f.traces) == limit; !f.more {
		f.traces = append(f.traces, layOut(spans))
	}
}

// keepLongest keeps the trace if it is among the longest so far, sorted. To lay one
// out takes longer than to see that it is too short.
func (f *found) keepLongest(spans []zipkin.Span, limit int) {
	full := len(f.traces) == limit
	f.more = f.more || full
	if full && extentOfSpans(spans) <= f.traces[limit-1].Length() {
		return
	}
	w := layOut(spans)
	at, _ := slices.BinarySearchFunc(f.traces, w, func(a, b *waterfall) int {
		return cmp.Or(longestFirst(a, b), -1) // behind its equals
	})
	if f.traces = slices.Insert(f.traces, at, w); full {
		f.traces = f.traces[:limit]
	}
}

// extentOfSpans is the time from the first start to the last end, which no length of
// their trace is above.
func extentOfSpans(spans []zipkin.Span) int64 {
	var e extent
	for i := range spans {
		if spans[i].Timestamp > 0 {
			e.add(&spans[i])
		}
	}
	return e.to - e.from
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
