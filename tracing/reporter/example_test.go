package reporter_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/openzipkin/zipkin-go/model"

	"example.com/tracelab/tracing/reporter"
)

// Send a span to a Zipkin server, and see that it arrived. Package tracing does
// this for the spans of OpenCensus.
func Example() {
	zipkin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Printf("%s %s\n%s\n", r.Method, r.URL.Path, body)
		w.WriteHeader(http.StatusAccepted)
	}))
	defer zipkin.Close()

	r, err := reporter.New(reporter.Config{URL: zipkin.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	r.Send(model.SpanModel{
		SpanContext:   model.SpanContext{TraceID: model.TraceID{Low: 1}, ID: 2},
		Name:          "GET /price",
		Kind:          model.Server,
		Timestamp:     time.Unix(1_700_000_000, 0),
		Duration:      3 * time.Millisecond,
		LocalEndpoint: &model.Endpoint{ServiceName: "shop"},
	})
	if err := r.Shutdown(context.Background()); err != nil {
		fmt.Println("not all spans were sent in time:", err)
	}
	s := r.Stats()
	fmt.Println(s.Accepted, "accepted,", s.Delivered, "delivered")
	// Output:
	// POST /api/v2/spans
	// [{"traceId":"0000000000000001","id":"0000000000000002","kind":"SERVER","name":"get /price","timestamp":1700000000000000,"duration":3000,"localEndpoint":{"serviceName":"shop"}}]
	// 1 accepted, 1 delivered
}

// A span that the queue has no room for is dropped, and counted.
func ExampleReporter_Stats() {
	r, err := reporter.New(reporter.Config{URL: "http://localhost:9411", MaxSpans: -1, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	r.Send(model.SpanModel{SpanContext: model.SpanContext{TraceID: model.TraceID{Low: 1}, ID: 2}})
	fmt.Println(r.Stats().Dropped[reporter.DroppedQueueFull])
	// Output: 1
}
