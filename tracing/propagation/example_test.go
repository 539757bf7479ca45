package propagation_test

import (
	"context"
	"fmt"
	"net/http"

	"go.opencensus.io/trace"

	"example.com/tracelab/tracing/propagation"
)

// A server reads who called it, whichever of the formats the caller writes.
func ExampleExtract() {
	h := http.Header{}
	h.Set("traceparent", "00-463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-01")
	sc, ok := propagation.Extract(h)
	fmt.Println(sc.TraceID, sc.SpanID, sc.IsSampled(), ok)
	// Output: 463ac35c9f6413ad48485a3953bb6124 a2fb4a1d1a96d312 true true
}

// A client of other people's servers lets them join the trace, and keeps its
// baggage to itself.
func ExamplePolicy_Inject() {
	ctx := propagation.ContextWithBaggage(context.Background(), "attendee=ann")
	sc, _ := propagation.ParseB3("463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-1")
	h := http.Header{}
	propagation.NoBaggage.Inject(ctx, sc, h)
	fmt.Println(h.Get("X-B3-TraceId"), h.Get("X-B3-SpanId"), h.Get("X-B3-Sampled"))
	fmt.Println(h.Get("traceparent"))
	fmt.Printf("%q\n", h.Get("baggage"))
	// Output:
	// 463ac35c9f6413ad48485a3953bb6124 a2fb4a1d1a96d312 1
	// 00-463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-01
	// ""
}

// A message in a queue carries the trace in two strings.
func ExampleFormatB3() {
	type message struct{ B3, Baggage string }

	send := func(ctx context.Context, sc trace.SpanContext) message {
		return message{propagation.FormatB3(sc), propagation.BaggageHeader(ctx)}
	}
	receive := func(m message) {
		ctx := propagation.ContextWithBaggage(context.Background(), m.Baggage)
		attendee, _ := propagation.Baggage(ctx, "attendee")
		sc, ok := propagation.ParseB3(m.B3) // for trace.StartSpanWithRemoteParent
		fmt.Println(attendee, sc.SpanID, ok)
	}

	ctx := propagation.ContextWithBaggage(context.Background(), "attendee=ann")
	sc := trace.SpanContext{TraceID: trace.TraceID{15: 1}, SpanID: trace.SpanID{7: 2}, TraceOptions: propagation.Sampled}
	receive(send(ctx, sc))
	// Output: ann 0000000000000002 true
}

func ExampleWithBaggage() {
	ctx, err := propagation.WithBaggage(context.Background(), "attendee", "Ann B.")
	if err != nil {
		fmt.Println(err)
		return
	}
	value, _ := propagation.Baggage(ctx, "attendee")
	fmt.Printf("%s, sent as %s\n", value, propagation.BaggageHeader(ctx))
	// Output: Ann B., sent as attendee=Ann%20B.
}
