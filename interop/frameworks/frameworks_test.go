// Package frameworks serves by frameworks and libraries of others, with tracing and
// without, and compares.
//
// They ask an http.ResponseWriter and the body of a response for more than their
// interfaces have, each in its own way. With tracing each must do what it does
// without, and the spans must say what happened.
package frameworks

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/openzipkin/zipkin-go/model"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/tracetest"
)

// test is one library: what it serves, and what a client does with that.
type test struct {
	serve func(*world) http.Handler
	ask   func(t *testing.T, w *world, url string) string // what the client saw
	// spans are those of a traced exchange, as line has them, sorted.
	spans []string
}

// world is what is around a handler and its client, with tracing or without.
type world struct {
	handler   func(http.Handler) http.Handler
	transport http.RoundTripper
	ended     chan string // what a handler says at its end
}

func (w *world) client() *http.Client { return &http.Client{Transport: w.transport} }

// end waits for a handler.
func (w *world) end() string { return <-w.ended }

func plain() *world {
	return &world{func(h http.Handler) http.Handler { return h }, &http.Transport{}, make(chan string, 1)}
}

func traced() *world {
	return &world{tracing.Handler, &tracing.Transport{Base: &http.Transport{}}, make(chan string, 1)}
}

// exchange serves one request.
func exchange(t *testing.T, test test, w *world) string {
	t.Helper()
	srv := httptest.NewUnstartedServer(test.serve(w))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // x/net's h2c writes on a connection that it has taken over
	srv.Config.Protocols = new(http.Protocols)
	srv.Config.Protocols.SetHTTP1(true)
	srv.Config.Protocols.SetUnencryptedHTTP2(true)
	srv.Start()
	defer srv.Close()
	defer w.client().CloseIdleConnections()
	return test.ask(t, w, srv.URL)
}

func run(t *testing.T, tests map[string]test) {
	t.Helper()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			want := exchange(t, test, plain())
			spans := tracetest.Start(t, "always")
			if got := exchange(t, test, traced()); got != want {
				t.Errorf("with tracing the client saw\n%s\nand without\n%s", got, want)
			}
			all, err := spans.Await(t.Context(), len(test.spans))
			if err != nil {
				t.Error(err)
			}
			if got := lines(all); !slices.Equal(got, test.spans) {
				t.Errorf("the spans are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.spans, "\n"))
			}
		})
	}
}

// lines are spans as "SERVER name status error".
func lines(spans []model.SpanModel) (all []string) {
	for _, s := range spans {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", s.Kind, s.Name, s.Tags["http.status_code"], s.Tags["error"])))
	}
	slices.Sort(all)
	return all
}

// get reads a response to its end, and shows it with the headers that depend on how
// it was written.
func get(path string, headers ...string) func(*testing.T, *world, string) string {
	return func(t *testing.T, w *world, url string) string {
		t.Helper()
		r, err := http.NewRequest("GET", url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		resp, err := w.client().Do(r)
		if err != nil {
			return err.Error()
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		return fmt.Sprintln(resp.Proto, resp.Status, resp.ContentLength, resp.Header["Content-Type"], resp.Header["Content-Encoding"],
			resp.TransferEncoding, resp.Trailer, resp.Close, err) + fmt.Sprintf("%.100q", body)
	}
}

// leave reads the beginning of a stream, leaves, and waits for the handler to say
// that it knows.
func leave(path string) func(*testing.T, *world, string) string {
	return func(t *testing.T, w *world, url string) string {
		t.Helper()
		resp, err := w.client().Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		begin := make([]byte, 5)
		_, err = io.ReadFull(resp.Body, begin)
		resp.Body.Close()
		return fmt.Sprintf("%s %v %q %v, then %s", resp.Status, resp.Header["Content-Type"], begin, err, w.end())
	}
}
