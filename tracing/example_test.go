package tracing_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/openzipkin/zipkin-go/model"
	"go.opencensus.io/trace"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/propagation"
	"example.com/tracelab/tracing/tracetest"
)

// Instrument your service in ten lines. A real one names its Zipkin in
// ZipkinURL; this one records, to show what comes out.
func Example() {
	var spans tracetest.Recorder
	provider, err := tracing.Start(tracing.Config{Service: "shop", Sampler: "always", Reporter: &spans})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /price/{item}", func(w http.ResponseWriter, r *http.Request) {
		_, span := trace.StartSpan(r.Context(), "compute")
		defer span.End()
		span.AddAttributes(trace.StringAttribute("currency", "EUR"))
		io.WriteString(w, "42")
	})
	server := httptest.NewServer(tracing.Handler(mux))

	client := http.Client{Transport: &tracing.Transport{Peer: func(*http.Request) string { return "shop" }}}
	resp, err := client.Get(server.URL + "/price/tea")
	if err != nil {
		fmt.Println(err)
		return
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	server.Close() // its spans have ended then
	provider.Shutdown(context.Background())

	for _, name := range []string{"GET", "GET /price/{item}", "compute"} {
		s, _ := spans.Named(name)
		fmt.Printf("%s %q %s\n", s.Kind, s.Name, s.Tags["http.status_code"]+s.Tags["currency"])
	}
	// Output:
	// CLIENT "GET" 200
	// SERVER "GET /price/{item}" 200
	//  "compute" EUR
}

// A sampler can be changed while the process runs.
func ExampleProvider_SetSampler() {
	provider, err := tracing.Start(tracing.Config{Service: "shop", Sampler: "always", Reporter: &tracetest.Recorder{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer provider.Shutdown(context.Background())
	sampler, err := tracing.ParseSampler("GET /healthz=never; POST /orders=5/s; 0.1")
	if err != nil {
		fmt.Println(err)
		return
	}
	provider.SetSampler(sampler)
	fmt.Println(provider.Sampler())
	// Output: GET /healthz=never; POST /orders=5/s; 0.1
}

// Other people's servers may join the trace, and get no baggage.
func ExampleTransport() {
	provider, err := tracing.Start(tracing.Config{Service: "shop", Reporter: &tracetest.Recorder{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer provider.Shutdown(context.Background())
	weather := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sc, ok := propagation.Extract(r.Header)
		fmt.Printf("sampled %v, readable %v, baggage %q\n", sc.IsSampled(), ok, r.Header.Get("baggage"))
	}))
	defer weather.Close()
	client := &http.Client{Transport: &tracing.Transport{
		Peer:        func(*http.Request) string { return "weather" },
		Propagation: propagation.NoBaggage,
		Connections: true,
	}}
	ctx := propagation.ContextWithBaggage(context.Background(), "attendee=ann")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, weather.URL, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	resp, err := client.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	resp.Body.Close()
	// Output: sampled true, readable true, baggage ""
}

// Rules for two routes, and a fraction of all other traces.
func ExampleParseSampler() {
	if _, err := tracing.ParseSampler("GET /healthz=never; POST /orders=5/s; 0.1"); err != nil {
		fmt.Println(err)
	}
	_, err := tracing.ParseSampler("10%")
	fmt.Println(err)
	// Output: sampler "10%": "10%" is no decision: want always, never, a fraction such as 0.1, a rate such as 5/s, or rules for routes before one for the rest: GET /visit=0.1; POST /visits=5/s; always
}

// A queue has two spans that OpenCensus has no kind for.
func ExampleKind() {
	var spans tracetest.Recorder
	provider, err := tracing.Start(tracing.Config{Service: "shop", Reporter: &spans})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer provider.Shutdown(context.Background())
	_, span := trace.StartSpan(context.Background(), "publish order")
	span.AddAttributes(tracing.Kind(model.Producer), tracing.Peer("orders-queue"))
	span.End()
	s := spans.Spans()[0]
	fmt.Println(s.Kind, s.Name, "to", s.RemoteEndpoint.ServiceName)
	// Output: PRODUCER publish order to orders-queue
}

// An error is the span's status: a deadline has another one than a failure.
func ExampleSetError() {
	var spans tracetest.Recorder
	provider, err := tracing.Start(tracing.Config{Service: "shop", Reporter: &spans})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer provider.Shutdown(context.Background())
	_, span := trace.StartSpan(context.Background(), "price")
	tracing.SetError(span, fmt.Errorf("price of tea: %w", context.DeadlineExceeded))
	span.End()
	fmt.Println(spans.Spans()[0].Tags["error"])
	// Output: DEADLINE_EXCEEDED
}

// Where every span is, at any moment.
func ExampleProvider_Stats() {
	provider, err := tracing.Start(tracing.Config{Service: "shop", Reporter: &tracetest.Recorder{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer provider.Shutdown(context.Background())
	ctx, done := trace.StartSpan(context.Background(), "done")
	_, open := trace.StartSpan(ctx, "open")
	defer open.End()
	done.End()
	s := provider.Stats()
	fmt.Println(s.Started, "started,", s.Open, "open,", s.Delivered, "delivered")
	// Output: 2 started, 1 open, 1 delivered
}
