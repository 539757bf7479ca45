package clients

import (
	"context"
	"fmt"
	"log"
	"net"
	"testing"
	"time"

	zipkin "github.com/openzipkin/zipkin-go"
	"github.com/openzipkin/zipkin-go/idgenerator"
	"github.com/openzipkin/zipkin-go/model"
	"github.com/openzipkin/zipkin-go/proto/zipkin_proto3"
	zipkinreporter "github.com/openzipkin/zipkin-go/reporter"
	zipkinhttp "github.com/openzipkin/zipkin-go/reporter/http"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	otelzipkin "go.opentelemetry.io/otel/exporters/zipkin"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	oteltrace "go.opentelemetry.io/otel/trace"
)

const umlauts = "Käse \"🧀\"\n"

// zipkinGo reports by Zipkin's own library for Go and its HTTP reporter.
func zipkinGo(t *testing.T, collector, format, service string) (ids []string, err error) {
	serializers := map[string]zipkinreporter.SpanSerializer{jsonV2: zipkinreporter.JSONSerializer{}, proto3: zipkin_proto3.SpanSerializer{}}
	failed := &failures{}
	reporter := zipkinhttp.NewReporter(collector+"/api/v2/spans", zipkinhttp.Serializer(serializers[format]), zipkinhttp.Logger(log.New(failed, "", 0)))
	tracer := func(name string, ids idgenerator.IDGenerator) *zipkin.Tracer {
		local := &model.Endpoint{ServiceName: name, IPv4: net.IPv4(203, 0, 113, 7).To4(), Port: 8080}
		made, err := zipkin.NewTracer(reporter, zipkin.WithLocalEndpoint(local), zipkin.WithIDGenerator(ids), zipkin.WithSharedSpans(true))
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	front, back := tracer(service, idgenerator.NewRandom128()), tracer(service+"-back", idgenerator.NewRandom128())
	remote := func(name string) zipkin.SpanOption {
		return zipkin.RemoteEndpoint(&model.Endpoint{ServiceName: name, IPv6: net.ParseIP("2001:db8::c001"), Port: 8080})
	}

	order := front.StartSpan("POST /orders", zipkin.Kind(model.Server), zipkin.Tags(map[string]string{"kunde": umlauts}))
	below := zipkin.Parent(order.Context())
	price := front.StartSpan("price", below)
	price.Annotate(time.Now(), "größe 🧀")
	price.Annotate(time.Now(), "cache miss")
	price.Finish()
	call := front.StartSpan("GET /stock", zipkin.Kind(model.Client), below, remote("Stock"), zipkin.Tags(map[string]string{"error": "503"}))
	back.StartSpan("GET /stock", zipkin.Kind(model.Server), zipkin.Parent(call.Context())).Finish()
	call.Finish()
	send := front.StartSpan("send", zipkin.Kind(model.Producer), below, remote("kafka"))
	back.StartSpan("receive", zipkin.Kind(model.Consumer), zipkin.Parent(send.Context()), remote("kafka")).Finish()
	send.Finish()
	order.Finish()
	small := tracer(service, idgenerator.NewRandom64()).StartSpan("get", zipkin.Kind(model.Client), remote("redis"), zipkin.Tags(map[string]string{"error": ""}))
	small.Finish()
	debug := front.StartSpan("debug", zipkin.Parent(model.SpanContext{Debug: true}))
	debug.Finish()

	if err := reporter.Close(); err != nil {
		return nil, err
	}
	for _, root := range []zipkin.Span{order, small, debug} {
		ids = append(ids, root.Context().TraceID.String())
	}
	return ids, failed.err
}

// failures keeps what a library has to say only to a log.
type failures struct{ err error }

func (f *failures) Write(p []byte) (int, error) {
	f.err = fmt.Errorf("the library says: %s", p)
	return len(p), nil
}

// openTelemetryGo reports by OpenTelemetry's exporter for Go.
func openTelemetryGo(t *testing.T, collector, _, service string) ([]string, error) {
	var failed error
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { failed = err }))
	tracer := func(name string) oteltrace.Tracer {
		exporter, err := otelzipkin.New(collector + "/api/v2/spans")
		if err != nil {
			t.Fatal(err)
		}
		provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter), sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", name))))
		return provider.Tracer("workshop")
	}
	front, back := tracer(service), tracer(service+"-back")
	start := func(ctx context.Context, by oteltrace.Tracer, name string, kind oteltrace.SpanKind, attributes ...attribute.KeyValue) (context.Context, oteltrace.Span) {
		return by.Start(ctx, name, oteltrace.WithSpanKind(kind), oteltrace.WithAttributes(attributes...))
	}

	ctx, order := start(t.Context(), front, "POST /orders", oteltrace.SpanKindServer, attribute.String("kunde", umlauts), attribute.IntSlice("items", []int{1, 2}))
	_, price := start(ctx, front, "price", oteltrace.SpanKindInternal)
	price.AddEvent("größe 🧀")
	price.AddEvent("cache miss", oteltrace.WithAttributes(attribute.String("key", "x")))
	price.End()
	called, call := start(ctx, front, "GET /stock", oteltrace.SpanKindClient, attribute.String("peer.service", "Stock"))
	_, answer := start(called, back, "GET /stock", oteltrace.SpanKindServer)
	answer.End()
	call.SetStatus(codes.Error, "503")
	call.End()
	sent, send := start(ctx, front, "send", oteltrace.SpanKindProducer, attribute.String("network.peer.address", "2001:db8::c001"), attribute.Int("network.peer.port", 9092))
	_, receive := start(sent, back, "receive", oteltrace.SpanKindConsumer)
	receive.End()
	send.End()
	order.End()
	return []string{order.SpanContext().TraceID().String()}, failed
}
