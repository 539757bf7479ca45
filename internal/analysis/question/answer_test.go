package question_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/tracelab/internal/analysis/collect"
	"example.com/tracelab/internal/analysis/question"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/zipkin"
)

const (
	fast = 3 * time.Millisecond
	slow = 9 * time.Millisecond
	put  = "gateway get /visit > gateway put > writer put /values/{key}"
)

// finder knows sets by name.
type finder struct {
	sets  map[string][][]zipkin.Span
	cut   string
	grow  int // how often a set may grow yet
	asked []string
}

var errGone = errors.New("gone")

func (f *finder) Find(_ context.Context, text string) (*collect.Found, error) {
	f.asked = append(f.asked, text)
	traces, known := f.sets[text]
	if !known {
		return nil, errGone
	}
	found := collect.New(text, func(yield func([]zipkin.Span, error) bool) {
		for i, spans := range traces {
			if text == "torn" && i == 20 {
				yield(nil, errGone)
				return
			}
			if !yield(spans, nil) {
				return
			}
		}
	}, "nothing is in "+text)
	found.Cut = f.cut
	if f.grow > 0 {
		f.grow--
		found.Live, found.Growing = true, 2
	}
	return found, nil
}

func finding() *finder {
	end := time.Now().Add(-time.Hour)
	a, b := spantext.Visits(1, 40, end, "A", fast), spantext.Visits(1001, 40, end.Add(time.Millisecond), "B", slow)
	return &finder{sets: map[string][][]zipkin.Span{"a": a, "b": b, "both": append(a[:40:40], b...), "none": {}, "torn": b,
		"one": a[:1], "other": b[:1], "nothing": {{{TraceID: zipkin.TraceID{Low: 1}, ID: 1}}}}}
}

// unknowing explains nothing, and counts.
type unknowing struct{ executions, explanations int }

func (u *unknowing) Execution(zipkin.TraceID, []zipkin.Span) labapi.Execution {
	u.executions++
	return labapi.Execution{State: labapi.ExecutionGone}
}

func (u *unknowing) Explanation(context.Context, zipkin.TraceID, zipkin.SpanAt) (*labapi.Explanation, error) {
	u.explanations++
	return nil, errGone
}

func TestAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		q    question.Question
		kind string
		path string
	}{
		"two sets":         {question.Question{Kind: labapi.CompareSets, A: "a", B: "b"}, labapi.CompareSets, put},
		"sets of a trace":  {question.Question{Kind: labapi.CompareSets, A: "one", B: "other"}, labapi.CompareTraces, put},
		"two traces":       {question.Question{Kind: labapi.CompareTraces, A: "one", B: "other"}, labapi.CompareTraces, put},
		"the slow of both": {question.Question{Kind: labapi.CompareSlow, A: "both", Slow: 0.5}, labapi.CompareSlow, put},
		"by tag":           {question.Question{Kind: labapi.CompareTag, A: "both", Tag: "variant", Slow: 0.5}, labapi.CompareTag, ""},
	} {
		x, doing := &unknowing{}, map[string]bool{}
		w := question.World{Finder: finding(), Explainer: x, Progress: func(what string, _, _ int) { doing[what] = true }}
		c, err := w.Answer(t.Context(), test.q)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.Kind != test.kind || len(c.Sentences) == 0 || !doing["finding traces"] || !doing["explaining"] {
			t.Errorf("%s: %+v", name, c)
		}
		if test.path != "" && (c.Verdict.Path != test.path || c.StatesMissing == nil || x.executions == 0) {
			t.Errorf("%s: %+v, %+v", name, c.Verdict, c.StatesMissing)
		}
		var sum int64
		for _, row := range c.Bridge {
			sum += row.DeltaUS
		}
		if sum != c.DeltaRootUS {
			t.Errorf("%s: the rows sum to %d of %d", name, sum, c.DeltaRootUS)
		}
	}
}

// TestWhatMayGrowIsWaitedFor once, and then it is said.
func TestWhatMayGrowIsWaitedFor(t *testing.T) {
	for grow, test := range map[int]struct {
		asked  int
		warned bool
	}{0: {2, false}, 1: {4, false}, 2: {4, false}, 4: {4, true}} {
		synctest.Test(t, func(t *testing.T) {
			f := finding()
			f.grow = grow
			began := time.Now()
			c, err := question.World{Finder: f}.Answer(t.Context(), question.Question{Kind: labapi.CompareSets, A: "a", B: "b"})
			if err != nil {
				t.Fatal(err)
			}
			warned := strings.Contains(strings.Join(c.Warnings, "\n"), "2 traces of A ended less than 2 s ago")
			if waited := time.Since(began); len(f.asked) != test.asked || warned != test.warned || (waited > 0) != (grow > 0) {
				t.Errorf("%d: asked %d times in %s, %q", grow, len(f.asked), waited, c.Warnings)
			}
		})
	}
}

func TestACutSetIsSaid(t *testing.T) {
	for kind, want := range map[string]string{labapi.CompareSets: "A is not all that the search finds: its limit is 40", labapi.CompareSlow: "The set is not all that the search finds"} {
		f := finding()
		f.cut = "its limit is 40"
		q := question.Question{Kind: kind, A: "a", B: "b"}
		if kind == labapi.CompareSlow {
			q.B = ""
		}
		c, err := question.World{Finder: f}.Answer(t.Context(), q)
		if err != nil || !c.A.Cut || !c.B.Cut || !strings.Contains(strings.Join(c.Warnings, "\n"), want) {
			t.Errorf("%s: %v, %+v", kind, err, c)
		}
	}
}

// TestATraceIsOnOneSide alone, that of the smaller set: what both have says nothing of a
// difference.
func TestATraceIsOnOneSide(t *testing.T) {
	for name, test := range map[string]struct{ a, b, said string }{
		"saved again":    {"a", "both", "40 traces are in both sets, and counted in a alone."},
		"some of all":    {"both", "b", "40 traces are in both sets, and counted in b alone."},
		"nothing shared": {"a", "b", ""},
	} {
		c, err := question.World{Finder: finding()}.Answer(t.Context(), question.Question{Kind: labapi.CompareSets, A: test.a, B: test.b})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		said := strings.Join(c.Warnings, "\n")
		if c.A.N != 40 || c.B.N != 40 || c.Verdict.Path != put || !strings.Contains(said, test.said) || test.said == "" && strings.Contains(said, "in both") {
			t.Errorf("%s: %d against %d: %s, %s", name, c.A.N, c.B.N, c.Verdict.Path, said)
		}
	}
	same, err := question.World{Finder: finding()}.Answer(t.Context(), question.Question{Kind: labapi.CompareSets, A: "a", B: "a"})
	if err != nil || same.B.N != 40 {
		t.Errorf("a set with itself: %v, %+v", err, same)
	}
}

func TestWhatCannotBeCompared(t *testing.T) {
	for name, test := range map[string]struct {
		a, b string
		is   any
	}{
		"no Zipkin":        {"a", "away", errGone},
		"a torn set":       {"a", "torn", errGone},
		"an empty set":     {"a", "none", collect.ErrNothing},
		"without duration": {"a", "nothing", &question.Incomparable{}},
	} {
		_, err := question.World{Finder: finding()}.Answer(t.Context(), question.Question{Kind: labapi.CompareSets, A: test.a, B: test.b})
		var incomparable *question.Incomparable
		if target, sentinel := test.is.(error); sentinel && fmt.Sprintf("%T", target) != fmt.Sprintf("%T", incomparable) {
			if !errors.Is(err, target) || errors.As(err, &incomparable) {
				t.Errorf("%s: %v", name, err)
			}
		} else if !errors.As(err, &incomparable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (question.World{Finder: finding()}).Answer(ctx, question.Question{Kind: labapi.CompareSets, A: "a", B: "b"}); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who has gone: %v", err)
	}
}
