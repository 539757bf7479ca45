package store

import (
	"encoding/binary"

	"example.com/tracelab/internal/zipkin"
)

// record is one span as the store keeps it. Two records of one trace are equal
// (==) exactly when the spans are: equal templates and tag sets are one.
//
// A record never changes once it is stored.
type record struct {
	template  *template
	tags      *tagSet
	high      uint64 // of the trace id
	id        zipkin.SpanID
	parent    zipkin.SpanID
	timestamp int64 // µs
	duration  int64 // µs
	payload   string
}

const recordSize = 72

// ms is the bucket of time that Zipkin's storage files a span under: whole
// milliseconds, zero for a span without a timestamp.
func (r *record) ms() int64 { return r.timestamp / 1000 }

// appendPayload appends what sp does not share with other spans:
// the address of the remote endpoint, the values of the tags, the annotations.
func appendPayload(b []byte, sp *zipkin.Span) []byte {
	if hasAddr(&sp.Remote) {
		b = binary.BigEndian.AppendUint16(b, sp.Remote.Port)
		b = appendText(b, sp.Remote.IPv4)
		b = appendText(b, sp.Remote.IPv6)
	}
	for i := range sp.Tags {
		b = appendText(b, sp.Tags[i].Value)
	}
	for i := range sp.Annotations {
		// Most annotations are close to the start of their span.
		b = binary.AppendVarint(b, sp.Annotations[i].Timestamp-sp.Timestamp)
		b = appendText(b, sp.Annotations[i].Value)
	}
	return b
}

// cutRemote reads the remote endpoint and returns the payload after it.
func (r *record) cutRemote() (e zipkin.Endpoint, rest string) {
	e.ServiceName = r.template.remote
	rest = r.payload
	if r.template.remoteAddr {
		e.Port = uint16(rest[0])<<8 | uint16(rest[1])
		e.IPv4, rest = cutText(rest[2:])
		e.IPv6, rest = cutText(rest)
	}
	return e, rest
}

// cutAnnotation reads one annotation of the rest of a payload.
func (r *record) cutAnnotation(s string) (a zipkin.Annotation, rest string) {
	u, s := cutUvarint(s)
	delta := int64(u >> 1)
	if u&1 != 0 {
		delta = ^delta
	}
	a.Timestamp = r.timestamp + delta
	a.Value, rest = cutText(s)
	return a, rest
}

// span unpacks r, which belongs to the trace with the given low bits. The tags and the
// annotations are appended to those given; the strings stay shared with the record.
func (r *record) span(low uint64, tags []zipkin.Tag, annotations []zipkin.Annotation) (zipkin.Span, []zipkin.Tag) {
	s := r.template
	sp := zipkin.Span{
		TraceID:   zipkin.TraceID{High: r.high, Low: low},
		ParentID:  r.parent,
		ID:        r.id,
		Kind:      s.kind,
		Name:      s.name,
		Timestamp: r.timestamp,
		Duration:  r.duration,
		Local:     s.local,
		Debug:     s.debug,
		Shared:    s.shared,
	}
	var rest string
	sp.Remote, rest = r.cutRemote()
	first := len(tags)
	for _, key := range r.tags.keys {
		var value string
		value, rest = cutText(rest)
		tags = append(tags, zipkin.Tag{Key: key, Value: value})
	}
	if first < len(tags) {
		sp.Tags = tags[first:len(tags):len(tags)]
	}
	sp.Annotations = annotations
	for rest != "" {
		var a zipkin.Annotation
		a, rest = r.cutAnnotation(rest)
		sp.Annotations = append(sp.Annotations, a)
	}
	return sp, tags
}

// packed is a span that Add is about to store: a record that has no template and no tag
// set yet, only the keys of both.
type packed struct {
	low     uint64
	keyFrom int
	tagFrom int
	keyTo   int
	rec     record
}

// packer makes records of spans without a lock being held.
type packer struct {
	keys     []byte
	payloads []byte // of the spans since the last one that has its own
	ends     []int  // of each of these
	items    []packed
}

func (p *packer) pack(spans []zipkin.Span) {
	for i := range spans {
		sp := &spans[i]
		if i > 0 && (sp.TraceID.Low != spans[i-1].TraceID.Low || len(p.payloads) >= maxShared) {
			p.share()
		}
		from := len(p.keys)
		p.keys = appendTemplateKey(p.keys, sp)
		tags := len(p.keys)
		p.keys = appendTagSetKey(p.keys, sp)
		p.payloads = appendPayload(p.payloads, sp)
		p.ends = append(p.ends, len(p.payloads))
		p.items = append(p.items, packed{sp.TraceID.Low, from, tags, len(p.keys), record{
			high:      sp.TraceID.High,
			id:        sp.ID,
			parent:    sp.ParentID,
			timestamp: sp.Timestamp,
			duration:  sp.Duration,
		}})
	}
	p.share()
}

// maxShared is the number of bytes beyond which payloads go into another string.
const maxShared = 4096

// share makes one string of the payloads that have none. They are of one trace,
// and so released together; of a trace that is truncated, the rest keeps little
// more alive than its own.
func (p *packer) share() {
	text, from := string(p.payloads), 0
	items := p.items[len(p.items)-len(p.ends):]
	for i, end := range p.ends {
		items[i].rec.payload = text[from:end]
		from = end
	}
	p.payloads, p.ends = p.payloads[:0], p.ends[:0]
}

// reset drops the spans, and the memory too after an unusually large batch.
func (p *packer) reset() {
	const maxReused = 1 << 18
	if cap(p.keys) > maxReused || cap(p.payloads) > maxReused || cap(p.items)*recordSize > maxReused {
		*p = packer{}
		return
	}
	clear(p.items)
	p.keys, p.items = p.keys[:0], p.items[:0]
}
