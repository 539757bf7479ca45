package tracing

import (
	"net/url"

	"github.com/openzipkin/zipkin-go/model"
	"go.opencensus.io/trace"

	"example.com/tracelab/redact"
)

// Attributes for parts of a Zipkin span that OpenCensus does not have. They do not
// appear among its tags.
const (
	kindAttribute = "tracelab.kind"
	peerAttribute = "tracelab.peer"
)

// Kind marks a span as one that OpenCensus has no kind for: model.Producer or
// model.Consumer. trace.WithSpanKind gives it the other two, model.Client and
// model.Server; Kind would overrule that. Any other text is reported as it is, and
// Zipkin may reject the span.
func Kind(k model.Kind) trace.Attribute {
	return trace.StringAttribute(kindAttribute, string(k))
}

// Peer names the service at the other end of a span: its remoteEndpoint, from
// which Zipkin draws the service graph.
func Peer(service string) trace.Attribute {
	return trace.StringAttribute(peerAttribute, service)
}

// SafeURL is u without what a span must not keep: user-info, query and fragment.
// The path of a URL with a host is at least "/", as it is in the request.
func SafeURL(u *url.URL) string {
	if u.Path == "" && u.Host != "" && u.Opaque == "" {
		root := *u
		root.Path = "/"
		u = &root
	}
	return redact.URL(u)
}
