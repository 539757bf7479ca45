package tracing_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/openzipkin/zipkin-go/model"
	"go.opencensus.io/trace"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/tracetest"
)

// tree is the spans of one trace from its root down, as "KIND name < KIND name",
// sorted by where they end. A parent that is not among them is "caller".
func tree(spans []model.SpanModel) (lines []string) {
	said := map[model.ID]string{}
	for _, s := range spans {
		said[s.ID] = strings.TrimSpace(string(s.Kind) + " " + s.Name)
	}
	for _, s := range spans {
		line := said[s.ID]
		if s.ParentID != nil {
			parent := said[*s.ParentID]
			if parent == "" {
				parent = "caller"
			}
			line += " < " + parent
		}
		if s.TraceID != spans[0].TraceID {
			line += " in another trace"
		}
		lines = append(lines, line)
	}
	return lines
}

// parts is a mux of a part of a program, which works under a span of its own.
func parts() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /a/{id}", func(w http.ResponseWriter, r *http.Request) {
		_, s := trace.StartSpan(r.Context(), "work")
		s.End()
		io.WriteString(w, "done")
	})
	return mux
}

// below serves all paths by h.
func below(h http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", h)
	return mux
}

// within serves h in a span of the program.
func within(h http.Handler, name string, o ...trace.StartOption) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, s := trace.StartSpan(r.Context(), name, o...)
		defer s.End()
		h.ServeHTTP(w, r.WithContext(ctx))
	})
}

const callersTrace, callersSpan = "463ac35c9f6413ad48485a3953bb6124", "a2fb4a1d1a96d312"

// TestOneRequestIsOneTrace serves a request through more than one Handler, and
// through a Handler within a span, with and without a caller's headers.
func TestOneRequestIsOneTrace(t *testing.T) {
	once := []string{"work < SERVER GET /a/{id}", "SERVER GET /a/{id}"}
	tests := []struct {
		name    string
		handler http.Handler
		path    string
		want    []string // without a caller
		inside  bool     // the caller's headers are not for the first span
	}{
		{"once", tracing.Handler(parts()), "/a/1", once, false},
		{"twice", tracing.Handler(tracing.Handler(parts())), "/a/1", once, false},
		{"three times, in a mux in a mux", tracing.Handler(below(tracing.Handler(below(tracing.Handler(parts()))))), "/a/1", once, false},
		{"twice, with a copy of the request between", tracing.Handler(http.StripPrefix("/sub", tracing.Handler(parts()))), "/sub/a/1", once, false},
		{"a mux in a mux that strips", tracing.Handler(below(http.StripPrefix("/sub", tracing.Handler(parts())))), "/sub/a/1", once, false},
		{"twice, with a time limit between", tracing.Handler(http.TimeoutHandler(tracing.Handler(parts()), time.Minute, "late")), "/a/1", once, false},
		{"twice, with a span between", tracing.Handler(within(tracing.Handler(parts()), "login")), "/a/1",
			[]string{"work < login", "login < SERVER GET /a/{id}", "SERVER GET /a/{id}"}, false},
		{"within a span", within(tracing.Handler(parts()), "job"), "/a/1",
			[]string{"work < SERVER GET /a/{id}", "SERVER GET /a/{id} < job", "job"}, true},
		{"within a server's span of other instrumentation", within(tracing.Handler(parts()), "theirs", trace.WithSpanKind(trace.SpanKindServer)), "/a/1",
			[]string{"work < GET /a/{id}", "GET /a/{id} < SERVER theirs", "SERVER theirs"}, true},
	}
	for _, test := range tests {
		for i := range 4 {
			// With rules by route the name is known at the start, from the outermost mux.
			called, sampler := i%2 == 1, []string{"always", "POST /=never; always"}[i/2]
			t.Run(fmt.Sprintf("%s, called %v, %s", test.name, called, sampler), func(t *testing.T) {
				spans := tracetest.Start(t, sampler)
				r := httptest.NewRequest("GET", test.path, nil)
				want := test.want
				if called {
					r.Header.Set("b3", callersTrace+"-"+callersSpan+"-1")
					if !test.inside {
						want = append(want[:len(want)-1:len(want)-1], want[len(want)-1]+" < caller")
					}
				}
				w := serve(test.handler, r)
				if got := tree(spans.Spans()); !reflect.DeepEqual(got, want) || w.Body.String() != "done" {
					t.Errorf("%q answered, spans %q; want %q", w.Body, got, want)
				}
				if answers := w.Header()["Traceresponse"]; len(answers) != 1 {
					t.Errorf("traceresponse %q", answers)
				}
			})
		}
	}
}

// TestAHandlerOfOneRequestCallsAnother within the process: they are two requests.
func TestAHandlerOfOneRequestCallsAnother(t *testing.T) {
	spans := tracetest.Start(t, "always")
	serve(tracing.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		serve(tracing.Handler(parts()), httptest.NewRequest("GET", "/a/1", nil).WithContext(r.Context()))
	})), httptest.NewRequest("GET", "/", nil))
	want := []string{"work < GET /a/{id}", "GET /a/{id} < SERVER GET", "SERVER GET"}
	if got := tree(spans.Spans()); !reflect.DeepEqual(got, want) {
		t.Errorf("spans %q; want %q", got, want)
	}
}

// TestTheSpanOfTheProgramIsNoParentOfItsRequests has a server's BaseContext hand on
// the span of main. Requests belong to their callers.
func TestTheSpanOfTheProgramIsNoParentOfItsRequests(t *testing.T) {
	spans := tracetest.Start(t, "always")
	ctx, main := trace.StartSpan(t.Context(), "main")
	srv := httptest.NewUnstartedServer(tracing.Handler(parts()))
	srv.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	srv.Start()
	t.Cleanup(srv.Close)
	for i, b3 := range []string{callersTrace + "-" + callersSpan + "-1", ""} {
		r := newRequest(t, srv.URL+"/a/1")
		r.Header.Set("b3", b3)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if _, err := spans.Await(t.Context(), 2*(i+1)); err != nil {
			t.Fatal(err)
		}
	}
	main.End()
	want := []string{"work < SERVER GET /a/{id}", "SERVER GET /a/{id} < caller",
		"work < SERVER GET /a/{id} in another trace", "SERVER GET /a/{id} in another trace", "main in another trace"}
	if got := tree(spans.Spans()); !reflect.DeepEqual(got, want) {
		t.Errorf("spans %q; want %q", got, want)
	}
}

// TestTransportTwice has a CLIENT span each, one below the other: what is between
// them may send a request more than once.
func TestTransportTwice(t *testing.T) {
	spans := tracetest.Start(t, "always")
	srv := httptest.NewServer(tracing.Handler(parts()))
	defer srv.Close()
	resp, err := (&http.Client{Transport: &tracing.Transport{Base: &tracing.Transport{}}}).Get(srv.URL + "/a/1")
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	srv.Close()
	byKind, roots := map[model.Kind]int{}, 0
	for _, s := range spans.Spans() {
		byKind[s.Kind]++
		if s.TraceID != spans.Spans()[0].TraceID {
			t.Errorf("%s is in another trace", s.Name)
		}
		if s.ParentID == nil {
			roots++
		}
	}
	if want := map[model.Kind]int{model.Client: 2, model.Server: 1, "": 1}; roots != 1 || !reflect.DeepEqual(byKind, want) {
		t.Errorf("%d roots, spans %v; want %v", roots, byKind, want)
	}
}
