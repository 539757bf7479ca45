package zipkin_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/zipkin"
)

func TestLocalRoots(t *testing.T) {
	for _, c := range []struct {
		name     string
		spans    []string
		roots    string // ids with starts, in order
		requests string // of these; empty: all
		longest  string
	}{
		{"nothing", nil, "", "", ""},
		{"one that began here", []string{"2<1 CLIENT a | @2+7", "1 SERVER a | @1+9"}, "1@1", "", "1@1"},
		{"one that joined the trace of a caller", []string{"2<1 SERVER a | @1+9", "3<2 - a | @2+7"}, "2@1", "", "2@1"},
		{"two that joined it, the second slower", []string{"2<1 SERVER a | @1+9", "3<1 SERVER a | @20+90", "4<3 CLIENT a | @21+80"}, "2@1 3@20", "", "3@20"},
		{"two at the same time", []string{"2<1 SERVER a | @1+90", "3<1 SERVER a | @20+9"}, "2@1 3@20", "", "2@1"},
		{"two that began here", []string{"1 SERVER a | @1+9", "2 SERVER b | @3+20"}, "1@1 2@3", "", "2@3"},
		{"one that began here and one that joined later", []string{"1 SERVER a | @1+9", "3<2 SERVER a | @50+20"}, "1@1 3@50", "", "3@50"},
		{"a call was lost between", []string{"1 SERVER a | @1+90", "3<2 SERVER b | @5+20", "5<4 - a | @6+200"}, "1@1 3@5 5@6", "1@1", "1@1"},
		{"the first was lost, and two calls of it are known", []string{"2<1 CLIENT a | @1+9", "4<1 CLIENT a | @11+20", "3<2 SERVER b | @2+5"}, "2@1 4@11", "4@11", "4@11"},
		{"two messages of a producer that was lost", []string{"2<1 CONSUMER a | @1+9", "3<1 CONSUMER a | @11+5"}, "2@1 3@11", "", "2@1"},
		{"as long as each other: the first", []string{"4<9 SERVER a | @5+9", "3<9 SERVER a | @1+9"}, "3@1 4@5", "", "3@1"},
		{"one id that several pasted", []string{"2<1 SERVER a@1.1.1.1 shared | @1+9", "2<1 SERVER a@1.1.1.2 shared | @3+10", "2<1 SERVER a@1.1.1.3 shared | @2+8"},
			"2@1 2@2 2@3", "", "2@3"},
		{"a server that shares its client's id is its child", []string{"1 CLIENT a | @1+9", "1 SERVER b shared | @2+7"}, "1@1", "", "1@1"},
		{"in parts", []string{"1 SERVER a | get @1+0", "1 - a | @1+0 k=v", "1 - a | @0+9"}, "1@1", "", "1@1"},
		{"without a time", []string{"1 SERVER a", "3<2 SERVER a"}, "1@0 3@0", "", "1@0"},
		{"its own parent", []string{"1<1 SERVER a | @1+9"}, "1@1", "", "1@1"},
		{"a cycle", []string{"1<2 - a | @1+1", "2<1 - b | @2+5"}, "1@1", "", "1@1"},
	} {
		spans := spantext.Spans(t, c.spans...)
		roots := zipkin.LocalRoots(spans)
		if got := at(roots...); got != c.roots {
			t.Errorf("%s: the roots are %q, want %q", c.name, got, c.roots)
		}
		if got := at(zipkin.Requests(roots)...); got != cmp.Or(c.requests, c.roots) {
			t.Errorf("%s: the requests are %q, want %q", c.name, got, cmp.Or(c.requests, c.roots))
		}
		if got := at(zipkin.LongestRoot(spans)); got != c.longest {
			t.Errorf("%s: the longest is %q, want %q", c.name, got, c.longest)
		}
	}
}

func at(spans ...*zipkin.Span) string {
	var all []string
	for _, s := range spans {
		if s != nil {
			all = append(all, fmt.Sprintf("%x@%d", uint64(s.ID), s.Timestamp))
		}
	}
	return strings.Join(all, " ")
}

func TestRequestOf(t *testing.T) {
	two := []string{"2<1 SERVER a | @1+9", "4<2 CLIENT a | @2+5", "3<1 SERVER a | @20+90", "5<3 CLIENT a | @21+80", "5<3 SERVER b shared | @22+70"}
	shared := []string{"2<1 SERVER a@1.1.1.1 | @1+90", "2<1 SERVER a@1.1.1.2 | @200+9", "3<2 CLIENT a@1.1.1.2 | @201+5", "2<1 SERVER a@1.1.1.3 | @300+9"}
	for _, c := range []struct {
		name    string
		spans   []string
		of      zipkin.SpanAt
		root    string
		spansOf string
	}{
		{"the longest of two", two, zipkin.SpanAt{}, "3@20", "3@20 5@21 5@22"},
		{"the other", two, zipkin.SpanAt{ID: 2}, "2@1", "2@1 4@2"},
		{"that of an inner span", two, zipkin.SpanAt{ID: 4}, "2@1", "2@1 4@2"},
		{"that of a span that shares its id", two, zipkin.SpanAt{ID: 5}, "3@20", "3@20 5@21 5@22"},
		{"of a span that is not there", two, zipkin.SpanAt{ID: 9}, "", "2@1 4@2 3@20 5@21 5@22"},
		{"the only one, of which a call was lost", []string{"1 SERVER a | @1+90", "3<2 SERVER b | @5+20"}, zipkin.SpanAt{}, "1@1", "1@1 3@5"},
		{"what was lost of it", []string{"1 SERVER a | @1+90", "3<2 SERVER b | @5+20", "7<8 SERVER a | @200+9"}, zipkin.SpanAt{ID: 3}, "3@5", "1@1 3@5 7@200"},
		{"the first, with what was lost of it", []string{"1 SERVER a | @1+90", "3<2 SERVER b | @5+20", "7<8 SERVER a | @200+9"}, zipkin.SpanAt{ID: 1}, "1@1", "1@1 3@5"},
		{"the longest of those that share an id", shared, zipkin.SpanAt{ID: 2}, "2@1", "2@1"},
		{"another of them", shared, zipkin.SpanAt{ID: 2, Timestamp: 200}, "2@200", "2@200 3@201"},
		{"that began about then", shared, zipkin.SpanAt{ID: 2, Timestamp: 260}, "2@300", "2@300"},
		{"of none", nil, zipkin.SpanAt{}, "", ""},
		{"in a cycle", []string{"1<2 - a | @1+1", "2<1 - b | @2+5"}, zipkin.SpanAt{ID: 2}, "1@1", "1@1 2@2"},
	} {
		root, of := zipkin.RequestOf(spantext.Spans(t, c.spans...), c.of)
		if at(root) != c.root || at(of...) != c.spansOf {
			t.Errorf("%s: it is %q, of %q; want %q, of %q", c.name, at(root), at(of...), c.root, c.spansOf)
		}
	}
}
