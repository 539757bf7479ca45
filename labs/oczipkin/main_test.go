package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"example.com/tracelab/internal/zipkin"

	"github.com/alicebob/miniredis/v2"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/zipkinapi"
)

// TestTenRounds runs the whole program before a Zipkin, a Redis and a target,
// and reads the trace that it left.
func TestTenRounds(t *testing.T) {
	zipkin, reported := zipkinServer(t)
	redis := miniredis.RunT(t)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }))
	defer target.Close()

	var stdout bytes.Buffer
	err := run(t.Context(), []string{"-zipkin", zipkin + "/api/v2/spans", "-redis", redis.Addr(), "-url", target.URL, "-before", "0s", "-after", "0s"},
		&stdout, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := redis.Get(target.URL); got != "200 OK" {
		t.Errorf("Redis has %q (%v), want 200 OK", got, err)
	}

	spans := oneTrace(t, reported)
	if link := zipkin + "/zipkin/traces/" + spans[0].TraceID.String(); !strings.Contains(stdout.String(), link) {
		t.Errorf("printed %q, want the link %s", stdout.String(), link)
	}
	root := root(t, spans)
	names := map[string]int{}
	for _, span := range spans {
		names[span.Name]++
		if span.Local.ServiceName != "oc-zipkin" {
			t.Errorf("%s is of the service %q, want oc-zipkin", span.Name, span.Local.ServiceName)
		}
		if failed, ok := span.Tag("error"); ok {
			t.Errorf("%s failed: %s", span.Name, failed)
		}
		if span.Name == "main" {
			continue
		}
		if span.ParentID != root.ID {
			t.Errorf("%s has the parent %s, want main's %s", span.Name, span.ParentID, root.ID)
		}
		if span.Timestamp < root.Timestamp || span.Timestamp+span.Duration > root.Timestamp+root.Duration+2 { // each is rounded to a µs
			t.Errorf("%s lies outside of main", span.Name)
		}
		if span.Name == "httprequest" {
			expectAnswer(t, span, "HTTP Response Status Code:200 OK", "200")
		}
	}
	// zipkin-go writes names in lower case.
	if names["main"] != 1 || names["httprequest"] != 10 || names["rediswrite"] != 10 || len(spans) != 21 {
		t.Errorf("%d spans: %v; want main, and httprequest and rediswrite ten times", len(spans), names)
	}
}

// TestAFailureIsInTheTrace: what went before it, too.
func TestAFailureIsInTheTrace(t *testing.T) {
	zipkin, reported := zipkinServer(t)
	redis := miniredis.RunT(t)
	redis.SetError("ERR the disk is full")
	target := httptest.NewServer(http.NotFoundHandler())
	defer target.Close()

	err := run(t.Context(), []string{"-zipkin", zipkin + "/api/v2/spans", "-redis", redis.Addr(), "-url", target.URL, "-before", "0s", "-after", "0s"},
		io.Discard, io.Discard)
	for _, want := range []string{target.URL, redis.Addr(), "the disk is full", "-redis"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one that says %q", err, want)
		}
	}
	spans := oneTrace(t, reported)
	if len(spans) != 3 {
		t.Errorf("%d spans, want main, httprequest and rediswrite", len(spans))
	}
	for _, span := range spans {
		failed, marked := span.Tag("error")
		if marked != (span.Name != "httprequest") {
			t.Errorf("%s has the tag error %t (%s); the other side's 404 is no failure, Redis is", span.Name, marked, failed)
		}
		if span.Name == "httprequest" {
			expectAnswer(t, span, "HTTP Response Status Code:404 Not Found", "404")
		}
	}
}

func TestLostSpansAreAnError(t *testing.T) {
	full := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	defer full.Close()
	var stderr bytes.Buffer
	err := run(t.Context(), []string{"-zipkin", full.URL + "/api/v2/spans", "-rounds", "0"}, io.Discard, &stderr)
	if err == nil || !strings.Contains(err.Error(), "503") || !strings.Contains(err.Error(), "-zipkin") {
		t.Errorf("error %v, want one that says 503 and names -zipkin", err)
	}
	for _, bad := range []string{"", "localhost:9411", "http://"} {
		err := run(t.Context(), []string{"-zipkin", bad}, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), "-zipkin") {
			t.Errorf("-zipkin %q: error %v, want one that names -zipkin", bad, err)
		}
	}
}

// zipkinServer takes spans as Zipkin does, until the test ends.
func zipkinServer(t *testing.T) (url string, reported *store.Store) {
	reported = store.New(store.Config{})
	server := httptest.NewServer(zipkinapi.NewServer(reported, zipkinapi.Options{}))
	t.Cleanup(server.Close)
	return server.URL, reported
}

func oneTrace(t *testing.T, reported *store.Store) []zipkin.Span {
	t.Helper()
	traces := slices.Collect(reported.All())
	if len(traces) != 1 {
		t.Fatalf("%d traces, want 1", len(traces))
	}
	return traces[0]
}

func root(t *testing.T, spans []zipkin.Span) zipkin.Span {
	t.Helper()
	i := slices.IndexFunc(spans, func(s zipkin.Span) bool { return s.ParentID == 0 })
	if i < 0 || spans[i].Name != "main" {
		t.Fatalf("no span main without a parent in %v", spans)
	}
	return spans[i]
}

func expectAnswer(t *testing.T, span zipkin.Span, annotation, code string) {
	t.Helper()
	if len(span.Annotations) != 1 || span.Annotations[0].Value != annotation {
		t.Errorf("%s has the annotations %v, want %q", span.Name, span.Annotations, annotation)
	}
	if got, _ := span.Tag("URL Response Code"); got != code {
		t.Errorf("%s has the tag URL Response Code %q, want %s", span.Name, got, code)
	}
}
