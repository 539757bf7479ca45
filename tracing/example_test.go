package tracing_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"go.opencensus.io/trace"

	"example.com/tracelab/tracing"
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
