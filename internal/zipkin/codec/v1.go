package codec

import (
	"errors"
	"fmt"

	"example.com/tracelab/internal/zipkin"
)

// v1Span is a span of Zipkin's first model. Its services, and the call or the
// message that it timed, are in its annotations: see convert.
type v1Span struct {
	same                zipkin.Span // what the spans it is converted to have in common: ids, name, debug
	timestamp, duration int64       // µs, also negative; zero: unknown
	annotations         []v1Annotation
	tags                []v1Tag
	endpoints           []zipkin.Endpoint // of these; the first is the unknown one

	conversion
}

// v1Annotation is something that happened at a service.
type v1Annotation struct {
	timestamp int64 // µs since the epoch
	value     string
	endpoint  int32 // in v1Span.endpoints
	owner     int32 // in conversion.spans
}

// v1Tag is a binary annotation: a tag at a service, or the address of one.
type v1Tag struct {
	key, value string
	endpoint   int32 // in v1Span.endpoints
	owner      int32 // in conversion.spans
}

// listV1 reads a list of JSON v1.
func (d *Decoder) listV1(s string) error {
	d.begin(s)
	return d.each('[', ']', func(i int) error {
		d.index = i
		d.v1.forget()
		if err := d.spanV1(&d.v1); err != nil {
			return err
		}
		return d.v1.convert(&d.arena)
	})
}

func (d *Decoder) spanV1(v *v1Span) error {
	err := d.each('{', '}', func(int) error {
		name, err := d.name()
		if err != nil {
			return err
		}
		switch name {
		case "traceId":
			return d.traceIDV1(&v.same.TraceID)
		case "id":
			return d.spanIDV1(&v.same.ID)
		}
		if d.null() {
			return nil
		}
		return d.optionalV1(v, name)
	})
	switch {
	case err != nil:
		return err
	case v.same.TraceID.Low == 0:
		return errors.New("traceId == 0")
	case v.same.ID == 0:
		return errors.New("id == 0")
	}
	return nil
}

// optionalV1 reads the value of any field but the two that a span must have.
func (d *Decoder) optionalV1(v *v1Span, name string) (err error) {
	switch name {
	case "name":
		v.same.Name, err = d.text()
		v.same.Name = zipkin.LowerName(v.same.Name)
	case "parentId":
		err = d.spanIDV1(&v.same.ParentID)
	case "timestamp":
		v.timestamp, err = d.long()
	case "duration":
		v.duration, err = d.long()
	case "annotations":
		err = d.each('[', ']', func(i int) error { return d.annotationV1(v, i) })
	case "binaryAnnotations":
		err = d.each('[', ']', func(i int) error { return d.binaryAnnotation(v, i) })
	case "debug":
		err = d.flag(&v.same.Debug)
	default:
		err = d.skip(2)
	}
	return err
}

// traceIDV1 reads a trace id. Of one of 17 to 31 digits only the last sixteen
// count, and one of 32 must not end in sixteen zeros.
func (d *Decoder) traceIDV1(id *zipkin.TraceID) error {
	high, low, n, err := d.hexV1()
	if id.Low = low; n == 32 {
		id.High = high
	}
	return err
}

// spanIDV1 reads the id of a span, of which the last sixteen digits count.
func (d *Decoder) spanIDV1(id *zipkin.SpanID) error {
	_, low, _, err := d.hexV1()
	*id = zipkin.SpanID(low)
	return err
}

// hexV1 reads 1 to 32 digits, and returns their number.
func (d *Decoder) hexV1() (high, low uint64, n int, err error) {
	s, err := d.text()
	if err != nil {
		return 0, 0, 0, err
	}
	if n = len(s); n > 16 {
		id, err2 := zipkin.ParseSpanID("", s[:n-16])
		high, err = uint64(id), err2
	}
	if err == nil {
		var id zipkin.SpanID
		id, err = zipkin.ParseSpanID("", s[max(n-16, 0):])
		low = uint64(id)
	}
	if err != nil {
		err = fmt.Errorf("%s should be a 1 to 32 character lower-hex string with no prefix", s)
	}
	return high, low, n, err
}

func (d *Decoder) annotationV1(v *v1Span, i int) error {
	var e zipkin.Endpoint
	a, err := d.annotation(i, &e)
	v.annotations = append(v.annotations, v1Annotation{timestamp: a.Timestamp, value: a.Value, endpoint: v.endpoint(e)})
	return err
}

// binaryAnnotation keeps those whose value is a string, and addresses, whose value
// is true: the model v2 has no other.
func (d *Decoder) binaryAnnotation(v *v1Span, i int) error {
	var b v1Tag
	var e zipkin.Endpoint
	var key, text, yes bool
	last := ""
	err := d.each('{', '}', func(int) (err error) {
		if last, err = d.name(); err != nil || d.null() {
			return err
		}
		switch last {
		case "key":
			key = true
			b.key, err = d.text()
		case "value":
			switch d.peek() {
			case '"':
				text = true
				b.value, err = d.quoted()
			case 't', 'T', 'f', 'F':
				yes, err = d.boolean()
			default:
				err = d.skip(4)
			}
		case "endpoint":
			err = d.endpoint(&e, &d.local)
		default:
			err = d.skip(4)
		}
		return err
	})
	if err == nil && !key {
		err = fmt.Errorf("No key at $[%d].binaryAnnotations[%d].%s", d.index, i, last)
	}
	if text || yes && isAddress(b.key) && e != (zipkin.Endpoint{}) {
		b.endpoint = v.endpoint(e)
		v.tags = append(v.tags, b)
	}
	return err
}

// endpoint returns the index of e in v.endpoints. Most annotations of a span have
// the same endpoint.
func (v *v1Span) endpoint(e zipkin.Endpoint) int32 {
	last := len(v.endpoints) - 1
	switch {
	case e == zipkin.Endpoint{}:
		return 0
	case e != v.endpoints[last]:
		v.endpoints = append(v.endpoints, e)
		last++
	}
	return int32(last)
}

// forget empties v and keeps its memory.
func (v *v1Span) forget() {
	clear(v.annotations)
	clear(v.tags)
	clear(v.endpoints)
	clear(v.spans)
	*v = v1Span{
		annotations: v.annotations[:0], tags: v.tags[:0],
		endpoints:  append(v.endpoints[:0], zipkin.Endpoint{}),
		conversion: conversion{spans: v.spans[:0]},
	}
}

// isLarge reports whether the memory is more than is worth keeping.
func (v *v1Span) isLarge() bool {
	const usual = 1024
	return cap(v.annotations) > usual || cap(v.tags) > usual || cap(v.endpoints) > usual || cap(v.spans) > usual
}
