package logging_test

import (
	"bytes"
	"strings"
	"testing"

	"go.opencensus.io/trace"

	"example.com/tracelab/internal/logging"
)

func TestLogger(t *testing.T) {
	ctx, span := trace.StartSpan(t.Context(), "request")
	defer span.End()
	for format, want := range map[string]string{
		"text": "msg=said service=writer word=x trace_id=" + span.SpanContext().TraceID.String() + " span_id=" + span.SpanContext().SpanID.String(),
		"json": `"msg":"said","service":"writer","word":"x","trace_id":"` + span.SpanContext().TraceID.String() + `"`,
	} {
		var out bytes.Buffer
		logger, err := logging.Config{Level: logging.Level{LogLevel: "info"}, LogFormat: format}.New(&out, "writer")
		if err != nil {
			t.Fatal(err)
		}
		logger.DebugContext(ctx, "not said")
		logger.With("word", "x").InfoContext(ctx, "said")
		if got := out.String(); !strings.Contains(got, want) || strings.Contains(got, "not said") {
			t.Errorf("%s: %s; want %s", format, got, want)
		}
		logger.Info("without a span")
		if strings.Count(out.String(), "trace_id") != 1 {
			t.Errorf("%s: %s", format, &out)
		}
	}
	if _, err := (logging.Config{Level: logging.Level{LogLevel: "loud"}, LogFormat: "text"}).New(&bytes.Buffer{}, "writer"); err == nil {
		t.Error("a level that is none")
	}
}
