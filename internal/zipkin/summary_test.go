package zipkin_test

import (
	"fmt"
	"testing"

	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/zipkin"
)

func TestSummarize(t *testing.T) {
	for _, c := range []struct {
		name  string
		spans []string
		want  string
	}{
		{"nothing", nil, "0+0 of 0, 0 failed, 0 requests, : rooted false, ended false"},
		{"one request", []string{"1 SERVER a | get @100+90", "2<1 CLIENT a | put @110+50", "3<2 SERVER b error | put @120+30"},
			"100+90 of 3, 1 failed, 1 requests, a:get rooted true, ended true"},
		{"what outlives its cause counts", []string{"1 SERVER a | get @100+90", "2<1 - a | late @150+500"},
			"100+550 of 2, 0 failed, 1 requests, a:get rooted true, ended true"},
		{"a clock that is behind does not", []string{"1 CLIENT a | get @1000+90", "2<1 SERVER b | get @20+30", "3<2 - b | in @30+10"},
			"1000+90 of 3, 0 failed, 1 requests, a:get rooted true, ended true"},
		{"nor one that is ahead", []string{"1 CLIENT a | get @1000+90", "2<1 SERVER b | get @5000+30"},
			"1000+90 of 2, 0 failed, 1 requests, a:get rooted true, ended true"},
		{"the longest of two requests", []string{"2<1 SERVER a | get @100+10", "3<1 SERVER a | put @9000+70", "4<3 - b error | in @9010+500"},
			"100+70 of 3, 1 failed, 2 requests, a:put rooted false, ended true"},
		{"the root was lost", []string{"3<2 SERVER b | in @100+30"}, "100+30 of 1, 0 failed, 1 requests, b:in rooted false, ended true"},
		{"the root has not ended", []string{"1 SERVER a | get @100+0", "2<1 - a | in @110+20"}, "100+30 of 2, 0 failed, 1 requests, a:get rooted true, ended false"},
		{"halves of a call, and parts of a span", []string{"1 CLIENT a | get @100+90", "1 SERVER b shared error | get @110+50", "1 CLIENT a | get @0+0 error=x"},
			"100+90 of 2, 2 failed, 1 requests, a:get rooted true, ended true"},
		{"no time", []string{"1 SERVER a | get"}, "0+0 of 1, 0 failed, 1 requests, a:get rooted true, ended false"},
		{"a cycle", []string{"1<2 - a | x @100+10", "2<1 - b | y @150+5"}, "100+55 of 2, 0 failed, 1 requests, a:x rooted true, ended true"},
	} {
		s := zipkin.Summarize(spantext.Spans(t, c.spans...))
		got := fmt.Sprintf("%d+%d of %d, %d failed, %d requests, %s:%s rooted %v, ended %v",
			s.Start, s.Duration, s.Spans, s.Errors, s.Requests, s.Service, s.Name, s.Rooted, s.Ended)
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}
