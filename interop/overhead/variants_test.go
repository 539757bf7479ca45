package overhead

import (
	"context"
	"net/http"

	oczipkin "contrib.go.opencensus.io/exporter/zipkin"
	zipkin "github.com/openzipkin/zipkin-go"
	zipkinhttp "github.com/openzipkin/zipkin-go/middleware/http"
	"github.com/openzipkin/zipkin-go/model"
	reporterhttp "github.com/openzipkin/zipkin-go/reporter/http"
	"go.opencensus.io/plugin/ochttp"
	"go.opencensus.io/trace"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	otelzipkin "go.opentelemetry.io/otel/exporters/zipkin"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"example.com/tracelab/tracing"
)

// A traced handler, and what sends the spans that wait and ends the tracing.
type traced struct {
	http.Handler
	finish func(context.Context) error
}

// variants are the ways to trace a handler, each as its documentation starts
// one, with its defaults. spans is where the collector takes them.
var variants = map[string]func(next http.Handler, spans string) (traced, error){
	"none":         untraced,
	"none again":   untraced, // its difference from none is the noise of this machine
	"ours":         ours("always"),
	"ours, 1 %":    ours("0.01"),
	"ours, never":  ours("never"),
	openCensus:     tracedByOpenCensus,
	openTelemetry:  tracedByOpenTelemetry,
	zipkinsLibrary: tracedByZipkin,
}

const (
	openCensus     = "ochttp, contrib, zipkin-go"
	openTelemetry  = "otelhttp, batcher, zipkin"
	zipkinsLibrary = "zipkin-go"
)

// peers record every request, as "ours" does.
var peers = []string{openCensus, openTelemetry, zipkinsLibrary}

const service = "overhead"

func untraced(next http.Handler, _ string) (traced, error) {
	return traced{next, func(context.Context) error { return nil }}, nil
}

func ours(sampler string) func(http.Handler, string) (traced, error) {
	return func(next http.Handler, spans string) (traced, error) {
		tr, err := tracing.Start(tracing.Config{Service: service, ZipkinURL: spans, Sampler: sampler})
		if err != nil {
			return traced{}, err
		}
		return traced{tracing.Handler(next), tr.Shutdown}, nil
	}
}

func tracedByOpenCensus(next http.Handler, spans string) (traced, error) {
	reporter := reporterhttp.NewReporter(spans)
	trace.RegisterExporter(oczipkin.NewExporter(reporter, &model.Endpoint{ServiceName: service}))
	trace.ApplyConfig(trace.Config{DefaultSampler: trace.AlwaysSample()})
	return traced{&ochttp.Handler{Handler: next}, func(context.Context) error { return reporter.Close() }}, nil
}

func tracedByOpenTelemetry(next http.Handler, spans string) (traced, error) {
	exporter, err := otelzipkin.New(spans)
	if err != nil {
		return traced{}, err
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.AlwaysSample())), sdktrace.WithBatcher(exporter))
	handler := otelhttp.NewHandler(next, service, otelhttp.WithTracerProvider(provider), otelhttp.WithPropagators(propagation.TraceContext{}))
	return traced{handler, provider.Shutdown}, nil
}

func tracedByZipkin(next http.Handler, spans string) (traced, error) {
	reporter := reporterhttp.NewReporter(spans)
	tracer, err := zipkin.NewTracer(reporter, zipkin.WithLocalEndpoint(&model.Endpoint{ServiceName: service}))
	if err != nil {
		return traced{}, err
	}
	return traced{zipkinhttp.NewServerMiddleware(tracer)(next), func(context.Context) error { return reporter.Close() }}, nil
}

// reply is the service: what tracing costs shows best beside next to nothing.
// As most do it sets a header, for which net/http copies them all: none must not
// look free where only a traced answer has one.
func reply() http.Handler {
	body := []byte("hello from the handler\n")
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.Write(body)
	})
	return mux
}
