package collect_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"example.com/tracelab/internal/analysis/collect"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// TestWhole is of a request that ended when the trace is asked for, whose spans come later.
func TestWhole(t *testing.T) {
	const ms = time.Millisecond
	for name, test := range map[string]struct {
		root, child time.Duration // when each of the two spans comes; zero: never
		ended       time.Duration // how long ago that was
		spans       int
		growing     bool
		within      time.Duration
	}{
		"all is there":               {1, 1, 0, 2, false, 100 * ms},
		"nothing is there yet":       {450 * ms, 450 * ms, 0, 2, false, 600 * ms},
		"nothing ever is":            {0, 0, 0, 0, false, time.Second},
		"the root comes late":        {950 * ms, 50 * ms, 0, 2, false, 1100 * ms},
		"the root never comes":       {0, 50 * ms, 0, 1, false, 2 * time.Second},
		"a child comes with others":  {50 * ms, 150 * ms, 0, 2, false, 300 * ms},
		"it ended before":            {1, 0, time.Minute, 1, false, 0},
		"it ended before, in pieces": {0, 1, time.Minute, 1, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				at := began.Add(-test.ended).UnixMicro() - 1000
				spans, growing, err := collect.Whole(t.Context(), func(context.Context) (all []zipkin.Span, err error) {
					since := time.Since(began) + 1
					if test.root > 0 && since >= test.root {
						all = append(all, zipkin.Span{ID: 1, Timestamp: at, Duration: 1000})
					}
					if test.child > 0 && since >= test.child {
						all = append(all, zipkin.Span{ID: 2, ParentID: 1, Timestamp: at + 1, Duration: 10})
					}
					if len(all) == 0 {
						err = zipkinapi.ErrNotFound
					}
					return all, err
				})
				if len(spans) != test.spans || growing != test.growing || errors.Is(err, zipkinapi.ErrNotFound) != (test.spans == 0) || time.Since(began) != test.within {
					t.Errorf("%d spans, growing %t, after %s, %v", len(spans), growing, time.Since(began), err)
				}
			})
		})
	}
}

// TestWholeOfWhatGoesOn is of a trace that has a new span whenever it is read.
func TestWholeOfWhatGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, all := time.Now(), []zipkin.Span(nil)
		spans, growing, err := collect.Whole(t.Context(), func(context.Context) ([]zipkin.Span, error) {
			all = append(all, zipkin.Span{ID: zipkin.SpanID(len(all) + 1), Timestamp: time.Now().UnixMicro() - 10, Duration: 10})
			return all, nil
		})
		if !growing || len(spans) != len(all) || time.Since(began) != collect.Settled || err != nil {
			t.Errorf("%d spans, growing %t, after %s, %v", len(spans), growing, time.Since(began), err)
		}
	})
}

// TestWholeEnds with the patience of who asks, and with what else goes wrong.
func TestWholeEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	_, _, err := collect.Whole(ctx, func(context.Context) ([]zipkin.Span, error) {
		cancel()
		return nil, zipkinapi.ErrNotFound
	})
	broken := errors.New("broken")
	_, _, other := collect.Whole(t.Context(), func(context.Context) ([]zipkin.Span, error) { return nil, broken })
	if !errors.Is(err, context.Canceled) || other != broken {
		t.Errorf("%v, %v", err, other)
	}
}
