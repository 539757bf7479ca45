package clients

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/tracetest"
)

// TestOurTracesAreReadByMicrometer shows why a trace that begins with us has no
// flag for random ids: Micrometer over Brave reads a traceparent with it as none.
func TestOurTracesAreReadByMicrometer(t *testing.T) {
	const ids = "00-" + long128 + "-" + aSpan + "-"
	tracetest.Start(t, "always")
	var ours http.Header
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { ours = r.Header }))
	defer srv.Close()
	resp, err := (&http.Client{Transport: &tracing.Transport{}}).Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	micrometer := clients[slices.IndexFunc(clients, func(c client) bool { return c.name == "micrometer" })]
	var lines strings.Builder
	write := json.NewEncoder(&lines)
	sent := []string{ours.Get("traceparent"), ids + "00", ids + "01", ids + "02", ids + "03"}
	for _, parent := range sent {
		if err := write.Encode(map[string]string{"traceparent": parent}); err != nil {
			t.Fatal(err)
		}
	}
	out, err := micrometer.start(t, micrometer.install(t), lines.String(), "extract")
	if err != nil {
		t.Fatal(err)
	}
	read := strings.Split(strings.TrimSpace(out), "\n")
	if len(read) != len(sent) {
		t.Fatalf("it answers %q", out)
	}
	for i, joined := range []bool{true, true, true, false, false} {
		if strings.Contains(read[i], sent[i][3:35]) != joined {
			t.Errorf("%s: it reads %s; want that it joins: %v", sent[i], read[i], joined)
		}
	}
}
