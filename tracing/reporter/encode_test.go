package reporter

import (
	"encoding/json"
	"fmt"
	"net"
	"reflect"
	"testing"
	"time"

	"github.com/openzipkin/zipkin-go/model"
)

// likeZipkinGo checks that our encoding of a span has the content of zipkin-go's.
func likeZipkinGo(t *testing.T, s model.SpanModel) {
	t.Helper()
	ours, err := appendSpan(nil, &s)
	theirs, wanted := json.Marshal(s)
	if s.TraceID.Empty() || s.ID == 0 {
		if err == nil {
			t.Errorf("%+v: zero ids were encoded", s)
		}
		return
	}
	if (err == nil) != (wanted == nil) {
		t.Fatalf("%+v: our error is %v, zipkin-go's %v", s, err, wanted)
	}
	if err != nil {
		return
	}
	var o, z any
	if err := json.Unmarshal(ours, &o); err != nil {
		t.Fatalf("%+v: we wrote %s: %v", s, ours, err)
	}
	if err := json.Unmarshal(theirs, &z); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(o, z) {
		t.Errorf("we wrote\n%s\nzipkin-go\n%s", ours, theirs)
	}
}

func id(n uint64) *model.ID { i := model.ID(n); return &i }

func TestEncodingIsZipkinGos(t *testing.T) {
	base := model.SpanContext{TraceID: model.TraceID{High: 1, Low: 2}, ID: 3}
	at := time.Unix(1_700_000_000, 123_456_789)
	for _, s := range []model.SpanModel{
		{},
		{SpanContext: base},
		{SpanContext: model.SpanContext{TraceID: model.TraceID{Low: 2}, ID: 3, ParentID: id(4), Debug: true}, Shared: true, Kind: model.Client},
		{SpanContext: base, Name: "GET /Ünïcode\u2028\x00\"\\", Timestamp: at, Duration: 1500 * time.Nanosecond},
		{SpanContext: base, Timestamp: at, Duration: 1},
		{SpanContext: base, Timestamp: at, Duration: -1},
		{SpanContext: base, Timestamp: time.Unix(0, 0)},
		{SpanContext: base, Timestamp: at, LocalEndpoint: &model.Endpoint{}, RemoteEndpoint: &model.Endpoint{Port: 80}},
		{SpanContext: base, LocalEndpoint: &model.Endpoint{ServiceName: "Shop", IPv4: net.IPv4(1, 2, 3, 4), IPv6: net.ParseIP("::1"), Port: 65535}},
		{SpanContext: base, RemoteEndpoint: &model.Endpoint{IPv4: net.IP{1}}},
		{SpanContext: base, Annotations: []model.Annotation{{Timestamp: at, Value: "a"}, {Value: "\xff"}}, Tags: map[string]string{"": "", "a\n": "<&>"}},
	} {
		likeZipkinGo(t, s)
	}
}

func FuzzEncode(f *testing.F) {
	f.Add(uint64(1), uint64(2), uint64(3), uint64(4), "GET", "CLIENT", int64(1_700_000_000_123_456_789), int64(1500), "shop", []byte{1, 2, 3, 4}, uint16(80), "key", "value", true)
	f.Add(uint64(0), uint64(0), uint64(0), uint64(0), "\xff", "", int64(-1), int64(-1), "", []byte{1}, uint16(0), "", "\u2028", false)
	f.Fuzz(func(t *testing.T, high, low, span, parent uint64, name, kind string, at, took int64, service string, ip []byte, port uint16, key, value string, flag bool) {
		s := model.SpanModel{
			SpanContext: model.SpanContext{TraceID: model.TraceID{High: high, Low: low}, ID: model.ID(span), Debug: flag},
			Name:        name, Kind: model.Kind(kind), Timestamp: time.Unix(0, at), Duration: time.Duration(took), Shared: !flag,
			LocalEndpoint:  &model.Endpoint{ServiceName: service, Port: port},
			RemoteEndpoint: &model.Endpoint{ServiceName: service, IPv4: ip},
			Annotations:    []model.Annotation{{Timestamp: time.Unix(0, at), Value: value}},
			Tags:           map[string]string{key: value, value: key},
		}
		if parent != 0 {
			s.ParentID = id(parent)
		}
		likeZipkinGo(t, s)
	})
}

// BenchmarkEncode sets our encoder beside zipkin-go's, on a usual span.
func BenchmarkEncode(b *testing.B) {
	s := model.SpanModel{SpanContext: model.SpanContext{TraceID: model.TraceID{High: 1, Low: 2}, ID: 3, ParentID: id(4)}, Name: "GET /visit", Kind: model.Server,
		Timestamp: time.Now(), Duration: time.Millisecond, LocalEndpoint: &model.Endpoint{ServiceName: "gateway"},
		Tags: map[string]string{"http.method": "GET", "http.route": "GET /visit", "http.status_code": "200"}}
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		var buf []byte
		for b.Loop() {
			buf, _ = appendSpan(buf[:0], &s)
		}
	})
	b.Run("zipkin-go", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(s); err != nil {
				b.Fatal(fmt.Sprint(err))
			}
		}
	})
}
