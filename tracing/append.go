package tracing

import (
	"encoding/binary"
	"strconv"

	"github.com/openzipkin/zipkin-go/model"
	"go.opencensus.io/trace"

	"example.com/tracelab/tracing/propagation"
	"example.com/tracelab/tracing/reporter"
)

// AppendTo appends the span as the JSON of the model that SendTo makes, but for the order
// of the tags. What it needs is on its stack. The completion is of no use afterwards.
func (c *completion) AppendTo(b []byte) ([]byte, error) {
	r := c.rec
	defer r.free()
	var (
		parent = spanID(r.parent)
		notes  [len(r.annotationRoom) + 2]model.Annotation
		tags   [len(r.tagRoom) + statusTags]reporter.Tag
		ip     [16]byte
		remote = r.remoteEndpoint(&ip)
	)
	s := model.SpanModel{
		SpanContext: model.SpanContext{
			TraceID: model.TraceID{High: binary.BigEndian.Uint64(c.sc.TraceID[:8]), Low: binary.BigEndian.Uint64(c.sc.TraceID[8:])},
			ID:      spanID(c.sc.SpanID),
			Debug:   c.sc.TraceOptions&propagation.Debug != 0,
		},
		Name:           truncate(r.name),
		Kind:           r.modelKind(),
		Timestamp:      r.start,
		Duration:       c.end.Sub(r.start), // monotonic, whatever happens to the wall clock
		LocalEndpoint:  c.local,
		RemoteEndpoint: &remote,
		Annotations:    r.appendAnnotations(notes[:0]),
	}
	if parent != 0 {
		s.ParentID = &parent
	}
	return reporter.AppendSpan(b, &s, r.appendTags(tags[:0]))
}

func spanID(id trace.SpanID) model.ID { return model.ID(binary.BigEndian.Uint64(id[:])) }

func (r *recording) modelKind() model.Kind {
	switch {
	case r.zipkinKind != "":
		return r.zipkinKind
	case r.kind == trace.SpanKindClient:
		return model.Client
	case r.kind == trace.SpanKindServer:
		return model.Server
	}
	return model.Undetermined
}

// Tags of a status, as contrib's exporter writes them, and how many there are of these
// and of what was dropped.
const (
	tagError       = "error"
	tagDescription = "opencensus.status_description"
	statusTags     = 4
)

// appendTags appends the tags, each key once: those of the status and of what was dropped
// outweigh the others.
func (r *recording) appendTags(tags []reporter.Tag) []reporter.Tag {
	var room [statusTags]reporter.Tag
	own := room[:0]
	if r.status.Code != 0 {
		own = append(own, reporter.Tag{Key: tagError, Value: codeText(r.status.Code)})
	}
	if r.status.Message != "" {
		own = append(own, reporter.Tag{Key: tagDescription, Value: truncate(r.status.Message)})
	}
	if r.droppedTags > 0 {
		own = append(own, reporter.Tag{Key: tagDroppedTags, Value: strconv.Itoa(r.droppedTags)})
	}
	if r.droppedAnnotations > 0 {
		own = append(own, reporter.Tag{Key: tagDroppedAnnotations, Value: strconv.Itoa(r.droppedAnnotations)})
	}
next:
	for _, t := range r.tags {
		for i := range own {
			if own[i].Key == t.key {
				continue next
			}
		}
		tags = append(tags, reporter.Tag{Key: t.key, Value: t.value})
	}
	return append(tags, own...)
}

// codeText is the name of a code of trace.Status.
func codeText(code int32) string {
	if code < 0 || int(code) >= len(codes) {
		return "error code " + strconv.FormatInt(int64(code), 10)
	}
	return codes[code]
}

var codes = [...]string{
	trace.StatusCodeOK:                 "OK",
	trace.StatusCodeCancelled:          "CANCELLED",
	trace.StatusCodeUnknown:            "UNKNOWN",
	trace.StatusCodeInvalidArgument:    "INVALID_ARGUMENT",
	trace.StatusCodeDeadlineExceeded:   "DEADLINE_EXCEEDED",
	trace.StatusCodeNotFound:           "NOT_FOUND",
	trace.StatusCodeAlreadyExists:      "ALREADY_EXISTS",
	trace.StatusCodePermissionDenied:   "PERMISSION_DENIED",
	trace.StatusCodeResourceExhausted:  "RESOURCE_EXHAUSTED",
	trace.StatusCodeFailedPrecondition: "FAILED_PRECONDITION",
	trace.StatusCodeAborted:            "ABORTED",
	trace.StatusCodeOutOfRange:         "OUT_OF_RANGE",
	trace.StatusCodeUnimplemented:      "UNIMPLEMENTED",
	trace.StatusCodeInternal:           "INTERNAL",
	trace.StatusCodeUnavailable:        "UNAVAILABLE",
	trace.StatusCodeDataLoss:           "DATA_LOSS",
	trace.StatusCodeUnauthenticated:    "UNAUTHENTICATED",
}
