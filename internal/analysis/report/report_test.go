package report_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/analysis/report"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/zipkin"
)

func pathOf(t *testing.T, span zipkin.SpanID, texts ...string) (*labapi.CriticalPath, error) {
	t.Helper()
	return report.Path(critical.Of(spantext.Spans(t, texts...), critical.Options{}), span)
}

// TestSentences begin with what a newcomer is to know.
func TestSentences(t *testing.T) {
	for name, test := range map[string]struct {
		spans []string
		want  []string
	}{
		"one child": {[]string{"1 SERVER gateway | visit @1000+500", "2<1 - gateway | fetch @1050+412", "3<1 - gateway | store @1070+14"},
			[]string{"visit of the gateway took 500 µs: 412 µs of it (82 %) were spent in fetch of the gateway; but without it the request would be only 378 µs shorter, since others ran beside it."}},
		"nothing saved": {[]string{"1 SERVER gateway | visit @1000+500", "2<1 - gateway | fetch @1050+412", "3<1 - gateway | store @1050+412"},
			[]string{"visit of the gateway took 500 µs: 412 µs of it (82 %) were spent in fetch of the gateway; but without it the request would be no shorter, since others ran beside it for as long."}},
		"calls in a row": {[]string{"1 SERVER gateway | visit @1000+500", "2<1 - gateway | fetch @1050+200", "3<1 - gateway | fetch @1250+210"},
			[]string{"visit of the gateway took 500 µs: 410 µs of it (82 %) were spent in 2 calls of fetch of the gateway; without the one that counts most the request would be 210 µs shorter."}},
		"itself": {[]string{"1 SERVER gateway | visit @1000+500", "2<1 - gateway | fetch @1050+100"},
			[]string{"visit of the gateway took 500 µs: it spent 400 µs of it (80 %) itself, waiting for no other span."}},
		"itself by another name": {[]string{"1 SERVER gateway | visit @1000+500", "2<1 - gateway | visit @1050+100"},
			[]string{"visit of the gateway took 500 µs: 500 µs of it (100 %) were spent in itself and in 1 call of the same name."}},
		"nameless": {[]string{"1 SERVER | @1000+500"}, []string{"(no name) of a service without a name took 500 µs: it spent 500 µs of it (100 %) itself, waiting for no other span."}},
		"all that is odd": {[]string{"1 SERVER a | visit @100000+500", "2<1 CLIENT a | call @100010+400", "3<2 SERVER b@10.0.0.2 | call @90000+100", "4<1 - a | flush @100400+900", "5<4 - a | write @100500+10",
			"6<1 PRODUCER a | send @100020+5", "7<6 CONSUMER b | take @100100+9", "8<1 - a | late @200000+9", "9<1 - a | @0+0", "a<ff - c | lost @100030+5", "b SERVER a | visit @300000+90"},
			[]string{"visit of the a took 500 µs: 300 µs of it (60 %) were spent in call of the a itself; without it and what it called the request would be 385 µs shorter.", "The trace has 2 requests; this is one of them.",
				"The clock of the b on 10.0.0.2 was 10.2 ms behind, which is removed here.",
				"Not on the path, with all that is below: 1 span ended after its parent, which did not wait for it; 1 span took a message that nobody waits for; 1 span ran before its parent began, or after it had ended."}},
	} {
		d, err := pathOf(t, 0, test.spans...)
		if first, err := report.Sentence(critical.Of(spantext.Spans(t, test.spans...), critical.Options{})); err != nil || first != test.want[0] {
			t.Errorf("%s: the sentence alone is %q, %v", name, first, err)
		}
		if odd := name == "all that is odd"; err == nil && odd != (len(d.Warnings) == 2 && strings.HasPrefix(d.Warnings[0], "1 span without a start") && strings.HasPrefix(d.Warnings[1], "1 span whose parent is missing")) {
			t.Errorf("%s: it warns %q", name, d.Warnings)
		}
		if err != nil || !slices.Equal(d.Sentences, test.want) {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, strings.Join(d.Sentences, "\n"), strings.Join(test.want, "\n"))
		}
	}
}

// TestPathAddsUp: the sections sum to the root, and so do the spans.
func TestPathAddsUp(t *testing.T) {
	d, err := pathOf(t, 0, "1 SERVER a | visit @1000+500", "2<1 - a error | fetch @1050+412", "3<2 - b | get @1060+100", "4<1 - a | flush @1400+900", "5<9 - a | lost @1100+5")
	if err != nil {
		t.Fatal(err)
	}
	var sections, spans int64
	for _, s := range d.Sections {
		sections += s.EndUS - s.StartUS
	}
	var got []string
	for _, s := range d.Spans {
		spans += s.OnPathUS
		got = append(got, s.SpanID[15:]+strings.Repeat(".", s.Depth)+s.Excluded+strings.Repeat("!", strings.Count(s.Operation, "fetch")*map[bool]int{true: 1}[s.Error]))
	}
	if sections != 500 || spans != 500 || d.RootUS != 500 || d.StartUS != 1000 || d.SpanID != "0000000000000001" || d.Requests != 1 {
		t.Errorf("%d in sections and %d in spans: %+v", sections, spans, d)
	}
	if want := []string{"1", "2.!", "3..", "4.notAwaited", "5parentMissing"}; !slices.Equal(got, want) {
		t.Errorf("spans %q, want %q", got, want)
	}
}

// TestWhichRequest: by its root, or by a span of it.
func TestWhichRequest(t *testing.T) {
	spans := []string{"1 SERVER a | visit @1000+500", "2 SERVER a | visit @2000+900", "3<1 - a | fetch @1010+20", "4 SERVER a | visit @3000+0"}
	for span, want := range map[zipkin.SpanID]string{0: "0000000000000002", 1: "0000000000000001", 3: "0000000000000001"} {
		d, err := pathOf(t, span, spans...)
		if err != nil || d.SpanID != want || d.Requests != 3 || len(d.Others) != 2 {
			t.Errorf("span %s: %+v, %v", span, d, err)
		}
	}
	for span, want := range map[zipkin.SpanID]string{9: "trace 0000000000000001 has no span 0000000000000009", 4: "the start or the duration of visit of the a (trace 0000000000000001, span 0000000000000004) is not known, or cannot be meant (3000 and 0 µs)"} {
		if _, err := pathOf(t, span, spans...); !errors.Is(err, report.ErrNothing) || !strings.Contains(err.Error(), want) {
			t.Errorf("span %s: %v", span, err)
		}
	}
	if _, err := report.Path(critical.Of(nil, critical.Options{}), 0); !errors.Is(err, report.ErrNothing) {
		t.Error(err)
	}
}
