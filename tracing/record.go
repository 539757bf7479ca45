package tracing

import (
	"net/url"

	oczipkin "contrib.go.opencensus.io/exporter/zipkin"
	"github.com/openzipkin/zipkin-go/model"
	"github.com/openzipkin/zipkin-go/reporter"
	"go.opencensus.io/trace"
)

// Attributes that become parts of the span that OpenCensus has no word for.
// They do not appear among its tags.
const (
	kindAttribute = "tracelab.kind"
	peerAttribute = "tracelab.peer"
)

// Kind marks a span as one that OpenCensus has no kind for: model.Producer or
// model.Consumer.
func Kind(k model.Kind) trace.Attribute {
	return trace.StringAttribute(kindAttribute, string(k))
}

// Peer names the service at the other end of a span: its remoteEndpoint, from
// which Zipkin draws the service graph.
func Peer(service string) trace.Attribute {
	return trace.StringAttribute(peerAttribute, service)
}

// SafeURL is u without what a span must not keep: user-info, query and fragment.
func SafeURL(u *url.URL) string {
	safe := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath, Opaque: u.Opaque}
	return safe.String()
}

// exporter turns OpenCensus spans into Zipkin's through contrib's exporter, and
// adds what that one leaves out.
type exporter struct {
	reporter reporter.Reporter
	local    *model.Endpoint
}

// ExportSpan runs inside Span.End, on the goroutine of the request.
func (e *exporter) ExportSpan(s *trace.SpanData) {
	// contrib's exporter is two words and hands its result to a reporter; one for
	// each span lets the completion see the original beside the result.
	oczipkin.NewExporter(completion{e.reporter, s}, e.local).ExportSpan(s)
}

type completion struct {
	reporter.Reporter
	original *trace.SpanData
}

func (c completion) Send(s model.SpanModel) {
	s.Debug = c.original.TraceOptions&debug != 0
	if kind, ok := s.Tags[kindAttribute]; ok {
		s.Kind = model.Kind(kind)
		delete(s.Tags, kindAttribute)
	}
	if peer, ok := s.Tags[peerAttribute]; ok {
		s.RemoteEndpoint = &model.Endpoint{ServiceName: peer}
		delete(s.Tags, peerAttribute)
	}
	if s.Duration < 0 {
		s.Duration = 0 // the wall clock was set back; zipkin-go cannot encode it
	}
	c.Reporter.Send(s)
}
