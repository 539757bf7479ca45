package tracing_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/openzipkin/zipkin-go/model"
	"go.opencensus.io/trace"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/propagation"
	"example.com/tracelab/tracing/reporter"
)

// pairs is a reporter that has spans written in both ways: two of the same content, one
// after the other, by their JSON and by the model of contrib's exporter.
type pairs struct {
	t        *testing.T
	appended []any
	modelled []any
}

func (p *pairs) Close() error { return nil }

func (p *pairs) Send(s model.SpanModel) {
	b, err := json.Marshal(s)
	p.modelled = append(p.modelled, p.content(b, err))
}

func (p *pairs) SendEnded(e reporter.Ended) {
	if len(p.modelled) < len(p.appended) {
		e.SendTo(p)
		return
	}
	b, err := e.(reporter.Appender).AppendTo(nil)
	p.appended = append(p.appended, p.content(b, err))
}

// content is a span as JSON, without what differs between two of the same content.
func (p *pairs) content(b []byte, err error) any {
	p.t.Helper()
	var s map[string]any
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	if err != nil {
		p.t.Fatalf("%s: %v", b, err)
	}
	for _, name := range []string{"traceId", "id", "parentId", "timestamp", "duration"} {
		if v, has := s[name]; has {
			s[name] = fmt.Sprintf("%T", v)
		}
	}
	notes, _ := s["annotations"].([]any)
	for _, note := range notes {
		note.(map[string]any)["timestamp"] = 0
	}
	return s
}

// TestAppendedIsWhatIsModelled has what ends be written in both ways.
func TestAppendedIsWhatIsModelled(t *testing.T) {
	programs := map[string]func(*trace.Span){
		"bare":       func(*trace.Span) {},
		"upper case": func(s *trace.Span) { s.SetName("GET /Visit") },
		"long name":  func(s *trace.Span) { s.SetName(strings.Repeat("n", 3000)) },
		"producer":   func(s *trace.Span) { s.AddAttributes(tracing.Kind(model.Producer), tracing.Peer("Redis")) },
		"tags": func(s *trace.Span) {
			s.AddAttributes(trace.StringAttribute("a", "\x00<é\xff"), trace.Int64Attribute("b", -1))
		},
		"status tags": func(s *trace.Span) {
			s.AddAttributes(trace.StringAttribute("error", "mine"), trace.StringAttribute("opencensus.status_description", "mine"))
		},
		"both": func(s *trace.Span) {
			s.AddAttributes(trace.StringAttribute("error", "mine"))
			s.SetStatus(trace.Status{Code: 5, Message: "gone"})
		},
		"message only": func(s *trace.Span) { s.SetStatus(trace.Status{Message: "fine"}) },
		"dropped tags": func(s *trace.Span) {
			for i := range 70 {
				s.AddAttributes(trace.Int64Attribute(fmt.Sprint("k", i), 1))
			}
		},
		"dropped annotations": func(s *trace.Span) {
			s.AddAttributes(trace.StringAttribute("otel.dropped_events_count", "mine"))
			for range 70 {
				s.Annotate(nil, "noted")
			}
		},
		"annotations": func(s *trace.Span) {
			s.Annotate(nil, "one")
			s.AddMessageSendEvent(1, 2, 3)
			s.AddAttributes(trace.StringAttribute("k", "v"))
		},
	}
	for code := int32(-1); code <= 18; code++ {
		programs[fmt.Sprint("code ", code)] = func(s *trace.Span) { s.SetStatus(trace.Status{Code: code}) }
	}
	p := &pairs{t: t}
	provider, err := tracing.Start(tracing.Config{Service: "Test", Sampler: "always", Reporter: p, TrustedProxies: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer provider.Shutdown(t.Context())
	ctx, parent := trace.StartSpan(t.Context(), "parent")
	for name, program := range programs {
		for range 2 {
			_, s := trace.StartSpan(ctx, name, trace.WithSpanKind(trace.SpanKindClient))
			program(s)
			s.End()
		}
	}
	for _, from := range []string{"", "192.0.2.1:80", "[2001:db8::1]:80", "@"} {
		for _, by := range []string{"", "198.51.100.7", "2001:db8::7"} {
			for range 2 {
				r := httptest.NewRequest("GET", "/", nil)
				r.RemoteAddr = from
				r.Header.Set("X-Forwarded-For", by)
				r.Header.Set("B3", propagation.FormatB3(trace.SpanContext{TraceID: trace.TraceID{15: 1}, SpanID: trace.SpanID{7: 1}, TraceOptions: propagation.Sampled | propagation.Debug}))
				tracing.Handler(http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), r)
			}
		}
	}
	for range 2 {
		_, s := trace.StartSpanWithRemoteParent(t.Context(), "no parent", trace.SpanContext{})
		s.End()
	}
	parent.End()
	for i := range p.modelled {
		if !reflect.DeepEqual(p.appended[i], p.modelled[i]) {
			t.Errorf("appended\n%v\nmodelled\n%v", p.appended[i], p.modelled[i])
		}
	}
	if want := len(programs) + 13; len(p.modelled) != want || len(p.appended) != want+1 {
		t.Errorf("%d spans were appended and %d modelled; want %d and %d", len(p.appended), len(p.modelled), want+1, want)
	}
}
