package critical_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/zipkin"
)

// TestPaths are traces with a question each. A section is written "span from-to".
func TestPaths(t *testing.T) {
	for name, test := range map[string]struct {
		spans []string
		want  []string          // of the first path
		left  map[string]string // by span
	}{
		"a span alone": {[]string{"1 - a | @10+5"}, []string{"1 10-15"}, nil},
		"halves of a call with one id": {[]string{"1 CLIENT a@10.0.0.1 | @10+50", "1 SERVER b@10.0.0.2 shared | @20+20", "2<1 - b@10.0.0.2 | @25+5"},
			[]string{"1 10-20", "1 20-25", "2 25-30", "1 30-40", "1 40-60"}, nil},
		"a server that is behind":              {[]string{"1 CLIENT a | @1000+100", "2<1 SERVER b | @500+60", "3<2 - b | @510+10"}, []string{"1 1000-1020", "2 1020-1030", "3 1030-1040", "2 1040-1080", "1 1080-1100"}, nil},
		"what it calls has a clock of its own": {[]string{"1 CLIENT a | @1000+100", "2<1 SERVER b | @500+60", "3<2 CLIENT b | @510+40", "4<3 SERVER a | @1035+10"}, []string{"1 1000-1020", "2 1020-1030", "3 1030-1035", "4 1035-1045", "3 1045-1070", "2 1070-1080", "1 1080-1100"}, nil},
		"a call that failed was given up":      {[]string{"1 CLIENT a error | @1000+100", "2<1 SERVER b | @1050+80"}, []string{"1 1000-1050", "2 1050-1100"}, nil},
		"a server that ends its span late":     {[]string{"1 CLIENT a | @1000+100", "2<1 SERVER b | @1050+60"}, []string{"1 1000-1050", "2 1050-1100"}, nil},
		"and one whose clock is ahead":         {[]string{"1 CLIENT a | @1000+100", "2<1 SERVER b | @1050+61"}, []string{"1 1000-1019", "2 1019-1080", "1 1080-1100"}, nil},
		"a server that took longer":            {[]string{"1 CLIENT a | @1000+100", "2<1 SERVER b | @1050+300"}, []string{"1 1000-1050", "2 1050-1100"}, nil},
		"one that calls itself":                {[]string{"1 CLIENT a | @1000+100", "2<1 SERVER a | @1050+80"}, []string{"1 1000-1050", "2 1050-1100"}, nil},
		"after a caller of another service":    {[]string{"1 SERVER a | @1000+100", "2<1 CLIENT b | @1050+80", "3<2 - b | @1110+10"}, []string{"1 1000-1050", "2 1050-1100"}, map[string]string{"3": "outside"}},
		"messages":                             {[]string{"1 SERVER a | @1000+100", "2<1 PRODUCER a | @1010+20", "3<2 CONSUMER b | @1015+10", "4<3 - b | @1016+2", "5<1 CONSUMER b | @1015+60", "6<1 CONSUMER a | @1050+10"}, []string{"1 1000-1010", "2 1010-1030", "1 1030-1050", "6 1050-1060", "1 1060-1100"}, map[string]string{"3": "message", "4": "message", "5": "message"}},
		"without a duration":                   {[]string{"1 SERVER a | @1000+100", "2<1 - a | @1010+0", "3<2 - a | @1020+10"}, []string{"1 1000-1100"}, map[string]string{"2": "incomplete", "3": "incomplete"}},
		"without a timestamp":                  {[]string{"1 SERVER a | @1000+100", "2<1 - a | @0+10"}, []string{"1 1000-1100"}, map[string]string{"2": "incomplete"}},
		"a root without a duration":            {[]string{"1 SERVER a | @1000+0", "2<1 - a | @1010+10"}, nil, map[string]string{"1": "incomplete", "2": "incomplete"}},
		"two in a cycle":                       {[]string{"1<2 - a | @1000+100", "2<1 - a | @1010+10"}, []string{"1 1000-1010", "2 1010-1020", "1 1020-1100"}, nil},
		"its own parent":                       {[]string{"1<1 - a | @1000+100"}, []string{"1 1000-1100"}, nil},
		"an id twice":                          {[]string{"1 - a | @1000+100", "2<1 - a | @1010+10", "2<1 - a | @1030+10"}, []string{"1 1000-1010", "2 1010-1020", "1 1020-1030", "2 1030-1040", "1 1040-1100"}, nil},
		"the longest of several requests":      {[]string{"1 SERVER a | @1000+100", "2 SERVER a | @2000+200", "3<2 - a | @2010+10"}, []string{"2 2000-2010", "3 2010-2020", "2 2020-2200"}, nil},
		"an overlap of 2 µs":                   {[]string{"1 - a | @1000+100", "2<1 - a | @1010+32", "3<1 - a | @1040+20"}, []string{"1 1000-1010", "2 1010-1040", "3 1040-1060", "1 1060-1100"}, nil},
		"an overlap of 3 µs":                   {[]string{"1 - a | @1000+100", "2<1 - a | @1010+33", "3<1 - a | @1040+20"}, []string{"1 1000-1040", "3 1040-1060", "1 1060-1100"}, nil},
		"below an overlap that is tolerated":   {[]string{"1 - a | @1000+20000", "2<1 - a | @1000+1000", "3<2 - a | @1000+1000", "4<1 - a | @1900+19100"}, []string{"3 1000-1900", "4 1900-21000"}, nil},
		"times that nobody can mean":           {[]string{fmt.Sprintf("1 - a | @%d+%d", int64(math.MaxInt64), int64(math.MaxInt64)), "2 - a | @1000+10"}, []string{"2 1000-1010"}, map[string]string{"1": "incomplete"}},
	} {
		tr := of(t, spantext.Spans(t, test.spans...))
		var got []string
		for _, s := range tr.Paths[0].Sections {
			got = append(got, sectionText(fmt.Sprintf("%x", uint64(tr.Spans[s.Span].ID)), s.Start, s.End))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v\n%s", name, got, test.want, drawn(tr))
		}
		for i, n := range tr.Nodes {
			if id := fmt.Sprintf("%x", uint64(tr.Spans[i].ID)); test.left[id] != string(n.Left) {
				t.Errorf("%s: span %s is left out because %q, want %q", name, id, n.Left, test.left[id])
			}
		}
	}
}

// TestOtherRequests have paths of their own, and what was lost is no request.
func TestOtherRequests(t *testing.T) {
	tr := of(t, spantext.Spans(t, "1 SERVER a | @1000+100", "2<9 - a | @1010+10", "3 SERVER a | @2000+200", "4 SERVER a | @3000+50"))
	var got []string
	for _, p := range tr.Paths {
		got = append(got, fmt.Sprintf("%d %t", tr.Spans[p.Root].ID, p.Request))
	}
	if want := []string{"3 true", "1 true", "2 false", "4 true"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if tr := critical.Of(nil, critical.Options{}); len(tr.Paths) != 0 {
		t.Errorf("%+v", tr.Paths)
	}
}

// TestShiftsAreTold, for each process the largest, with how many calls were moved.
func TestShiftsAreTold(t *testing.T) {
	tr := of(t, spantext.Spans(t, "1 - a | @1000+500", "2<1 CLIENT a | @1010+100", "3<2 SERVER b@10.0.0.2 | @60+60", "4<1 CLIENT a | @1200+100", "5<4 SERVER b@10.0.0.2 | @200+60"))
	if want := []critical.Shift{{Service: "b", Host: "10.0.0.2", US: -1020, Calls: 2}}; !slices.Equal(tr.Shifts, want) {
		t.Errorf("%+v, want %+v", tr.Shifts, want)
	}
}

// TestManySpans in a row, within each other, all at once and at random, are all told.
func TestManySpans(t *testing.T) {
	const n = 10_000
	for name, spans := range map[string][]zipkin.Span{"in a row": row(n), "deep": deep(n), "wide": wide(n), "random": randomTree(n)} {
		tr := of(t, spans)
		for i, node := range tr.Nodes {
			if node.Left != "" {
				t.Fatalf("%s: span %s is left out: %s", name, tr.Spans[i].ID, node.Left)
			}
		}
		if got := len(tr.Paths[0].Sections); name == "in a row" && got != 2*n+1 || name == "deep" && got != 2*n+1 || name == "wide" && got != 3 {
			t.Errorf("%s: %d sections", name, got)
		}
	}
}

func child(id, parent zipkin.SpanID, start, duration int64) zipkin.Span {
	return zipkin.Span{TraceID: zipkin.TraceID{Low: 1}, ID: id, ParentID: parent, Timestamp: start, Duration: duration, Local: zipkin.Endpoint{ServiceName: "a"}}
}

// row are n children one after the other.
func row(n int) []zipkin.Span {
	spans := []zipkin.Span{child(1, 0, 1000, int64(n)*20+20)}
	for i := range n {
		spans = append(spans, child(zipkin.SpanID(i+2), 1, 1010+int64(i)*20, 10))
	}
	return spans
}

// deep are n spans, each within the one before.
func deep(n int) []zipkin.Span {
	spans := []zipkin.Span{child(1, 0, 1000, int64(n)*20+20)}
	for i := range n {
		spans = append(spans, child(zipkin.SpanID(i+2), zipkin.SpanID(i+1), 1010+int64(i)*10, int64(n-i)*20))
	}
	return spans
}

// wide are n children at once.
func wide(n int) []zipkin.Span {
	spans := []zipkin.Span{child(1, 0, 1000, int64(n)*20+20)}
	for i := range n {
		spans = append(spans, child(zipkin.SpanID(i+2), 1, 1010+int64(i), int64(n)*10+int64(i)*3))
	}
	return spans
}

// randomTree is a tree of which each span runs within its parent.
func randomTree(n int) []zipkin.Span {
	r := rand.New(rand.NewPCG(11, 12))
	spans := []zipkin.Span{child(1, 0, 1000, 1<<40)}
	for len(spans) <= n {
		p := spans[r.IntN(len(spans))]
		if p.Duration < 10 {
			continue
		}
		from := r.Int64N(p.Duration / 2)
		spans = append(spans, child(zipkin.SpanID(len(spans)+1), p.ID, p.Timestamp+from, 1+r.Int64N(p.Duration-from-1)))
	}
	return spans
}
