package collect

import (
	"context"
	"errors"
	"slices"
	"time"

	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

const (
	// arriving is for how long a trace of which no span has come is asked for.
	arriving = time.Second
	// again is after how long a trace is read again that may not be whole.
	again = 100 * time.Millisecond
)

// Whole reads a trace until it has stopped growing: who made a request has its id sooner
// than a server has its spans. One of which there is no span, which read says by
// zipkinapi.ErrNotFound, is asked for for a second. One that ended lately is read again until
// nothing has come meanwhile and no parent is missing, until it is Settled; growing says that
// spans of it may come yet all the same.
func Whole(ctx context.Context, read func(context.Context) ([]zipkin.Span, error)) (spans []zipkin.Span, growing bool, err error) {
	began := time.Now()
	for before := -1; ; before = len(spans) {
		spans, err = read(ctx)
		waited := time.Since(began)
		switch {
		case errors.Is(err, zipkinapi.ErrNotFound):
			if waited >= arriving {
				return nil, false, err
			}
		case err != nil || !endedLately(spans) || len(spans) == before && !lacksParents(spans):
			return spans, false, err
		case waited >= Settled:
			return spans, true, nil
		}
		select {
		case <-ctx.Done():
			return nil, false, context.Cause(ctx)
		case <-time.After(again):
		}
	}
}

// GrowingWarning is for people who are shown a trace that may grow.
const GrowingWarning = "Spans of this trace may come yet: ask again."

func lacksParents(spans []zipkin.Span) bool {
	return slices.ContainsFunc(zipkin.LocalRoots(spans), func(s *zipkin.Span) bool { return s.ParentID != 0 })
}
