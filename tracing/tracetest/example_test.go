package tracetest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.opencensus.io/trace"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/tracetest"
)

// price is what is to be tested.
func price(ctx context.Context) {
	_, span := trace.StartSpan(ctx, "price")
	defer span.End()
	span.AddAttributes(trace.StringAttribute("currency", "EUR"))
}

// In a test, Start records the spans of what the test calls.
func ExampleStart() {
	test := func(t *testing.T) {
		spans := tracetest.Start(t, "always")
		price(t.Context())
		if s, ok := spans.Named("price"); !ok || s.Tags["currency"] != "EUR" {
			t.Errorf("the span is %+v", s)
		}
	}
	_ = test // go test runs it
}

// A server's span ends after its client has the answer: Await waits for it.
func ExampleRecorder_Await() {
	var spans tracetest.Recorder
	provider, err := tracing.Start(tracing.Config{Service: "shop", Reporter: &spans})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer provider.Shutdown(context.Background())
	server := httptest.NewServer(tracing.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
	defer server.Close()
	resp, err := http.Get(server.URL + "/price")
	if err != nil {
		fmt.Println(err)
		return
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	all, err := spans.Await(ctx, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(all[0].Kind, all[0].Tags["http.path"])
	// Output: SERVER /price
}
