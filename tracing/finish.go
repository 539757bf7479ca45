package tracing

import (
	"encoding/json"
	"strconv"
	"time"

	oczipkin "contrib.go.opencensus.io/exporter/zipkin"
	"github.com/openzipkin/zipkin-go/model"
	zipkin "github.com/openzipkin/zipkin-go/reporter"
	"go.opencensus.io/trace"

	"example.com/tracelab/tracing/propagation"
	"example.com/tracelab/tracing/reporter"
)

// finish hands a recording that ended at end to the reporter: at once, on the
// goroutine that ended the span, or to one that makes the models of many spans in a
// row. The recording is of no use afterwards.
func (t *tracer) finish(sc trace.SpanContext, r *recording, end time.Time) {
	r.completion = completion{rec: r, sc: sc, end: end, local: t.local}
	if later, ok := t.reporter.(laterReporter); ok && r.textBytes() <= maxText {
		later.SendEnded(&r.completion)
		return
	}
	r.completion.SendTo(t.reporter)
}

// laterReporter is what a *reporter.Reporter has beyond zipkin-go's interface.
type laterReporter interface{ SendEnded(reporter.Ended) }

// completion makes Zipkin's model of a recording, through contrib's exporter, to which
// it is the reporter. It adds what the exporter leaves out, or would do at more cost. To
// a *reporter.Reporter it appends the same as JSON, which takes a third of the time: see
// append.go.
type completion struct {
	rec   *recording
	sc    trace.SpanContext
	end   time.Time
	local *model.Endpoint
	to    zipkin.Reporter
}

// SendTo hands the model to a reporter. The completion is of no use afterwards.
func (c *completion) SendTo(to zipkin.Reporter) {
	r := c.rec
	c.to = to
	data := &trace.SpanData{
		SpanContext:  c.sc,
		ParentSpanID: r.parent,
		SpanKind:     r.kind,
		Name:         truncate(r.name),
		StartTime:    r.start,
		EndTime:      r.start.Add(c.end.Sub(r.start)), // monotonic, whatever happens to the wall clock
		Status:       trace.Status{Code: r.status.Code, Message: truncate(r.status.Message)},
	}
	oczipkin.NewExporter(c, c.local).ExportSpan(data)
	r.free()
}

// Send receives the one span of this completion.
func (c *completion) Send(s model.SpanModel) {
	r := c.rec
	s.Debug = c.sc.TraceOptions&propagation.Debug != 0
	if r.zipkinKind != "" {
		s.Kind = r.zipkinKind
	}
	var ip [16]byte
	if remote := r.remoteEndpoint(&ip); !remote.Empty() {
		s.RemoteEndpoint = &remote
	}
	s.Annotations = r.modelAnnotations()
	s.Tags = r.tagMap(s.Tags)
	c.to.Send(s)
}

// Close does nothing: the reporter is not this completion's.
func (c *completion) Close() error { return nil }

// tagMap adds the tags to those of the status, which outweigh them.
func (r *recording) tagMap(status map[string]string) map[string]string {
	if len(r.tags) == 0 && r.droppedTags+r.droppedAnnotations == 0 {
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
		all[tagDroppedTags] = strconv.Itoa(r.droppedTags)
	}
	if r.droppedAnnotations > 0 {
		all[tagDroppedAnnotations] = strconv.Itoa(r.droppedAnnotations)
	}
	return all
}

func (r *recording) modelAnnotations() []model.Annotation {
	if len(r.annotations) == 0 {
		return nil
	}
	return r.appendAnnotations(make([]model.Annotation, 0, len(r.annotations)))
}

func (r *recording) appendAnnotations(all []model.Annotation) []model.Annotation {
	for _, a := range r.annotations {
		all = append(all, model.Annotation{Timestamp: a.at, Value: a.text + r.attributesText(a)})
	}
	return all
}

// attributesText is an annotation's attributes as JSON, to follow its text, which
// is all that Zipkin has. An attribute that the span has as a tag too is not
// repeated.
func (r *recording) attributesText(a annotation) string {
	var own map[string]any
	for i := range a.attributes {
		key, value := a.attributes[i].Key(), a.attributes[i].Value()
		if tag, ok := r.tag(key); !ok || tag != attributeText(value) {
			if own == nil {
				own = map[string]any{}
			}
			own[key] = value
		}
	}
	if len(own) == 0 {
		return ""
	}
	text, err := json.Marshal(own)
	if err != nil { // a float that JSON cannot express
		for key, value := range own {
			own[key] = attributeText(value)
		}
		text, _ = json.Marshal(own)
	}
	return truncate(" " + string(text))
}
