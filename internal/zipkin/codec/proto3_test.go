package codec_test

import (
	"encoding/binary"
	"net/netip"
	"reflect"
	"testing"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/testbed/conformance"
	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/zipkin/codec"
)

// encodeProto3 encodes spans as a ListOfSpans of zipkin.proto.
func encodeProto3(spans []zipkin.Span) string {
	list := ""
	for _, sp := range spans {
		s := conformance.Bytes(1, word(sp.TraceID.High), word(sp.TraceID.Low)) + conformance.Bytes(3, word(uint64(sp.ID)))
		if sp.ParentID != 0 {
			s += conformance.Bytes(2, word(uint64(sp.ParentID)))
		}
		for i, kind := range []zipkin.Kind{zipkin.Client, zipkin.Server, zipkin.Producer, zipkin.Consumer} {
			if sp.Kind == kind {
				s += conformance.Varint(4, uint64(i+1))
			}
		}
		s += conformance.Bytes(5, sp.Name) + conformance.Fixed64(6, sp.Timestamp) + conformance.Varint(7, uint64(sp.Duration))
		s += conformance.Bytes(8, endpoint(sp.Local)) + conformance.Bytes(9, endpoint(sp.Remote))
		for _, a := range sp.Annotations {
			s += conformance.Bytes(10, conformance.Fixed64(1, a.Timestamp), conformance.Bytes(2, a.Value))
		}
		for _, t := range sp.Tags {
			s += conformance.Bytes(11, conformance.Bytes(1, t.Key), conformance.Bytes(2, t.Value))
		}
		list += conformance.Bytes(1, s, flag(12, sp.Debug), flag(13, sp.Shared))
	}
	return list
}

func word(v uint64) string { return string(binary.BigEndian.AppendUint64(nil, v)) }

func flag(field uint64, set bool) string {
	if !set {
		return ""
	}
	return conformance.Varint(field, 1)
}

func endpoint(e zipkin.Endpoint) string {
	s := conformance.Bytes(1, e.ServiceName) + conformance.Varint(4, uint64(e.Port))
	for i, text := range []string{e.IPv4, e.IPv6} {
		if ip, err := netip.ParseAddr(text); err == nil {
			s += conformance.Bytes(uint64(2+i), string(ip.AsSlice()))
		}
	}
	return s
}

// What is read of protobuf and of JSON is the same.
func TestProto3IsReadAsJSON(t *testing.T) {
	for _, body := range append(spantext.Bodies(3, end), []byte(`[{"traceId":"463ac35c9f6413ad48485a3953bb6124","parentId":"3","id":"a","kind":"CONSUMER","name":"ünï","timestamp":1,"duration":9223372036854775807,
		"localEndpoint":{"serviceName":"a","ipv4":"1.2.3.4","ipv6":"2001:db8::c001","port":65535},"remoteEndpoint":{"ipv6":"::1"},
		"annotations":[{"timestamp":-1,"value":"x"},{"timestamp":2,"value":"y"}],"tags":{"":"dropped","a":"","b":"1"},"debug":true,"shared":true}]`)) {
		want, err := codec.DecodeSpans(string(body))
		if err != nil {
			t.Fatal(err)
		}
		got, err := codec.Proto3.Decode(encodeProto3(want))
		if err != nil {
			t.Fatal(err)
		}
		for i := range want { // protobuf has no tag without a key
			if len(want[i].Tags) > 0 && want[i].Tags[0].Key == "" {
				want[i].Tags = want[i].Tags[1:]
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("read as\n%+v\nwant\n%+v", got, want)
		}
	}
}
