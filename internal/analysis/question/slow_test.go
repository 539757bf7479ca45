package question_test

import (
	"context"
	"testing"

	"example.com/tracelab/internal/analysis/question"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// knowing explains every trace: its write was in sync for as long as the gateway's span took.
type knowing map[zipkin.TraceID]int64

func (knowing) Execution(zipkin.TraceID, []zipkin.Span) labapi.Execution {
	return labapi.Execution{State: labapi.ExecutionStored}
}

func (k knowing) Explanation(_ context.Context, id zipkin.TraceID, _ zipkin.SpanAt) (*labapi.Explanation, error) {
	return &labapi.Explanation{Execution: labapi.Execution{State: labapi.ExecutionKnown},
		States: []labapi.StateTime{{Service: "writer", SpanID: "0000000000000003", State: "sync", US: k[id]}}}, nil
}

// TestSlowOnesAreExplainedBesideTheRest: of which are the slow ones, by their durations.
func TestSlowOnesAreExplainedBesideTheRest(t *testing.T) {
	f, k := finding(), knowing{}
	for _, spans := range f.sets["both"] {
		k[spans[0].TraceID] = spans[0].Duration
	}
	c, err := question.World{Finder: f, Explainer: k}.Answer(t.Context(), question.Question{Kind: labapi.CompareSlow, A: "both", Slow: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.States) != 1 || c.States[0].AUS > 5_000 || c.States[0].BUS < 8_000 || c.StatesMissing.ExplainedA != 5 || c.StatesMissing.ExplainedB != 5 {
		t.Errorf("%+v, %+v", c.States, c.StatesMissing)
	}
}
