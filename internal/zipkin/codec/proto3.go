package codec

import (
	"strings"

	"example.com/tracelab/internal/zipkin"
)

// The keys of the fields of zipkin.proto: number and wire type. A field with
// another type is skipped as an unknown one.
const (
	protoField1 = 1<<3 | bytesType // the span in a ListOfSpans, the first field in a message

	spanTraceID    = 1<<3 | bytesType
	spanParentID   = 2<<3 | bytesType
	spanID         = 3<<3 | bytesType
	spanKind       = 4<<3 | varintType
	spanName       = 5<<3 | bytesType
	spanTimestamp  = 6<<3 | fixed64Type
	spanDuration   = 7<<3 | varintType
	spanLocal      = 8<<3 | bytesType
	spanRemote     = 9<<3 | bytesType
	spanAnnotation = 10<<3 | bytesType
	spanTag        = 11<<3 | bytesType
	spanDebug      = 12<<3 | varintType
	spanShared     = 13<<3 | varintType

	endpointName = 1<<3 | bytesType
	endpointIPv4 = 2<<3 | bytesType
	endpointIPv6 = 3<<3 | bytesType
	endpointPort = 4<<3 | varintType

	annotationTimestamp = 1<<3 | fixed64Type
	annotationValue     = 2<<3 | bytesType

	tagKey   = 1<<3 | bytesType
	tagValue = 2<<3 | bytesType
)

// proto3Reader reads a ListOfSpans of zipkin.proto into an arena.
type proto3Reader struct {
	wire
	*arena
	local, remote knownEndpoint // of the span before
}

// listProto3 reads a ListOfSpans. Every field of it counts as a span.
func (d *Decoder) listProto3(body string) error {
	p := proto3Reader{wire: wire{s: body}, arena: &d.arena}
	for p.more(len(body)) {
		p.varint32()
		n := p.length()
		if p.need(n) {
			p.span(p.i + n)
		}
	}
	return p.err
}

// span reads the span that ends at end.
func (p *proto3Reader) span(end int) {
	sp := p.open()
	var found struct{ traceID, id bool }
	for p.more(end) {
		switch key := p.varint32(); key {
		case spanTraceID:
			found.traceID = true
			sp.TraceID = p.traceID()
		case spanID:
			found.id = true
			sp.ID = p.id()
		default:
			p.optional(sp, key)
		}
	}
	if p.err == nil {
		p.err = p.close(found.traceID, found.id)
	}
}

// optional reads the value of any field but the two that a span must have. Of
// a field that comes twice the last stays, and messages are not merged.
func (p *proto3Reader) optional(sp *zipkin.Span, key int32) {
	switch key {
	case spanParentID:
		_, low, _ := p.hex("parentId", 8)
		sp.ParentID = zipkin.SpanID(low)
	case spanKind:
		p.kind(&sp.Kind)
	case spanName:
		sp.Name = zipkin.LowerName(p.text())
	case spanTimestamp:
		sp.Timestamp = max(p.fixed64(), 0)
	case spanDuration:
		sp.Duration = max(p.varint64(), 0)
	case spanLocal:
		sp.Local = p.endpoint(&p.local)
	case spanRemote:
		sp.Remote = p.endpoint(&p.remote)
	case spanAnnotation:
		p.annotation()
	case spanTag:
		p.tag()
	case spanDebug:
		sp.Debug = p.boolean() || sp.Debug
	case spanShared:
		sp.Shared = p.boolean() || sp.Shared
	default:
		p.skip(key)
	}
}

// hex reads an id of up to so many bytes, and how many it has.
func (p *proto3Reader) hex(field string, most int) (high, low uint64, n int) {
	const longest = 32 // bytes that Zipkin looks at
	if n = p.length(); n > longest {
		p.fail("hex field greater than 32 chars long: %d", n)
	}
	if !p.need(n) {
		return 0, 0, 0
	}
	if n > most {
		p.fail("%s.length > %d", field, 2*most)
	}
	for _, c := range []byte(p.s[p.i : p.i+n]) {
		high, low = high<<8|low>>56, low<<8|uint64(c)
	}
	p.i += n
	return high, low, n
}

func (p *proto3Reader) traceID() zipkin.TraceID {
	high, low, n := p.hex("traceId", 16)
	switch id := (zipkin.TraceID{High: high, Low: low}); {
	case n == 0:
		p.fail("traceId == null")
	case id == zipkin.TraceID{}:
		p.fail("traceId is all zeros")
	default:
		return id
	}
	return zipkin.TraceID{}
}

// id refuses eight zeros. Fewer pass and are stored as zero: see decoder.spanID.
func (p *proto3Reader) id() zipkin.SpanID {
	_, low, n := p.hex("id", 8)
	switch {
	case n == 0:
		p.fail("id == null")
	case n == 8 && low == 0:
		p.fail("id is all zeros")
	}
	return zipkin.SpanID(low)
}

// kind ignores the kinds that are not known.
func (p *proto3Reader) kind(k *zipkin.Kind) {
	n := p.varint32()
	if n < 0 {
		p.malformed()
	}
	if known := [...]zipkin.Kind{zipkin.Client, zipkin.Server, zipkin.Producer, zipkin.Consumer}; 0 < n && int(n) <= len(known) {
		*k = known[n-1]
	}
}

// endpoint reads an endpoint, unless it is that of the span before.
func (p *proto3Reader) endpoint(before *knownEndpoint) (e zipkin.Endpoint) {
	n := p.length()
	if text := before.text; text != "" && n == len(text) && strings.HasPrefix(p.s[p.i:], text) {
		p.i += n
		return before.Endpoint
	}
	from := p.i
	for end := p.i + n; p.more(end); {
		p.endpointField(&e)
	}
	if p.err == nil {
		*before = knownEndpoint{p.s[from:p.i], e}
	}
	return e
}

func (p *proto3Reader) endpointField(e *zipkin.Endpoint) {
	switch key := p.varint32(); key {
	case endpointName:
		e.ServiceName = zipkin.LowerName(p.text())
	case endpointIPv4, endpointIPv6:
		setIPBytes(e, p.bytes())
	case endpointPort:
		port := p.varint32()
		if port > 0xffff {
			p.fail("invalid port %d", port)
		}
		e.Port = uint16(max(port, 0))
	default:
		p.skip(key)
	}
}

// annotation drops what has no time or no value, as Zipkin does.
func (p *proto3Reader) annotation() {
	var a zipkin.Annotation
	n := p.length()
	for end := p.i + n; p.more(end); {
		switch key := p.varint32(); key {
		case annotationTimestamp:
			a.Timestamp = p.fixed64()
		case annotationValue:
			a.Value = p.text()
		default:
			p.skip(key)
		}
	}
	if a.Timestamp != 0 && a.Value != "" {
		p.annotations = append(p.annotations, a)
	}
}

// tag drops what has no key, as Zipkin does.
func (p *proto3Reader) tag() {
	var t zipkin.Tag
	n := p.length()
	for end := p.i + n; p.more(end); {
		switch key := p.varint32(); key {
		case tagKey:
			t.Key = p.text()
		case tagValue:
			if value := p.text(); value != "" { // as a string that is absent
				t.Value = value
			}
		default:
			p.skip(key)
		}
	}
	if t.Key != "" {
		p.tags = append(p.tags, t)
	}
}
