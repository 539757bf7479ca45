package doctor_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/doctor"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

const traceID = "463ac35c9f6413ad48485a3953bb6124"

// process is what a fake process of the stack answers.
type process struct {
	control.Registration
	ready   string // empty: ready
	metrics string
	visit   string
	gone    bool // nothing listens at its address
}

// world is a stack of one process each, in which all is well until a test
// changes it.
type world struct {
	doctor.Subject
	gateway, fetcher, writer process
	reader                   reader
}

func healthy() *world {
	of := func(name string) process {
		return process{Registration: control.Registration{Service: name, Instance: name, PID: 7, Host: "here", Sampler: "always", ReportsTo: "http://zipkin:9411"},
			metrics: "tracelab_spans_sampled_total 4\n", visit: `{"traceId":"` + traceID + `","sampled":true}`}
	}
	return &world{Subject: doctor.Subject{Source: "the embedded store", ArriveWithin: 100 * time.Millisecond}, gateway: of("gateway"), fetcher: of("fetcher"), writer: of("writer"),
		reader: reader{services: []string{"gateway", "writer"}, spans: []zipkin.Span{span(1, 0, "gateway"), span(2, 1, "fetcher"), span(3, 1, "writer")}}}
}

func span(id, parent uint64, service string) zipkin.Span {
	trace, _ := zipkin.ParseTraceID(traceID)
	return zipkin.Span{TraceID: trace, ID: zipkin.SpanID(id), ParentID: zipkin.SpanID(parent), Name: "work", Timestamp: 1, Duration: 1,
		Local: zipkin.Endpoint{ServiceName: service}}
}

// reader is the traces of the world.
type reader struct {
	zipkinapi.Reader
	services []string
	err      error
	spans    []zipkin.Span
}

func (r reader) Services(context.Context) ([]string, error) { return r.services, r.err }

func (r reader) Trace(_ context.Context, id zipkin.TraceID) ([]zipkin.Span, error) {
	if id.String() != traceID || len(r.spans) == 0 {
		return nil, zipkinapi.ErrNotFound
	}
	return r.spans, nil
}

func (p process) serve(t *testing.T) control.Process {
	mux := http.NewServeMux()
	answer := func(pattern, body string, status int) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			io.WriteString(w, body)
		})
	}
	if p.ready == "" {
		answer("GET /readyz", `{"status":"ready"}`, 200)
	} else {
		answer("GET /readyz", p.ready, 503)
	}
	answer("GET /metrics", p.metrics, 200)
	answer("GET /visit", p.visit, 200)
	if p.gone { // the port of a server that was closed would be another test's soon
		return control.Process{Registration: p.Registration, URL: "http://127.0.0.1:" + testbed.FreePort(t)}
	}
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return control.Process{Registration: p.Registration, URL: srv.URL}
}

// examine returns a line for each finding.
func (w *world) examine(t *testing.T) string {
	for _, p := range []process{w.gateway, w.fetcher, w.writer} {
		if p.Service != "" {
			w.Processes = append(w.Processes, p.serve(t))
		}
	}
	w.Reader = w.reader
	var lines []string
	for _, f := range doctor.Examine(t.Context(), w.Subject) {
		mark := "bad"
		if f.OK {
			mark = "good"
		}
		lines = append(lines, fmt.Sprintf("%s %s: %s", mark, f.Piece, f.Detail))
	}
	return strings.Join(lines, "\n")
}

func TestFindings(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*world)
		want   []string // lines of the findings, in order, each the beginning of one
	}{
		"all is well": {func(*world) {}, []string{
			"good traces: the embedded store answers; it knows gateway, writer", "good gateway: ready at http://localhost:", "good fetcher: ready at",
			"good writer: ready at", "good visit: done, trace " + traceID, "good arrival: 3 spans of 3 services came within"}},
		"many services, with long names": {func(w *world) {
			w.reader.services = append(slices.Repeat([]string{"a"}, 11), strings.Repeat("w", 300), "b", "c")
		}, []string{"good traces: the embedded store answers; it knows a, a, a, a, a, a, a, a, a, a, a, " + strings.Repeat("w", 24) + "…" + strings.Repeat("w", 23) + ", and 2 more\n"}},
		"no traces yet": {func(w *world) { w.reader.services = nil }, []string{"good traces: the embedded store answers; it holds no traces yet"}},
		"Zipkin is away": {func(w *world) {
			w.Source, w.Health = "http://zipkin:9411", func(context.Context) error { return errors.New("refused") }
		}, []string{"bad traces: http://zipkin:9411 does not answer: refused. Start it, or correct --zipkin-url"}},
		"Zipkin cannot be read": {func(w *world) { w.reader.err = errors.New("status 500") }, []string{"bad traces: the embedded store cannot be read: status 500"}},

		"a service is missing": {func(w *world) { w.fetcher = process{} }, []string{"good gateway", "bad fetcher: no fetcher is connected to the server: it is not running"}},
		"a service is not ready": {func(w *world) { w.writer.ready = `{"status":"not ready","checks":{"redis":"no answer","queue":"ok"}}` },
			[]string{"bad writer: http://localhost:", ": not ready; redis: no answer"}},
		"a service says something else": {func(w *world) { w.writer.ready = "<html>" }, []string{"bad writer: http://localhost:", "/readyz answered 503"}},
		"a proxy answers in its place":  {func(w *world) { w.writer.ready = `{"message":"bad gateway"}` }, []string{"bad writer: http://localhost:", "/readyz answered 503"}},
		"a service says nothing":        {func(w *world) { w.writer.ready = "null" }, []string{"bad writer: http://localhost:", "/readyz answered 503"}},
		"it does not say how it is":     {func(w *world) { w.writer.ready = `{"checks":{"redis":"no answer"}}` }, []string{"bad writer: http://localhost:", "/readyz answered 503; redis: no answer"}},
		"a service cannot be reached":   {func(w *world) { w.fetcher.gone = true }, []string{"bad fetcher: http://localhost:", "it is connected to the server, but cannot be reached"}},

		"no gateway": {func(w *world) { w.gateway = process{} }, []string{"bad gateway: no gateway is connected", "bad visit: not tried: there is no gateway to ask"}},
		"another program at the gateway's port": {func(w *world) { w.gateway.visit = "hello" },
			[]string{"bad visit: the gateway gives no answer:", "answered 200 with something else than a visit: is another program on its port?"}},
		"the visit fails": {func(w *world) {
			w.gateway.visit = `{"traceId":"` + traceID + `","status":503,"detail":"redis does not answer"}`
		}, []string{"bad visit: the gateway answered 503: redis does not answer", "good arrival: 3 spans"}},
		"the visit is not sampled": {func(w *world) {
			w.gateway.Sampler, w.gateway.visit = "never", `{"traceId":"`+traceID+`","sampled":false}`
		}, []string{`bad visit: done, but not recorded: the gateway's sampler is "never". Start it with --sampler always`}},
		"a trace id that is none": {func(w *world) { w.gateway.visit = `{"traceId":"x","sampled":true}` }, []string{`bad arrival: the gateway's trace id "x" is none`}},

		"no span comes": {func(w *world) { w.reader.spans = nil },
			[]string{"bad arrival: no span of trace " + traceID + " came to the embedded store within 100 ms. No process says that it lost any"}},
		"a service's spans are missing": {func(w *world) {
			w.reader.spans, w.writer.ReportsTo = w.reader.spans[:2], ""
		}, []string{"bad arrival: the trace lacks the spans of writer. writer reports to no Zipkin: set its TRACELAB_ZIPKIN_URL"}},
		"a parent is missing": {func(w *world) { w.reader.spans[1].ParentID = 9 }, []string{"bad arrival: 1 spans of the trace have a parent that did not come"}},
		"spans are queued": {func(w *world) {
			w.reader.spans, w.writer.metrics = w.reader.spans[:2], "tracelab_spans_sampled_total 4\ntracelab_spans_queued 3\n"
		}, []string{"writer holds 3 spans that http://zipkin:9411 does not take"}},
		"spans are dropped": {func(w *world) {
			w.reader.spans, w.writer.metrics = w.reader.spans[:2], "tracelab_spans_dropped_total{reason=\"full\"} 3\ntracelab_spans_dropped_total{reason=\"old\"} 2\n"
		}, []string{"writer has dropped 5 spans"}},
		"nothing is recorded": {func(w *world) {
			w.reader.spans, w.writer.metrics = w.reader.spans[:2], "tracelab_spans_sampled_total 0\n"
		}, []string{`writer has recorded no span: its sampler is "always"`}},
		"spans go to another Zipkin": {func(w *world) {
			w.reader.spans, w.ZipkinURL, w.writer.ReportsTo = w.reader.spans[:2], "http://zipkin:9411/", "http://other:9411"
		}, []string{"writer reports to http://other:9411, and traces are read from http://zipkin:9411/"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := healthy()
			test.change(w)
			got := w.examine(t)
			rest := got
			for _, want := range test.want {
				_, after, found := strings.Cut(rest, want)
				if !found {
					t.Fatalf("no %q, or not in this order, in\n%s", want, got)
				}
				rest = after
			}
			if name != "all is well" && name != "no traces yet" && !strings.HasPrefix(name, "many services") && !strings.Contains(got, "bad ") {
				t.Errorf("nothing is bad:\n%s", got)
			}
		})
	}
}

// TestOnlyTheSuspectIsNamed holds the doctor to the process that has a problem.
func TestOnlyTheSuspectIsNamed(t *testing.T) {
	t.Parallel()
	w := healthy()
	w.reader.spans, w.writer.metrics = w.reader.spans[:2], "tracelab_spans_sampled_total 4\ntracelab_spans_queued 3\n"
	if got := w.examine(t); strings.Contains(got, "gateway holds") || strings.Contains(got, "fetcher h") {
		t.Errorf("others are suspected:\n%s", got)
	}
}
