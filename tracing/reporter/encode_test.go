package reporter

import (
	"encoding/json"
	"fmt"
	"math"
	"net"
	"reflect"
	"strings"
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
		{SpanContext: base, Annotations: []model.Annotation{{Timestamp: at, Value: "a"}, {Timestamp: at, Value: "\xff"}}, Tags: map[string]string{"": "", "a\n": "<&>"}},
	} {
		likeZipkinGo(t, s)
	}
}

// TestTimesAtTheirLimits has what does not fit in zipkin-go's nanoseconds.
func TestTimesAtTheirLimits(t *testing.T) {
	tests := map[string]struct {
		span model.SpanModel
		want string // the end of the JSON; empty: an error
	}{
		"no time":              {model.SpanModel{}, `"id":"0000000000000001"}`},
		"1970":                 {model.SpanModel{Timestamp: time.Unix(0, 999_999_999)}, ""},
		"a second later":       {model.SpanModel{Timestamp: time.Unix(1, 0)}, `"timestamp":1000000}`},
		"1969":                 {model.SpanModel{Timestamp: time.Unix(-1, 0)}, ""},
		"year 2":               {model.SpanModel{Timestamp: time.Date(2, 1, 1, 0, 0, 0, 0, time.UTC)}, ""},
		"2263":                 {model.SpanModel{Timestamp: time.Date(2263, 1, 1, 0, 0, 0, 1500, time.UTC)}, `"timestamp":9246182400000002}`},
		"9999":                 {model.SpanModel{Timestamp: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)}, `"timestamp":253402300799000000}`},
		"the last microsecond": {model.SpanModel{Timestamp: time.Unix(1<<62, 0)}, ""},
		"an annotation's year 1": {model.SpanModel{Annotations: []model.Annotation{{Value: "a"}}},
			`[{"timestamp":-62135596800000000,"value":"a"}]}`},
		"an annotation far off": {model.SpanModel{Annotations: []model.Annotation{{Timestamp: time.Unix(-1<<62, 0)}}}, ""},
		"the least duration":    {model.SpanModel{Duration: 1}, `"duration":1}`},
		"rounded down":          {model.SpanModel{Duration: 1499}, `"duration":1}`},
		"rounded up":            {model.SpanModel{Duration: 1500}, `"duration":2}`},
		"nearly the longest":    {model.SpanModel{Duration: math.MaxInt64 - 400}, `"duration":9223372036854775}`},
		"the longest duration":  {model.SpanModel{Duration: math.MaxInt64}, `"duration":9223372036854776}`},
		"a negative duration":   {model.SpanModel{Duration: -1}, ""},
		"the most negative one": {model.SpanModel{Duration: math.MinInt64}, ""},
	}
	for name, test := range tests {
		test.span.SpanContext = model.SpanContext{TraceID: model.TraceID{Low: 1}, ID: 1}
		got, err := appendSpan(nil, &test.span)
		if (err != nil) != (test.want == "") || err == nil && !strings.HasSuffix(string(got), test.want) {
			t.Errorf("%s: %s, %v; want %s", name, got, err, test.want)
		}
	}
}

func FuzzEncode(f *testing.F) {
	f.Add(uint64(1), uint64(2), uint64(3), uint64(4), "GET", "CLIENT", int64(1_700_000_000_123_456_789), int64(1500), "shop", []byte{1, 2, 3, 4}, uint16(80), "key", "value", true)
	f.Add(uint64(0), uint64(0), uint64(0), uint64(0), "\xff", "", int64(-1), int64(-1), "", []byte{1}, uint16(0), "", "\u2028", false)
	f.Fuzz(func(t *testing.T, high, low, span, parent uint64, name, kind string, at, took int64, service string, ip []byte, port uint16, key, value string, flag bool) {
		if took > math.MaxInt64-500 || at > math.MaxInt64-500 || at < math.MinInt64+500 {
			return // it overflows in zipkin-go
		}
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
