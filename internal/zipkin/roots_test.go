package zipkin_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/zipkin"
)

func TestLocalRoots(t *testing.T) {
	for _, c := range []struct {
		name    string
		spans   []string
		want    string // ids with starts, in order
		longest string
	}{
		{"nothing", nil, "", ""},
		{"one that began here", []string{"2<1 CLIENT a | @2+7", "1 SERVER a | @1+9"}, "1@1", "1@1"},
		{"one that joined the trace of a caller", []string{"2<1 SERVER a | @1+9", "3<2 - a | @2+7"}, "2@1", "2@1"},
		{"two that joined it, the second slower", []string{"2<1 SERVER a | @1+9", "3<1 SERVER a | @20+90", "4<3 CLIENT a | @21+80"}, "2@1 3@20", "3@20"},
		{"one that began here and one that joined", []string{"1 SERVER a | @1+9", "3<2 SERVER a | @5+20"}, "1@1 3@5", "3@5"},
		{"as long as each other: the first", []string{"4<9 SERVER a | @5+9", "3<9 SERVER a | @1+9"}, "3@1 4@5", "3@1"},
		{"one id that several pasted", []string{"2<1 SERVER a@1.1.1.1 shared | @1+9", "2<1 SERVER a@1.1.1.2 shared | @3+10", "2<1 SERVER a@1.1.1.3 shared | @2+8"},
			"2@1 2@2 2@3", "2@3"},
		{"a server that shares its client's id is its child", []string{"1 CLIENT a | @1+9", "1 SERVER b shared | @2+7"}, "1@1", "1@1"},
		{"in parts", []string{"1 SERVER a | get @1+0", "1 - a | @1+0 k=v", "1 - a | @0+9"}, "1@1", "1@1"},
		{"without a time", []string{"1 SERVER a"}, "1@0", "1@0"},
		{"its own parent", []string{"1<1 SERVER a | @1+9"}, "1@1", "1@1"},
		{"a cycle", []string{"1<2 - a | @1+1", "2<1 - b | @2+5"}, "1@1", "1@1"},
	} {
		spans := spantext.Spans(t, c.spans...)
		var got []string
		for _, s := range zipkin.LocalRoots(spans) {
			got = append(got, at(s))
		}
		if list, longest := strings.Join(got, " "), at(zipkin.LongestRoot(spans)); list != c.want || longest != c.longest {
			t.Errorf("%s: %q, the longest %q; want %q and %q", c.name, list, longest, c.want, c.longest)
		}
	}
}

func at(s *zipkin.Span) string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf("%x@%d", uint64(s.ID), s.Timestamp)
}
