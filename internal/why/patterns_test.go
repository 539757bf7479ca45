package why

import (
	"fmt"
	"strings"
	"testing"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// reports makes spans of lines "ID PARENT KIND SERVICE NAME START DURATION REST":
// times in ms, the kind - for none, and the rest "error=…", "calls=SERVICE" or
// "dials=N".
func reports(t *testing.T, text string) (spans []zipkin.Span) {
	t.Helper()
	for line := range strings.Lines(strings.TrimSpace(text)) {
		var id, parent uint64
		var kind, service, name, rest string
		var start, took float64
		if n, err := fmt.Sscan(line, &id, &parent, &kind, &service, &name, &start, &took, &rest); n < 7 {
			t.Fatalf("%q: %v", line, err)
		}
		s := zipkin.Span{
			TraceID: zipkin.TraceID{Low: 1}, ID: zipkin.SpanID(id), ParentID: zipkin.SpanID(parent), Name: name,
			Local: zipkin.Endpoint{ServiceName: service}, Timestamp: 1_000_000 + int64(start*1000), Duration: int64(took * 1000),
		}
		if kind != "-" {
			s.Kind = zipkin.Kind(kind)
		}
		if message, ok := strings.CutPrefix(rest, "error="); ok {
			s.Tags = []zipkin.Tag{{Key: "error", Value: message}}
		}
		if n, ok := strings.CutPrefix(rest, "dials="); ok {
			s.Annotations = []zipkin.Annotation{{Value: "connected yesterday"}, {Value: `connected {"dials":` + n + `,"reused":false}`}}
		}
		if callee, ok := strings.CutPrefix(rest, "calls="); ok {
			s.Remote.ServiceName = callee
		}
		spans = append(spans, s)
	}
	return spans
}

func TestPatterns(t *testing.T) {
	plain := `
		1 0 SERVER  gateway visit 0 20
		2 1 -       gateway main  1 18
		3 2 CLIENT  gateway fetch 2 8  calls=fetcher
		4 3 SERVER  fetcher fetch 3 6
		5 2 CLIENT  gateway put   11 7 calls=writer
		6 5 SERVER  writer  put   12 5`
	for name, test := range map[string]struct {
		spans string
		want  string // kind, service and operation; empty: none
	}{
		"nothing":                          {plain, ""},
		"work after the answer":            {"1 0 SERVER gateway visit 0 20 \n 2 1 - gateway main 1 90 \n 3 2 CLIENT gateway get 2 88", "work-after-answer gateway main"},
		"a consumer's is not late":         {"1 0 SERVER writer post 0 3 \n 2 1 PRODUCER writer send 1 1 \n 3 2 CONSUMER writer process 4 50", ""},
		"nor what is below a consumer":     {"1 0 SERVER writer post 0 3 \n 2 1 PRODUCER writer send 1 1 \n 3 2 CONSUMER writer process 4 50 \n 4 3 - writer parse 5 80 \n 5 4 - writer check 6 90", ""},
		"but what is beside it":            {"1 0 SERVER writer post 0 3 \n 2 1 PRODUCER writer send 1 1 \n 3 2 CONSUMER writer process 4 50 \n 4 1 - writer store 2 40", "work-after-answer writer store"},
		"a message that waited":            {"1 0 SERVER writer post 0 3 \n 2 1 PRODUCER writer send 1 1 \n 3 2 CONSUMER writer process 82 5", "queued writer process"},
		"a row of calls":                   {"1 0 SERVER writer put 0 12" + rowOf("writer", 6, 1), "repeated-calls writer get"},
		"four calls are no row":            {"1 0 SERVER writer put 0 50" + rowOf("writer", 4, 1), ""},
		"side by side is no row":           {"1 0 SERVER writer put 0 12" + rowOf("writer", 1, 5) + "\n 3 1 CLIENT writer get 1 5 \n 4 1 CLIENT writer get 2 5 \n 5 1 CLIENT writer get 3 5 \n 6 1 CLIENT writer get 4 5", ""},
		"in turn":                          {"1 0 SERVER gateway visit 0 100" + rowOf("gateway", 3, 30), "serial gateway visit"},
		"in turn, but one of them is long": {"1 0 SERVER gateway visit 0 100 \n 2 1 CLIENT gateway get 0 5 \n 3 1 CLIENT gateway get 5 90", ""},
		"a clock that is behind":           {"1 0 CLIENT gateway get 100 20 \n 2 1 SERVER fetcher get 3 15", "clock-skew fetcher get"},
		"a clock that is ahead":            {"1 0 CLIENT gateway get 100 20 \n 2 1 SERVER fetcher get 203 15", "clock-skew fetcher get"},
		"a call that is not gone on with":  {plain + "\n 7 2 CLIENT gateway put 18 1 calls=writer", "no-server-span gateway put"},
		"a call of a stranger":             {plain + "\n 7 2 CLIENT gateway put 18 1 calls=else", ""},
		"many dials":                       {"1 0 SERVER fetcher fetch 0 60 \n 2 1 CLIENT fetcher get 1 58 dials=20", "many-dials fetcher get"},
		"as many dials as happen":          {"1 0 SERVER fetcher fetch 0 60 \n 2 1 CLIENT fetcher get 1 58 dials=4", ""},
		"the message that waited longest":  {"1 0 SERVER writer post 0 3 \n 2 1 PRODUCER writer send 1 1 \n 3 2 CONSUMER writer first 32 5 \n 4 2 CONSUMER writer last 82 5 \n 5 2 CONSUMER writer next 42 5", "queued writer last"},
		"an error, where it comes from":    {plain + "\n 7 6 CLIENT writer set 13 1 error=refused \n 8 6 CLIENT writer set 15 1", "errors writer set"},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := Explain(Input{TraceID: zipkin.TraceID{Low: 1}, Spans: reports(t, test.spans), Processes: []Process{{Service: "writer", Refused: "none", Idle: true}}})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if a.Pattern != nil {
				got = a.Pattern.Kind + " " + a.Pattern.Service + " " + a.Pattern.Operation
			}
			if got != test.want {
				t.Errorf("it is %q, want %q: %v", got, test.want, a.Pattern)
			}
			if a.Cause != nil {
				t.Errorf("%v is blamed, of which nothing is known", a.Cause)
			}
		})
	}
}

// rowOf is n calls of a service, of so many ms, one after the other.
func rowOf(service string, n int, ms float64) (lines string) {
	for i := range n {
		lines += fmt.Sprintf("\n %d 1 CLIENT %s get %g %g", i+2, service, float64(i)*ms, ms)
	}
	return lines
}

// TestUnknown has a trace without execution traces be unknown, and say so.
func TestUnknown(t *testing.T) {
	a, err := Explain(Input{TraceID: zipkin.TraceID{Low: 1}, Spans: reports(t, "1 0 SERVER shop buy 0 20 \n 2 1 CLIENT shop pay 5 10"),
		Processes: []Process{{Service: "shop", Refused: "runs without a recorder"}}})
	if err != nil {
		t.Fatal(err)
	}
	if a.TotalUS != 20_000 || a.UnknownUS != 20_000 {
		t.Errorf("%d of %d µs are unknown, want all of 20,000", a.UnknownUS, a.TotalUS)
	}
	if len(a.Missing) != 1 || a.Missing[0] != (labapi.Missing{Service: "shop", US: 20_000, Reason: "runs without a recorder"}) {
		t.Errorf("missing is %v", a.Missing)
	}
	if len(a.Sentences) != 3 {
		t.Errorf("%d sentences, want three: %q", len(a.Sentences), a.Sentences)
	}
	if _, err := Explain(Input{TraceID: zipkin.TraceID{Low: 2}}); err == nil {
		t.Error("a trace of which nothing is known is explained")
	}
}

// TestWhatAPatternSays of what comes from elsewhere, or is different each time.
func TestWhatAPatternSays(t *testing.T) {
	for name, test := range map[string]struct{ spans, want string }{
		"a row":                     {"1 0 SERVER writer put 0 12" + rowOf("writer", 6, 1), "6 calls get of the writer, one after the other, took 6.00 ms"},
		"a row, of which fail":      {"1 0 SERVER writer put 0 12" + strings.ReplaceAll(rowOf("writer", 6, 1), " 1\n", " 1 error=no\n"), "6 calls get of the writer, one after the other, took 6.00 ms, 5 of which failed"},
		"a row with gaps":           {"1 0 SERVER writer put 0 120" + rowOf("writer", 6, 1) + "\n 9 1 CLIENT writer get 100 4", "7 calls get of the writer, one after the other, took 10.0 ms"},
		"a row, some of it at once": {"1 0 SERVER writer put 0 120" + rowOf("writer", 6, 2) + "\n 9 1 CLIENT writer get 1 10", "6 calls get of the writer, one after the other, took 12.0 ms"},
		"an error":                  {"1 0 SERVER writer put 0 12 error=full \n 2 1 CLIENT writer set 1 1 error=full", "set of the writer failed: full"},
		"an error of a novel":       {"1 0 SERVER writer put 0 12 \n 2 1 CLIENT writer set 1 1 error=" + strings.Repeat("é", 201), "set of the writer failed: " + strings.Repeat("é", 200) + "…"},
		"an error just as long":     {"1 0 SERVER writer put 0 12 \n 2 1 CLIENT writer set 1 1 error=" + strings.Repeat("é", 200), "set of the writer failed: " + strings.Repeat("é", 200)},
	} {
		a, err := Explain(Input{TraceID: zipkin.TraceID{Low: 1}, Spans: reports(t, test.spans)})
		if err != nil {
			t.Fatal(err)
		}
		if a.Pattern == nil || a.Pattern.Text != test.want {
			t.Errorf("%s: it says %+v, want %q", name, a.Pattern, test.want)
		}
	}
}
