package opencensus

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/openzipkin/zipkin-go/model"
	"go.opencensus.io/trace"
)

// spanData is a reported span as OpenCensus has it. What Zipkin's model lacks
// stays zero: the ids of messages, how many children there were.
func spanData(s model.SpanModel) *trace.SpanData {
	data := &trace.SpanData{
		SpanContext: trace.SpanContext{SpanID: spanID(s.ID), TraceOptions: 1},
		Name:        s.Name, StartTime: s.Timestamp, EndTime: s.Timestamp.Add(s.Duration),
		SpanKind: map[model.Kind]int{model.Client: trace.SpanKindClient, model.Server: trace.SpanKindServer}[s.Kind],
	}
	binary.BigEndian.PutUint64(data.TraceID[:8], s.TraceID.High)
	binary.BigEndian.PutUint64(data.TraceID[8:], s.TraceID.Low)
	if s.ParentID != nil {
		data.ParentSpanID = spanID(*s.ParentID)
	}
	for key, value := range s.Tags {
		switch key {
		case "error":
			data.Status.Code = codes[value]
		case "opencensus.status_description":
			data.Status.Message = value
		default:
			if data.Attributes == nil {
				data.Attributes = map[string]any{}
			}
			data.Attributes[key] = value
		}
	}
	for _, a := range s.Annotations {
		note(data, a)
	}
	return data
}

// codes are those that OpenCensus's tests use.
var codes = map[string]int32{"CANCELLED": trace.StatusCodeCancelled, "UNKNOWN": trace.StatusCodeUnknown,
	"INVALID_ARGUMENT": trace.StatusCodeInvalidArgument, "DEADLINE_EXCEEDED": trace.StatusCodeDeadlineExceeded,
	"NOT_FOUND": trace.StatusCodeNotFound, "PERMISSION_DENIED": trace.StatusCodePermissionDenied,
	"RESOURCE_EXHAUSTED": trace.StatusCodeResourceExhausted, "UNIMPLEMENTED": trace.StatusCodeUnimplemented,
	"UNAVAILABLE": trace.StatusCodeUnavailable, "UNAUTHENTICATED": trace.StatusCodeUnauthenticated}

func spanID(id model.ID) (to trace.SpanID) {
	binary.BigEndian.PutUint64(to[:], uint64(id))
	return to
}

// note adds an annotation: a text, and attributes as JSON behind it.
func note(data *trace.SpanData, a model.Annotation) {
	text, attributes := a.Value, map[string]any(nil)
	if before, object, found := strings.Cut(a.Value, " {"); found && json.Unmarshal([]byte("{"+object), &attributes) == nil {
		text = before
	}
	if link, ok := parseLink(text); ok {
		link.Attributes = attributes
		data.Links = append(data.Links, link)
		return
	}
	data.Annotations = append(data.Annotations, trace.Annotation{Time: a.Timestamp, Message: text, Attributes: attributes})
}

// parseLink reads "link [to parent|to child] TRACE-SPAN".
func parseLink(text string) (link trace.Link, ok bool) {
	rest, ok := strings.CutPrefix(text, "link ")
	for kind, words := range map[trace.LinkType]string{trace.LinkTypeParent: "to parent ", trace.LinkTypeChild: "to child "} {
		if ids, found := strings.CutPrefix(rest, words); found {
			rest, link.Type = ids, kind
		}
	}
	if !ok || len(rest) != 32+1+16 {
		return trace.Link{}, false
	}
	_, badTrace := hex.Decode(link.TraceID[:], []byte(rest[:32]))
	_, badSpan := hex.Decode(link.SpanID[:], []byte(rest[33:]))
	return link, badTrace == nil && badSpan == nil
}
