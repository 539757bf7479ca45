package overhead

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/trace"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"go.opencensus.io/plugin/ochttp"
	octrace "go.opencensus.io/trace"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/reporter"
)

// Variants whose request is a visit as the stack has it: three servers, three calls and
// four spans within them. The servers are one process, which so has one flight recorder,
// as each process of the stack has.
const (
	visitUntraced   = "visit"
	visitAgain      = "visit again" // its difference from visit is the noise of this machine
	visitOurs       = "visit, ours"
	visitCompressed = "visit, ours, compressed" // as to a collector across a network
	visitOpenCensus = "visit, ochttp, contrib, zipkin-go"
	visitBare       = "visit, no recorder"
	visitOursBare   = "visit, ours, no recorder"
)

// Visits come at a rate at which a batch is of 500 spans, which is large enough to be
// compressed where it is compressed at all.
const (
	spansOfVisit = 10
	visitRate    = 300
)

func init() {
	for name, make := range map[string]func(http.Handler, string) (traced, error){
		visitUntraced:   recorded(untracedVisit),
		visitAgain:      recorded(untracedVisit),
		visitOurs:       recorded(visitBy(reporter.Config{})),
		visitCompressed: recorded(visitBy(reporter.Config{GzipAbove: 128 << 10})),
		visitOpenCensus: recorded(visitByOpenCensus),
		visitBare:       untracedVisit,
		visitOursBare:   visitBy(reporter.Config{}),
	} {
		variants[name] = make
	}
}

// recorded has the flight recorder on, as each service of the stack has.
func recorded(start func(http.Handler, string) (traced, error)) func(http.Handler, string) (traced, error) {
	return func(next http.Handler, spans string) (traced, error) {
		if err := trace.NewFlightRecorder(trace.FlightRecorderConfig{MinAge: 10 * time.Second, MaxBytes: 16 << 20}).Start(); err != nil {
			return traced{}, err
		}
		return start(next, spans)
	}
}

// instruments are how a variant traces servers, calls and what is within them.
type instruments struct {
	server func(http.Handler) http.Handler
	client func(base http.RoundTripper, peer string) http.RoundTripper
	span   func(context.Context, string) (context.Context, *octrace.Span) // nil: none
}

func untracedVisit(http.Handler, string) (traced, error) {
	handler, err := servers(instruments{
		server: func(h http.Handler) http.Handler { return h },
		client: func(base http.RoundTripper, _ string) http.RoundTripper { return base },
		span:   func(ctx context.Context, _ string) (context.Context, *octrace.Span) { return ctx, nil },
	})
	return traced{handler, func(context.Context) error { return nil }}, err
}

func visitBy(cfg reporter.Config) func(http.Handler, string) (traced, error) {
	return func(_ http.Handler, spans string) (traced, error) {
		cfg.URL = spans
		to, err := reporter.New(cfg)
		if err != nil {
			return traced{}, err
		}
		provider, err := tracing.Start(tracing.Config{Service: service, Sampler: "always", Reporter: to})
		if err != nil {
			return traced{}, err
		}
		handler, err := servers(instruments{tracing.Handler, func(base http.RoundTripper, peer string) http.RoundTripper {
			return &tracing.Transport{Base: base, Peer: func(*http.Request) string { return peer }, Connections: peer == ""}
		}, startSpan})
		return traced{handler, provider.Shutdown}, err
	}
}

func visitByOpenCensus(_ http.Handler, spans string) (traced, error) {
	one, err := tracedByOpenCensus(nil, spans)
	if err != nil {
		return traced{}, err
	}
	one.Handler, err = servers(instruments{
		func(h http.Handler) http.Handler { return &ochttp.Handler{Handler: h} },
		func(base http.RoundTripper, _ string) http.RoundTripper { return &ochttp.Transport{Base: base} },
		startSpan,
	})
	return one, err
}

func startSpan(ctx context.Context, name string) (context.Context, *octrace.Span) {
	return octrace.StartSpan(ctx, name)
}

// servers starts the fetcher and the writer, which end with the process, and returns the
// gateway.
func servers(by instruments) (http.Handler, error) {
	fetcher, err := serve(by, "GET /fetch", by.fetch())
	if err != nil {
		return nil, err
	}
	writer, err := serve(by, "PUT /values/{key}", by.write)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	fetch := &http.Client{Transport: by.client(transport, "fetcher")}
	write := &http.Client{Transport: by.client(transport, "writer")}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello", func(w http.ResponseWriter, r *http.Request) {
		ctx, span := by.span(r.Context(), "main")
		span.AddAttributes(octrace.StringAttribute("visit.rounds", "1"), octrace.BoolAttribute("visit.serial", false))
		err := errors.Join(call(ctx, fetch, "GET", fetcher+"/fetch?url=third-party", "GET /fetch"), call(ctx, write, "PUT", writer+"/values/key", "PUT /values/{key}"))
		span.End()
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		fmt.Fprintln(w, "visited")
	})
	return by.server(mux), nil
}

func serve(by instruments, pattern string, do http.HandlerFunc) (base string, err error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	mux := http.NewServeMux()
	mux.HandleFunc(pattern, do)
	go http.Serve(ln, by.server(mux))
	return "http://" + ln.Addr().String(), nil
}

func call(ctx context.Context, client *http.Client, method, url, route string) error {
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader("a body"))
	if err != nil {
		return err
	}
	req.Pattern = route
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, resp.Status)
	}
	return nil
}

// thirdParty answers without a network, which would cost more than what is measured.
type thirdParty struct{}

func (thirdParty) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
}

func (by instruments) fetch() http.HandlerFunc {
	client := &http.Client{Transport: by.client(thirdParty{}, "")}
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, span := by.span(r.Context(), "httpRequest")
		defer span.End()
		span.AddAttributes(octrace.StringAttribute("url", "http://127.0.0.1:8083/get"))
		if err := call(ctx, client, "GET", "http://127.0.0.1:8083/get", ""); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		span.AddAttributes(octrace.StringAttribute("URL Response Code", "200"))
		span.Annotate([]octrace.Attribute{octrace.StringAttribute("URL Response Code", "200")}, "Fetched URL")
		fmt.Fprintln(w, "fetched")
	}
}

func (by instruments) write(w http.ResponseWriter, r *http.Request) {
	ctx, span := by.span(r.Context(), "redisWrite")
	defer span.End()
	_, set := by.span(ctx, "SET")
	set.AddAttributes(octrace.StringAttribute("db.system", "redis"), octrace.StringAttribute("db.operation.name", "SET"))
	set.End()
	fmt.Fprintln(w, "written")
}

// visits are what is measured, each with what it is compared with.
var visits = []struct{ variant, base string }{
	{visitUntraced, visitUntraced}, {visitAgain, visitUntraced}, {visitOurs, visitUntraced}, {visitCompressed, visitUntraced}, {visitOpenCensus, visitUntraced},
	{visitBare, visitBare}, {visitOursBare, visitBare},
}

// TestVisit measures what tracing a visit of ten spans costs the processes that have a
// part in it, with the flight recorder on. Without -rounds it measures only what it
// asserts.
func TestVisit(t *testing.T) {
	m, n, requests := newMachine(t), 1, 100
	setups := at(up, visitUntraced, visitOurs, visitCompressed, visitOpenCensus)
	if *rounds > 0 {
		n, requests, setups = *rounds, 600, nil
		for _, v := range visits {
			setups = append(setups, setup{v.variant, up, false})
		}
	}
	all := m.measure(setups, n, requests)
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "variant\tCPU µs/visit\tadded µs\tmiddle half\t× untraced\tallocs/visit\tB/visit\tspans expected\tdelivered\t")
	for _, v := range visits {
		if !all.has(v.variant) {
			continue
		}
		r, base := all.of(v.variant, up), all.of(v.base, up)
		fmt.Fprintf(w, "%s\t%.1f\t%.1f\t%s\t%.3f\t%.1f\t%.0f\t%d\t%d\t\n", v.variant, r.cpu, r.over(base), spread(r.differences(base)), r.cpu/base.cpu, r.allocs, r.bytes, r.expected, r.delivered)
	}
	w.Flush()
	t.Logf("%d rounds of %d visits, %d a second\n%s", n, requests, visitRate, &b)
	for _, variant := range []string{visitOurs, visitCompressed} {
		mine, its := all.of(variant, up), all.of(visitOpenCensus, up)
		if mine.expected == 0 || mine.delivered != mine.expected {
			t.Errorf("%s: %d of %d spans were delivered", variant, mine.delivered, mine.expected)
		}
		if mine.allocs >= its.allocs {
			t.Errorf("%s allocates %.1f times a visit, %s %.1f", variant, mine.allocs, visitOpenCensus, its.allocs)
		}
	}
}
