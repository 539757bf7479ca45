// Package tracecontext holds our services to the sentences of the W3C's Trace
// Context, levels 1 and 2, beside OpenTelemetry's library for net/http.
package tracecontext

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"text/tabwriter"

	"go.opencensus.io/plugin/ochttp"
	"go.opencensus.io/plugin/ochttp/propagation/tracecontext"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/tracetest"
)

// service has a traced server that makes a request to another, and answers with
// what that was sent.
type service struct{ addr string }

func start(t *testing.T, server func(http.Handler) http.Handler, client http.RoundTripper) service {
	t.Helper()
	next := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"Traceparent", "Tracestate"} {
			for _, v := range r.Header[name] {
				w.Header().Add("Sent-"+name, v)
			}
		}
	}))
	t.Cleanup(next.Close)
	srv := httptest.NewServer(server(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out, err := http.NewRequestWithContext(r.Context(), "GET", next.URL, nil)
		if err != nil {
			t.Error(err)
			return
		}
		resp, err := (&http.Client{Transport: client}).Do(out)
		if err != nil {
			t.Error(err)
			return
		}
		resp.Body.Close()
		for name, values := range resp.Header {
			w.Header()[name] = values
		}
	})))
	t.Cleanup(srv.Close)
	return service{srv.Listener.Addr().String()}
}

var sentForm = regexp.MustCompile(`^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$`)

// sendsOn is what the service sends on of a request with these lines of headers.
func (s service) sendsOn(t *testing.T, lines []string) (string, http.Header) {
	t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n", strings.Join(append(lines, ""), "\r\n"))
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	sent := resp.Header.Values("Sent-Traceparent")
	if len(sent) != 1 {
		t.Fatalf("it sends %d traceparents: %q", len(sent), sent)
	}
	parent := sentForm.FindStringSubmatch(sent[0])
	if parent == nil || parent[2] == parentID || strings.Trim(parent[1], "0") == "" || strings.Trim(parent[2], "0") == "" {
		t.Fatalf("it sends %q", sent)
	}
	what := "new"
	if parent[1] == traceID {
		what = "joined"
	}
	return strings.TrimSpace(what + " " + parent[3] + " " + strings.Join(resp.Header.Values("Sent-Tracestate"), "|")), resp.Header
}

// TestOpenCensusSendsTracestateOn has OpenCensus's own client make the request: a
// span context of ours has all that it sends.
func TestOpenCensusSendsTracestateOn(t *testing.T) {
	tracetest.Start(t, "always")
	s := start(t, tracing.Handler, &ochttp.Transport{Propagation: &tracecontext.HTTPFormat{}})
	got, _ := s.sendsOn(t, []string{"traceparent: 00-" + ids + "-03", "tracestate: z=1,0t@v=2", "tracestate: a=3"})
	if want := "joined 03 z=1,0t@v=2,a=3"; got != want {
		t.Errorf("it sends on %q; want %q", got, want)
	}
}

func TestTraceContext(t *testing.T) {
	tracetest.Start(t, "always")
	ours := start(t, tracing.Handler, &tracing.Transport{})
	provider := sdktrace.NewTracerProvider() // which samples as its parent does
	defer provider.Shutdown(context.WithoutCancel(t.Context()))
	with := []otelhttp.Option{otelhttp.WithTracerProvider(provider), otelhttp.WithPropagators(propagation.TraceContext{})}
	theirs := start(t, func(h http.Handler) http.Handler { return otelhttp.NewHandler(h, "", with...) }, otelhttp.NewTransport(http.DefaultTransport, with...))

	var table strings.Builder
	results := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(results, "level\tsection\tsays\tsent on\totelhttp")
	for _, r := range rows {
		got, answer := ours.sendsOn(t, r.in)
		if got != r.want {
			t.Errorf("level %d, %s: %s: we send on %q; want %q", r.level, r.section, r.says, got, r.want)
		}
		if response := answer.Values("Traceresponse"); len(response) != 1 || !sentForm.MatchString(response[0]) || strings.HasPrefix(got, "joined") != strings.Contains(response[0], traceID) {
			t.Errorf("level %d, %s: %s: traceresponse %q", r.level, r.section, r.says, response)
		}
		other, _ := theirs.sendsOn(t, r.in)
		if want := r.other; other != want && (want != "" || other != r.want) {
			t.Errorf("level %d, %s: %s: OpenTelemetry sends on %q; the table has %q", r.level, r.section, r.says, other, want)
		}
		fmt.Fprintf(results, "%d\t%s\t%s\t%.40s\t%.40s\n", r.level, r.section, r.says, got, other)
	}
	results.Flush()
	t.Logf("%d sentences\n%s", len(rows), table.String())
}
