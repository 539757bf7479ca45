package tracing_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/openzipkin/zipkin-go/model"
	"go.opencensus.io/trace"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/propagation"
	"example.com/tracelab/tracing/tracetest"
)

// TestATimeoutOfTheClient gives up on a server that hangs, in each of the ways
// that net/http takes a request back.
func TestATimeoutOfTheClient(t *testing.T) {
	spans := tracetest.Start(t, "always")
	hung, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer hung.Close()
	client := &http.Client{Transport: &tracing.Transport{Base: &http.Transport{}}, Timeout: time.Millisecond}
	for range 50 {
		if _, err := client.Get("http://" + hung.Addr().String()); err == nil {
			t.Fatal("it answered")
		}
		if s := only(t, spans); s.Tags["error"] != "DEADLINE_EXCEEDED" {
			t.Fatalf("tags %v", s.Tags)
		}
	}
}

// TestTheEndOfTheContextIsTheCause has a transport fail, and a body break off,
// with an error that does not say why.
func TestTheEndOfTheContextIsTheCause(t *testing.T) {
	spans := tracetest.Start(t, "always")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	for want, ctx := range map[string]context.Context{"CANCELLED": gone, "DEADLINE_EXCEEDED": late, "UNKNOWN": t.Context()} {
		vague := errors.New("net/http: request canceled")
		r := httptest.NewRequest("GET", "http://host/", nil).WithContext(ctx)
		transport := &tracing.Transport{Base: roundTrip(func(*http.Request) (*http.Response, error) { return nil, vague })}
		transport.RoundTrip(r)
		if s := only(t, spans); s.Tags["error"] != want {
			t.Errorf("%s: tags %v", want, s.Tags)
		}
		resp, err := (&tracing.Transport{Base: failing{vague}}).RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		io.ReadAll(resp.Body)
		if s := only(t, spans); s.Tags["error"] != want {
			t.Errorf("%s while reading: tags %v", want, s.Tags)
		}
	}
}

func TestPropagationNoneSendsNothing(t *testing.T) {
	spans := tracetest.Start(t, "always")
	var sent http.Header
	transport := &tracing.Transport{Propagation: propagation.None, Base: roundTrip(func(r *http.Request) (*http.Response, error) {
		sent = r.Header
		return answering("").RoundTrip(r)
	})}
	ctx, root := trace.StartSpan(propagation.ContextWithBaggage(t.Context(), "attendee=ann"), "root")
	r := newRequest(t, "http://host/").WithContext(ctx)
	for _, name := range []string{"b3", "X-B3-TraceId", "X-B3-SpanId", "X-B3-ParentSpanId", "X-B3-Sampled", "X-B3-Flags",
		"traceparent", "tracestate", "baggage", "Accept"} {
		r.Header.Set(name, "as a proxy hands it on")
	}
	resp, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	root.End()
	if len(sent) != 1 || sent.Get("Accept") == "" {
		t.Errorf("sent %v", sent)
	}
	if len(r.Header) != 10 {
		t.Errorf("the caller's request lost headers: %v", r.Header)
	}
	all := spans.Take()
	if len(all) != 2 || all[0].Kind != model.Client || *all[0].ParentID != all[1].ID {
		t.Errorf("the spans are %+v", all)
	}
}

type closer struct {
	answering
	closed *int
}

func (c closer) CloseIdleConnections() { *c.closed++ }

func TestIdleConnectionsAreClosed(t *testing.T) {
	closed := 0
	(&http.Client{Transport: &tracing.Transport{Base: closer{closed: &closed}}}).CloseIdleConnections()
	(&http.Client{Transport: &tracing.Transport{Base: answering("")}}).CloseIdleConnections() // which has none
	if closed != 1 {
		t.Errorf("closed %d times", closed)
	}
}

// TestAPanicEndsTheSpan has what a Transport calls panic, and end its goroutine.
func TestAPanicEndsTheSpan(t *testing.T) {
	spans := tracetest.Start(t, "always")
	for name, transport := range map[string]*tracing.Transport{
		"a RoundTripper that panics":             {Base: roundTrip(func(*http.Request) (*http.Response, error) { panic("x") })},
		"a RoundTripper that ends its goroutine": {Base: roundTrip(func(*http.Request) (*http.Response, error) { runtime.Goexit(); return nil, nil })},
		"a Peer that panics":                     {Peer: func(*http.Request) string { panic("x") }},
	} {
		thrown, r := make(chan any), newRequest(t, "http://host/")
		go func() {
			defer func() { thrown <- recover() }()
			transport.RoundTrip(r)
			t.Errorf("%s: RoundTrip returned", name)
		}()
		if got, want := <-thrown, strings.HasSuffix(name, "panics"); (got == "x") != want {
			t.Errorf("%s: %v came out", name, got)
		}
		if s := only(t, spans); s.Kind != model.Client || s.Tags["error"] != "INTERNAL" {
			t.Errorf("%s: the span is %+v", name, s)
		}
	}
}
