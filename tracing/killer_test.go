package tracing

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/openzipkin/zipkin-go/propagation/b3"
)

// killers are single-header B3 values that make zipkin-go's parser slice
// beyond their end: anybody can send them.
func killers() (all []string) {
	for n := range 120 {
		for _, h := range []string{
			strings.Repeat("a", n),
			strings.Repeat("a", 16) + "-" + strings.Repeat("a", max(0, n-17)),
			strings.Repeat("a", 32) + "-" + strings.Repeat("a", max(0, n-33)),
		} {
			if panics(h) {
				all = append(all, h)
			}
		}
	}
	return all
}

func panics(header string) (yes bool) {
	defer func() { yes = recover() != nil }()
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("b3", header)
	b3.ExtractHTTP(r)()
	return false
}

// TestWhatKillsZipkinGoIsCountedHere sends each of them to our middleware.
func TestWhatKillsZipkinGoIsCountedHere(t *testing.T) {
	all := killers()
	if len(all) == 0 {
		t.Error("zipkin-go no longer panics: say so in docs/decisions/0002")
	}
	tr, err := Start(Config{Service: "test", Sampler: "always"})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Shutdown(t.Context())
	h := Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "fine") }))
	for i, header := range all {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("b3", header)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Body.String() != "fine" || strings.Contains(w.Header().Get("traceresponse"), "aaaaaaaaaaaaaaaa") {
			t.Errorf("b3: %s: %d, in trace %s", header, w.Code, w.Header().Get("traceresponse"))
		}
		if got := tr.Counts().BadHeaders; got != uint64(i+1) {
			t.Fatalf("b3: %s: counted %d of %d", header, got, i+1)
		}
	}
	t.Logf("%d headers", len(all))
}
