package tracing

import (
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	oczipkin "contrib.go.opencensus.io/exporter/zipkin"
	"github.com/openzipkin/zipkin-go/model"
	"go.opencensus.io/trace"

	"example.com/tracelab/tracing/propagation"
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
	if u.User == nil && u.RawQuery == "" && !u.ForceQuery && u.Fragment == "" {
		return u.String()
	}
	safe := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath, Opaque: u.Opaque}
	return safe.String()
}

// finish turns a recording that ended at end into Zipkin's model, through
// contrib's exporter, and hands it to the reporter. It runs on the goroutine that
// ended the span.
func (t *tracer) finish(sc trace.SpanContext, r *recording, end time.Time) {
	data := &trace.SpanData{
		SpanContext:  sc,
		ParentSpanID: r.parent,
		SpanKind:     r.kind,
		Name:         r.name,
		StartTime:    r.start,
		EndTime:      r.start.Add(end.Sub(r.start)), // monotonic, whatever happens to the wall clock
		Status:       r.status,
	}
	// contrib's exporter is two words and hands its result to a reporter; one for
	// each span lets the completion see the recording beside the result.
	oczipkin.NewExporter(completion{t, sc, r}, t.local).ExportSpan(data)
}

// completion adds what contrib's exporter leaves out, or would do at more cost.
type completion struct {
	tracer *tracer
	sc     trace.SpanContext
	rec    *recording
}

// Send receives the one span of this completion.
func (c completion) Send(s model.SpanModel) {
	r := c.rec
	s.Debug = c.sc.TraceOptions&propagation.Debug != 0
	if r.zipkin != "" {
		s.Kind = r.zipkin
	}
	if r.peer != "" {
		s.RemoteEndpoint = &model.Endpoint{ServiceName: r.peer}
	}
	s.Annotations = r.annotations()
	s.Tags = r.tagMap(s.Tags)
	c.tracer.reporter.Send(s)
}

// Close does nothing: the reporter is not this completion's.
func (c completion) Close() error { return nil }

// tagMap adds the tags to those of the status, which outweigh them.
func (r *recording) tagMap(status map[string]string) map[string]string {
	if len(r.tags) == 0 && r.droppedTags+r.droppedNotes == 0 {
		return status
	}
	all := make(map[string]string, len(r.tags)+len(status)+2)
	for _, t := range r.tags {
		all[t.key] = t.value
	}
	for k, v := range status {
		all[k] = v
	}
	if r.droppedTags > 0 {
		all[droppedTags] = strconv.Itoa(r.droppedTags)
	}
	if r.droppedNotes > 0 {
		all[droppedAnnotations] = strconv.Itoa(r.droppedNotes)
	}
	return all
}

func (r *recording) annotations() []model.Annotation {
	if len(r.notes) == 0 {
		return nil
	}
	all := make([]model.Annotation, len(r.notes))
	for i, n := range r.notes {
		all[i] = model.Annotation{Timestamp: n.at, Value: n.text + r.about(n)}
	}
	return all
}

// about is an annotation's attributes as JSON after its text, which is all that
// Zipkin has room for. An attribute that the span has as a tag too is not said
// again.
func (r *recording) about(n note) string {
	said := map[string]any{}
	for i := range n.about {
		key, value := n.about[i].Key(), n.about[i].Value()
		if tag, ok := r.tag(key); !ok || tag != attributeText(value) {
			said[key] = value
		}
	}
	if len(said) == 0 {
		return ""
	}
	text, err := json.Marshal(said)
	if err != nil { // a float that JSON has no word for
		for key, value := range said {
			said[key] = attributeText(value)
		}
		text, _ = json.Marshal(said)
	}
	return cut(" " + string(text))
}
