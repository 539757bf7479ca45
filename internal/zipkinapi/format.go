package zipkinapi

import (
	"fmt"
	"net/http"
	"strings"
)

// format is one of the encodings in which Zipkin takes lists of spans.
type format struct {
	name     string // as Zipkin's SpanBytesDecoder calls it
	encoding string // as its errors call it
	read     func(d *decoder, body string) error

	// The bytes that give away a list in another format, by its name.
	foreign []string
	other   string
}

var (
	jsonV1 = &format{name: "JSON_V1", encoding: "json", read: (*decoder).listV1,
		foreign: []string{`Endpoint"`, `"tags"`}, other: "JSON_V2"}
	jsonV2 = &format{name: "JSON_V2", encoding: "json", read: (*decoder).listV2,
		foreign: []string{`yAnnotations"`}, other: "JSON_V1"}
	proto3 = &format{name: "PROTO3", encoding: "proto3", read: (*decoder).listProto3}
)

// check looks at a body that is not empty, as much as Zipkin does before it
// decodes one.
func (f *format) check(contentType, body string) *refusal {
	if isMedia(contentType, "application/x-thrift") && (f == jsonV1 || body[0] == thriftString || body[0] == thriftStruct) {
		return &refusal{wrongType, http.StatusUnsupportedMediaType, fmt.Sprintf("Cannot read spans as %s: send JSON, or application/x-protobuf to /api/v2/spans", contentType)}
	}
	if !looksLikeList(body) {
		return bad(fmt.Sprintf("Expected a %s encoded list\n", f.name))
	}
	for _, mark := range f.foreign {
		if strings.Contains(body, mark) {
			return bad(fmt.Sprintf("Expected a %s encoded list, but received: %s\n", f.name, f.other))
		}
	}
	return nil
}

// The types of the elements with which Thrift's TBinaryProtocol begins a list.
const (
	thriftString = 0x0b // of an empty list, from some reporters
	thriftStruct = 0x0c
)

// looksLikeList tells a list of any of Zipkin's encodings from something else.
func looksLikeList(body string) bool {
	switch body[0] {
	case '[', thriftString, thriftStruct:
		return true
	case protoField1:
		return len(body) > 1 && body[1] != 0
	}
	return false
}

// isMedia reports whether a Content-Type is want, with or without parameters.
func isMedia(contentType, want string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(media), want)
}
