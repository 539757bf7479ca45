package why_test

import (
	"context"
	"net"
	"net/http"
	"testing"
	"time"

	octrace "go.opencensus.io/trace"

	"example.com/tracelab/internal/zipkin"
)

// wrapped is a RoundTripper that net/http does not know: it then ends calls in time by
// a goroutine of its own.
type wrapped struct{ http.RoundTripper }

// TestACallThatTimesOut waited for the network until its time was over, whoever ended it.
func TestACallThatTimesOut(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0") // its system accepts, and nobody answers
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	const enough = 100 * time.Millisecond
	for name, client := range map[string]*http.Client{
		"by net/http's goroutine": {Transport: wrapped{&http.Transport{}}, Timeout: enough},
		"by a context":            {Transport: &http.Transport{}, Timeout: enough},
		"by a timer":              {Transport: &http.Transport{ResponseHeaderTimeout: enough}},
	} {
		t.Run(name, func(t *testing.T) {
			var id zipkin.TraceID
			tr := record(t, func(ctx context.Context) {
				ctx, span := octrace.StartSpan(ctx, "GET")
				defer span.End()
				id = traceID(span)
				req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+ln.Addr().String(), nil)
				if err != nil {
					t.Fatal(err)
				}
				if resp, err := client.Do(req); err == nil {
					resp.Body.Close()
					t.Error("it is answered")
				}
			})
			x := explain(t, id, tr)
			if x.Cause == nil || x.Cause.State != "network" || x.Cause.Ms < 80 {
				t.Errorf("the cause is %+v, of %+v", x.Cause, x.States)
			}
		})
	}
}
