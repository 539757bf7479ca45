package why_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	octrace "go.opencensus.io/trace"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/why"
	"example.com/tracelab/internal/zipkin"
)

// TestManySpans: neither recursion nor quadratic time would end soon.
func TestManySpans(t *testing.T) {
	const many = 20_000
	type sp = zipkin.Span
	id := func(i int) zipkin.SpanID { return zipkin.SpanID(i + 1) }
	below := func(i int) sp {
		return sp{ID: id(i), ParentID: zipkin.SpanID(min(i, 1)), Timestamp: int64(1000 + 2*i), Duration: 1}
	}
	with := func(change func(i int, s *sp)) func(int) sp {
		return func(i int) sp { s := below(i); change(i, &s); return s }
	}
	for name, make := range map[string]func(i int) sp{
		"in each other": with(func(i int, s *sp) {
			s.ParentID, s.Timestamp, s.Duration = zipkin.SpanID(i), int64(1000+i), int64(3*many-2*i)
		}),
		"one after the other":          below,
		"at once":                      with(func(_ int, s *sp) { s.Duration = 1000 }),
		"at once, the first ends last": with(func(i int, s *sp) { s.Duration = int64(3*many - 2*i) }),
		"three of each name":           with(func(i int, s *sp) { s.Name = fmt.Sprint(i / 3) }),
		"servers, with clocks of theirs": with(func(i int, s *sp) {
			s.Kind, s.Timestamp, s.Local.ServiceName = zipkin.Server, int64(1000+(i*7919)%many*5), fmt.Sprint(i%7)
		}),
		"calls": with(func(_ int, s *sp) { s.Kind, s.Remote.ServiceName = zipkin.Client, "x" }),
		"hop by hop": with(func(i int, s *sp) {
			s.ParentID, s.Kind = zipkin.SpanID(i), []zipkin.Kind{zipkin.Client, zipkin.Server}[i%2]
		}),
		"requests":              with(func(_ int, s *sp) { s.ParentID, s.Kind = many+7, zipkin.Server }),
		"without their parents": with(func(i int, s *sp) { s.ParentID = zipkin.SpanID(2*many + i) }),
		"in a circle":           with(func(i int, s *sp) { s.ParentID = id((i + 1) % many) }),
		"without a time":        with(func(i int, s *sp) { s.Timestamp, s.Duration = 0, 0 }),
		"of one id":             with(func(_ int, s *sp) { s.ID, s.ParentID = 1, 0 }),
		"that failed":           with(func(i int, s *sp) { s.ParentID, s.Tags = zipkin.SpanID(i), []zipkin.Tag{{Key: "error"}} }),
		"of the farthest time":  with(func(i int, s *sp) { s.Timestamp, s.Duration = math.MaxInt64-int64(i), math.MaxInt64 }),
	} {
		t.Run(name, func(t *testing.T) {
			spans := []sp{{TraceID: zipkin.TraceID{Low: 1}, ID: id(many), Kind: zipkin.Server, Name: "whole", Timestamp: 500, Duration: 3 * many, Local: zipkin.Endpoint{ServiceName: "shop"}}}
			for i := range many {
				s := make(i)
				if s.TraceID.Low = 1; s.ParentID == 0 && s.ID == 1 {
					s.ParentID = spans[0].ID
				}
				spans = append(spans, s)
			}
			x, err := why.Explain(why.Input{TraceID: zipkin.TraceID{Low: 1}, Spans: spans, Processes: []why.Process{{Service: "x", Idle: true}}})
			if err != nil {
				t.Fatal(err)
			}
			checkSums(t, x)
		})
	}
}

// checkSums holds of each explanation.
func checkSums(t *testing.T, x *labapi.Explanation) {
	t.Helper()
	var sum int64
	for _, s := range x.States {
		if s.US <= 0 || s.InferredUS < 0 || s.InferredUS > s.US {
			t.Errorf("%+v is no time", s)
		}
		sum += s.US
	}
	if sum != x.TotalUS || x.UnknownUS > x.TotalUS || len(x.Sentences) != 3 {
		t.Errorf("the states sum to %d of %d µs, of which %d are unknown; %d sentences", sum, x.TotalUS, x.UnknownUS, len(x.Sentences))
	}
	if x.Requests == 1 || len(x.Others) > x.Requests {
		t.Errorf("it is one of %d requests, with %d others", x.Requests, len(x.Others))
	}
}

// TestACallThatDidNotEnd while its process was recorded goes on for as long as it is
// waited for, of which no more is known.
func TestACallThatDidNotEnd(t *testing.T) {
	from := octrace.SpanContext{TraceID: octrace.TraceID{7}, SpanID: octrace.SpanID{9}, TraceOptions: 1}
	var span *octrace.Span
	began := time.Now()
	bank := record(t, func(ctx context.Context) {
		_, span = octrace.StartSpanWithRemoteParent(ctx, "pay", from)
		time.Sleep(20 * time.Millisecond) // of what is recorded
	})
	span.End()
	call := zipkin.Span{TraceID: idOf(from.TraceID), ID: zipkin.SpanID(spanID(from)), Kind: zipkin.Client, Name: "ask", Local: zipkin.Endpoint{ServiceName: "shop"},
		Timestamp: began.UnixMicro(), Duration: 10_000_000}
	x, err := why.Explain(why.Input{TraceID: call.TraceID, Spans: []zipkin.Span{call}, Processes: []why.Process{{Service: "bank", Trace: bank}}})
	if err != nil {
		t.Fatal(err)
	}
	checkSums(t, x)
	pay, _ := timesOf(x, "pay")
	if pay["sleep"] < 15_000 || pay["unknown"] < 9_000_000 {
		t.Errorf("of 10 s, of which 20 ms were recorded, it has %v", pay)
	}
}

// FuzzExplain holds for any ids, parents, kinds, endpoints and times.
func FuzzExplain(f *testing.F) {
	f.Add([]byte{1, 0, 9, 3, 2, 1, 24, 7, 1, 1, 64, 5})
	f.Add([]byte{1, 2, 0, 250, 2, 1, 0, 255, 3, 2, 4, 9})
	f.Add([]byte{1, 9, 6, 1, 1, 9, 6, 40, 2, 1, 8, 41, 2, 1, 14, 42})
	kinds := []zipkin.Kind{"", zipkin.Client, zipkin.Server, zipkin.Consumer}
	f.Fuzz(func(t *testing.T, data []byte) {
		var spans []zipkin.Span
		for ; len(data) >= 4; data = data[4:] {
			id, parent, more, at := data[0], data[1], data[2], data[3]
			s := zipkin.Span{TraceID: zipkin.TraceID{Low: 1}, ID: zipkin.SpanID(id&15) + 1, ParentID: zipkin.SpanID(parent & 15), Name: string('p' + rune(id>>6)),
				Timestamp: int64(at) * 1000, Duration: int64(parent>>4) * 20_000, Kind: kinds[more&3], Shared: more&4 != 0}
			if at == 255 {
				s.Timestamp, s.Duration = math.MaxInt64, math.MaxInt64
			}
			s.Local.ServiceName, s.Remote.ServiceName = string('a'+rune(more>>3&3)), string('a'+rune(more>>5&3))
			if more&128 != 0 {
				s.Local.IPv4 = fmt.Sprintf("10.0.0.%d", id>>4&1)
			}
			spans = append(spans, s)
		}
		for id := range zipkin.SpanID(3) { // the longest request, and two spans
			x, err := why.Explain(why.Input{TraceID: zipkin.TraceID{Low: 1}, Span: zipkin.SpanAt{ID: id}, Spans: spans, Processes: []why.Process{{Service: "a", Idle: true}}})
			if err == nil {
				checkSums(t, x)
			}
		}
	})
}
