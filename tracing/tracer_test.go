package tracing_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	oczipkin "contrib.go.opencensus.io/exporter/zipkin"
	"github.com/openzipkin/zipkin-go/model"
	"go.opencensus.io/trace"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/tracetest"
)

// programs are uses of OpenCensus's API whose spans must be the same under its
// own tracer, with contrib's exporter, and under ours.
var programs = map[string]func(context.Context){
	"a child": func(ctx context.Context) {
		ctx, parent := trace.StartSpan(ctx, "parent")
		_, child := trace.StartSpan(ctx, "child", trace.WithSpanKind(trace.SpanKindClient))
		child.End()
		parent.End()
	},
	"a remote parent": func(ctx context.Context) {
		parent := trace.SpanContext{TraceID: trace.TraceID{15: 1}, SpanID: trace.SpanID{7: 2}, TraceOptions: 1}
		_, s := trace.StartSpanWithRemoteParent(ctx, "server", parent, trace.WithSpanKind(trace.SpanKindServer))
		s.End()
	},
	"attributes of every type": func(ctx context.Context) {
		_, s := trace.StartSpan(ctx, "s")
		s.AddAttributes(trace.StringAttribute("s", "é"), trace.BoolAttribute("b", true), trace.Int64Attribute("i", -7),
			trace.Float64Attribute("f", 0.1), trace.Float64Attribute("whole", 1e6), trace.StringAttribute("s", "last"))
		s.End()
	},
	"annotations and messages": func(ctx context.Context) {
		_, s := trace.StartSpan(ctx, "s")
		s.Annotate(nil, "one")
		s.Annotatef(nil, "two %d", 2)
		s.AddMessageSendEvent(1, 20, 10)
		s.AddMessageReceiveEvent(2, 30, 10)
		s.End()
	},
	"a status": func(ctx context.Context) {
		_, s := trace.StartSpan(ctx, "s")
		s.AddAttributes(trace.StringAttribute("error", "mine"))
		s.SetStatus(trace.Status{Code: trace.StatusCodeNotFound, Message: "gone"})
		s.End()
	},
	"a new name": func(ctx context.Context) {
		_, s := trace.StartSpan(ctx, "s")
		s.SetName("t")
		s.End()
	},
	"ended twice, then touched": func(ctx context.Context) {
		_, s := trace.StartSpan(ctx, "s")
		s.End()
		s.End()
		s.Annotate(nil, "late")
		s.SetName("late")
	},
	"a sampler of its own": func(ctx context.Context) {
		ctx, s := trace.StartSpan(ctx, "s", trace.WithSampler(trace.NeverSample()))
		_, child := trace.StartSpan(ctx, "child")
		_, again := trace.StartSpan(ctx, "again", trace.WithSampler(trace.AlwaysSample()))
		again.End()
		child.End()
		s.End()
	},
	"a context handed on": func(ctx context.Context) {
		ctx, s := trace.StartSpan(ctx, "s")
		other := trace.NewContext(context.Background(), trace.FromContext(ctx))
		other, cancel := context.WithCancel(other)
		_, child := trace.StartSpan(other, "child")
		child.End()
		cancel()
		s.End()
	},
}

func TestSpansAreOpenCensuss(t *testing.T) {
	for name, program := range programs {
		t.Run(name, func(t *testing.T) {
			ours := tracetest.Start(t, "always")
			program(t.Context())
			got := shape(ours.Spans())
			want := shape(stock(t, program))
			if !reflect.DeepEqual(got, want) {
				t.Errorf("ours\n%s\nOpenCensus's\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// stock runs the program under OpenCensus's own tracer.
func stock(t *testing.T, program func(context.Context)) []model.SpanModel {
	t.Helper()
	ours := trace.DefaultTracer
	trace.DefaultTracer = stockTracer
	defer func() { trace.DefaultTracer = ours }()
	var r tracetest.Recorder
	exporter := oczipkin.NewExporter(&r, &model.Endpoint{ServiceName: "test"})
	trace.RegisterExporter(exporter)
	defer trace.UnregisterExporter(exporter)
	trace.ApplyConfig(trace.Config{DefaultSampler: trace.AlwaysSample()})
	program(t.Context())
	return r.Spans()
}

var stockTracer = trace.DefaultTracer

// shape is what of spans does not change from run to run.
func shape(spans []model.SpanModel) (all []string) {
	names := map[model.ID]string{}
	for _, s := range spans {
		names[s.ID] = s.Name
	}
	for _, s := range spans {
		parent := "none"
		if s.ParentID != nil {
			if parent = names[*s.ParentID]; parent == "" {
				parent = "one that is not recorded"
			}
		}
		var notes []string
		for _, a := range s.Annotations {
			notes = append(notes, a.Value)
		}
		all = append(all, fmt.Sprintf("%s under %s, %s, at %s, tags %v, annotations %q, took time %v", s.Name, parent, s.Kind,
			s.LocalEndpoint.ServiceName, s.Tags, notes, s.Duration > 0 && !s.Timestamp.IsZero()))
	}
	return all
}

func TestAnnotationAttributesAreKept(t *testing.T) {
	spans := tracetest.Start(t, "always")
	_, s := trace.StartSpan(t.Context(), "s")
	s.Annotate([]trace.Attribute{trace.Int64Attribute("URL Response Code", 200)}, "as a tag too")
	s.Annotate([]trace.Attribute{trace.Int64Attribute("attempt", 2), trace.StringAttribute("why", `"x"`)}, "here alone")
	s.Annotate([]trace.Attribute{trace.Float64Attribute("n", math.NaN())}, "not JSON")
	s.AddAttributes(trace.Int64Attribute("URL Response Code", 200))
	s.AddLink(trace.Link{TraceID: trace.TraceID{15: 1}, SpanID: trace.SpanID{7: 2}})
	s.AddLink(trace.Link{Type: trace.LinkTypeParent, Attributes: map[string]any{"n": int64(3), "why": "batch"}})
	mine := []trace.Attribute{trace.StringAttribute("a", "then")}
	s.Annotate(mine, "mine")
	mine[0] = trace.StringAttribute("a", "now")
	s.End()
	var got []string
	for _, a := range spans.Spans()[0].Annotations {
		got = append(got, a.Value)
	}
	want := []string{"as a tag too", `here alone {"attempt":2,"why":"\"x\""}`, `not JSON {"n":"NaN"}`,
		"link 00000000000000000000000000000001-0000000000000002",
		`link to parent 00000000000000000000000000000000-0000000000000000 {"n":"3","why":"batch"}`, `mine {"a":"then"}`}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("annotations %q; want %q", got, want)
	}
}

func TestWhatIsCutIsSaid(t *testing.T) {
	spans := tracetest.Start(t, "always")
	_, s := trace.StartSpan(t.Context(), "s")
	for i := range 100 {
		s.AddAttributes(trace.Int64Attribute(fmt.Sprint("k", i), int64(i)))
		s.Annotate(nil, fmt.Sprint("a", i))
	}
	s.AddAttributes(trace.StringAttribute("k0", strings.Repeat("é", 5000)))
	s.End()
	got := spans.Spans()[0]
	if len(got.Annotations) != 64 || got.Tags["otel.dropped_events_count"] != "36" || got.Tags["otel.dropped_attributes_count"] != "36" {
		t.Errorf("%d annotations, %s and %s said to be dropped", len(got.Annotations), got.Tags["otel.dropped_events_count"], got.Tags["otel.dropped_attributes_count"])
	}
	if long := got.Tags["k0"]; len(long) > 4200 || !strings.HasSuffix(long, "… (5904 more bytes)") {
		t.Errorf("a long value became %d bytes ending in %q", len(long), long[len(long)-30:])
	}
}

// TestEveryTextIsCut gives a span one that is too long in each place.
func TestEveryTextIsCut(t *testing.T) {
	spans := tracetest.Start(t, "always")
	long := strings.Repeat("x", 5000)
	_, s := trace.StartSpan(t.Context(), long)
	s.AddAttributes(trace.StringAttribute(long, long), trace.StringAttribute(long, "last"), tracing.Peer(long))
	s.Annotate([]trace.Attribute{trace.StringAttribute(long, long)}, long)
	s.SetStatus(trace.Status{Code: trace.StatusCodeUnknown, Message: long})
	s.End()
	serve(tracing.Handler(http.NotFoundHandler()), httptest.NewRequest(long, "/"+long, nil))
	resp, err := (&tracing.Transport{Base: answering("")}).RoundTrip(httptest.NewRequest(long, "http://"+long+"/"+long, nil))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if n := len(spans.Spans()); n != 3 {
		t.Errorf("%d spans", n)
	}
	for _, s := range spans.Spans() {
		texts := []string{s.Name}
		for key, value := range s.Tags {
			texts = append(texts, key, value)
		}
		for _, a := range s.Annotations {
			texts = append(texts, a.Value[len(a.Value)/2:]) // it has two: its own and its attributes'
		}
		if s.RemoteEndpoint != nil {
			texts = append(texts, s.RemoteEndpoint.ServiceName)
		}
		for _, text := range texts {
			if len(text) > 4200 {
				t.Errorf("the %s span has a text of %d bytes: %.20s…", s.Kind, len(text), text)
			}
		}
	}
}

func TestUnsampledSpansCostOneAllocation(t *testing.T) {
	tracetest.Start(t, "never")
	ctx, parent := trace.StartSpan(t.Context(), "parent")
	defer parent.End()
	if n := testing.AllocsPerRun(100, func() {
		_, s := trace.StartSpan(ctx, "child")
		s.End()
	}); n > 1 {
		t.Errorf("%v allocations", n)
	}
}

func TestOneTracingAtATime(t *testing.T) {
	tracetest.Start(t, "always")
	if _, err := tracing.Start(tracing.Config{Service: "second"}); err == nil {
		t.Error("a second Start succeeded")
	}
	for _, wrong := range []tracing.Config{{}, {Service: "s", Sampler: "x"}, {Service: "s", TrustedProxies: -1}, {Service: "s", ZipkinURL: "ftp://x"}, {Service: "s", ZipkinURL: "localhost:9411"}} {
		if _, err := tracing.Start(wrong); err == nil {
			t.Errorf("Start(%+v) succeeded", wrong)
		}
	}
}

// TestNoSamplerRecordsAll, as the empty text does.
func TestNoSamplerRecordsAll(t *testing.T) {
	spans := &tracetest.Recorder{}
	provider, err := tracing.Start(tracing.Config{Service: "test", Sampler: "never", Reporter: spans})
	if err != nil {
		t.Fatal(err)
	}
	defer provider.Shutdown(context.Background())
	provider.SetSampler(nil)
	_, s := trace.StartSpan(context.Background(), "s")
	s.End()
	if only(t, spans).Name != "s" || provider.Sampler().String() != "always" {
		t.Errorf("the sampler is %q", provider.Sampler())
	}
}

// TestNoErrorIsNoStatus has a span take nil, and nil take an error.
func TestNoErrorIsNoStatus(t *testing.T) {
	spans := tracetest.Start(t, "always")
	_, s := trace.StartSpan(context.Background(), "s")
	tracing.SetError(s, nil)
	tracing.SetError(nil, errors.New("lost"))
	s.End()
	if tags := only(t, spans).Tags; len(tags) != 0 {
		t.Errorf("tags %v", tags)
	}
}

// TestASpanHoldsWhatItWasTold has spans end while others write to them, and begin
// where others ended: what an ended span is told is nobody's.
func TestASpanHoldsWhatItWasTold(t *testing.T) {
	spans := tracetest.Start(t, "always")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 200 {
				name := fmt.Sprint(i, "/", n)
				_, s := trace.StartSpan(t.Context(), name)
				ended := make(chan struct{})
				all.Go(func() {
					s.AddAttributes(trace.StringAttribute("of", name))
					<-ended
					s.AddAttributes(trace.StringAttribute("late", name))
					s.Annotate(nil, name)
					s.SetName(name + " late")
				})
				s.AddAttributes(trace.StringAttribute("of", name))
				s.End()
				close(ended)
			}
		})
	}
	all.Wait()
	got := spans.Spans()
	for _, s := range got {
		if want := map[string]string{"of": s.Name}; !reflect.DeepEqual(s.Tags, want) || len(s.Annotations) != 0 {
			t.Errorf("span %s has tags %v and annotations %v", s.Name, s.Tags, s.Annotations)
		}
	}
	if len(got) != 8*200 {
		t.Errorf("%d spans", len(got))
	}
}

func TestCountsAddUp(t *testing.T) {
	provider, err := tracing.Start(tracing.Config{Service: "test", Sampler: "always"})
	if err != nil {
		t.Fatal(err)
	}
	defer provider.Shutdown(context.Background())
	ctx, s := trace.StartSpan(t.Context(), "nowhere")
	_, child := trace.StartSpan(ctx, "child", trace.WithSampler(trace.NeverSample()))
	child.End()
	s.End()
	c := provider.Stats()
	if c.Started != 2 || c.Sampled != 1 || c.NotSampled != 1 || c.Open != 0 || c.Dropped["no_collector"] != 1 {
		t.Errorf("%+v", c)
	}
}

// TestAForgottenBodyEndsItsSpan drops an answer without reading or closing it.
func TestAForgottenBodyEndsItsSpan(t *testing.T) {
	spans := tracetest.Start(t, "always")
	func() {
		transport := &tracing.Transport{Base: answering("hello")}
		if _, err := transport.RoundTrip(newRequest(t, "http://host/")); err != nil {
			t.Fatal(err)
		}
	}()
	for deadline := time.Now().Add(time.Minute); len(spans.Spans()) == 0; runtime.GC() {
		if time.Now().After(deadline) {
			t.Fatal("the span never ended")
		}
	}
	if s := spans.Spans()[0]; len(s.Annotations) != 1 || !strings.Contains(s.Annotations[0].Value, "neither read") {
		t.Errorf("span %+v", s)
	}
}

func TestABodyThatFails(t *testing.T) {
	spans := tracetest.Start(t, "always")
	transport := &tracing.Transport{Base: failing{errors.New("cut off")}}
	resp, err := transport.RoundTrip(newRequest(t, "http://host/"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Read(make([]byte, 1))
	resp.Body.Close()
	if s := spans.Spans(); len(s) != 1 || s[0].Tags["error"] != "UNKNOWN" || s[0].Tags["http.status_code"] != "200" {
		t.Errorf("spans %+v", s)
	}
}
