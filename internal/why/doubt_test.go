package why_test

import (
	"context"
	"strings"
	"testing"
	"time"

	octrace "go.opencensus.io/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/zipkin"
)

// TestDoubt has a part of the execution trace lost, at some time: what is read from there
// is said to be doubtful, and nothing else is.
func TestDoubt(t *testing.T) {
	var id zipkin.TraceID
	tr := record(t, func(ctx context.Context) {
		_, root := octrace.StartSpan(ctx, "buy")
		id = traceID(root)
		time.Sleep(50 * ms) // what is recorded
		root.End()
		time.Sleep(2 * ms) // so that there is a time after it
	})
	task, ok := tr.Task(tr.SpansOf(id.Bytes())[0].Task)
	if !ok {
		t.Fatal("the span is no task")
	}
	for name, test := range map[string]struct {
		from, to exectrace.Time
		doubtful bool
	}{
		"nothing":                 {0, 0, false},
		"states are not affected": {task.Start.Add(20 * ms), task.Start.Add(20 * ms), false},
		"in the middle of it":     {task.Start.Add(20 * ms), task.Start.Add(21 * ms), true},
		"all of it":               {tr.Start, tr.End, true},
		"before it":               {tr.Start, task.Start - 1, false},
		"after it":                {task.End + 1, tr.End, false},
	} {
		t.Run(name, func(t *testing.T) {
			tr.Lost = []exectrace.Loss{{Offset: 100, Size: 7, From: test.from, To: test.to}}
			a := explain(t, id, tr)
			if a.Cause == nil || a.Cause.Doubtful != test.doubtful {
				t.Errorf("the cause is %+v", a.Cause)
			}
			of := int64(0)
			for _, s := range a.States {
				of += s.DoubtfulUS
			}
			if of != a.DoubtfulUS || test.doubtful != (a.DoubtfulUS > 40_000) || !test.doubtful && a.DoubtfulUS != 0 {
				t.Errorf("%d µs of %d are doubtful, by states %d", a.DoubtfulUS, a.TotalUS, of)
			}
			first, third := a.Sentences[0], a.Sentences[2]
			if strings.Contains(first, "That may be wrong: ") != test.doubtful || strings.Contains(third, " of it may be wrong, ") != test.doubtful {
				t.Errorf("it says %q and %q", first, third)
			}
		})
	}
}
