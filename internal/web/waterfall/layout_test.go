package waterfall

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

// bars writes each row's bar as name left+width in percent, < and > where it
// is cut off, and - where there is none.
func bars(rows []row) string {
	var b strings.Builder
	for _, r := range rows {
		switch {
		case !r.HasBar:
			fmt.Fprintf(&b, "%s -%s%s\n", r.Span.Name, mark("<", r.CutLeft), mark(">", r.CutRight))
		default:
			fmt.Fprintf(&b, "%s %.0f+%.0f%s%s\n", r.Span.Name, r.Left, r.Width, mark("<", r.CutLeft), mark(">", r.CutRight))
		}
	}
	return b.String()
}

func mark(s string, is bool) string {
	if is {
		return s
	}
	return ""
}

func TestPlaces(t *testing.T) {
	client := func(s zipkin.Span) zipkin.Span { return webtest.Kind(s, zipkin.Client, "a") }
	server := func(s zipkin.Span) zipkin.Span { return webtest.Kind(s, zipkin.Server, "b") }
	for _, c := range []struct {
		name  string
		spans []zipkin.Span
		want  string
	}{
		{"parts of the root", []zipkin.Span{webtest.Span(1, 0, 1000, 100), webtest.Span(2, 1, 1010, 40), webtest.Span(3, 1, 1050, 50)},
			"1 0+100\n2 10+40\n3 50+50\n"},
		{"work that outlives the root", []zipkin.Span{webtest.Span(1, 0, 1000, 100), webtest.Span(2, 1, 1050, 150)},
			"1 0+50\n2 25+75\n"},
		{"a little skew stretches the axis", []zipkin.Span{client(webtest.Span(1, 0, 1000, 80)), server(webtest.Span(2, 1, 980, 40))},
			"1 20+80\n2 0+40\n"},
		{"an hour of skew is left out", []zipkin.Span{client(webtest.Span(1, 0, 1e10, 80)), server(webtest.Span(2, 1, 1e10-36e8, 40)), webtest.Kind(webtest.Span(3, 2, 1e10-36e8+5, 4), "", "b")},
			"1 0+100\n2 -<\n3 -<\n"},
		{"a server after its client", []zipkin.Span{client(webtest.Span(1, 0, 1000, 80)), server(webtest.Span(2, 1, 9000, 40))},
			"1 0+100\n2 ->\n"},
		{"and what does not fit is cut off", []zipkin.Span{client(webtest.Span(1, 0, 1000, 80)), server(webtest.Span(2, 1, 900, 140)), server(webtest.Span(3, 1, 990, 40))},
			"1 11+89\n2 0+56<\n3 0+44\n"},
		{"a microsecond early", []zipkin.Span{client(webtest.Span(1, 0, 1000, 80)), server(webtest.Span(2, 1, 999, 40))},
			"1 1+99\n2 0+49\n"},
		{"unknown times", []zipkin.Span{webtest.Span(1, 0, 1000, 100), webtest.Span(2, 1, 0, 50), webtest.Span(3, 1, 1050, 0)},
			"1 0+100\n3 50+0\n2 -\n"},
		{"no times at all", []zipkin.Span{webtest.Span(1, 0, 0, 0), webtest.Span(2, 1, 0, 7)}, "1 -\n2 -\n"},
		{"no durations", []zipkin.Span{webtest.Span(1, 0, 1000, 0)}, "1 0+0\n"},
		{"the end of time", []zipkin.Span{webtest.Span(1, 0, 1000, math.MaxInt64)}, "1 0+100\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := bars(LayOut(c.spans).Rows); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

func TestSkewIsMeasured(t *testing.T) {
	spans := []zipkin.Span{
		webtest.Kind(webtest.Span(1, 0, 1000, 80), zipkin.Client, "a"), webtest.Kind(webtest.Span(2, 1, 400, 40), zipkin.Server, "b"),
		webtest.Kind(webtest.Span(3, 0, 1000, 80), zipkin.Client, "a"), webtest.Kind(webtest.Span(4, 3, 1200, 40), zipkin.Server, "b"),
		webtest.Span(5, 1, 1200, 1),
	}
	want := map[string]int64{"1": 0, "2": -600, "3": 0, "4": 120, "5": 0}
	for _, r := range LayOut(spans).Rows {
		if r.Skew != want[r.Span.Name] {
			t.Errorf("span %s: skew %d µs, want %d", r.Span.Name, r.Skew, want[r.Span.Name])
		}
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		axis axis
		want string
	}{
		{axis{}, ""},
		{axis{Zero: 5, From: 5, To: 5}, ""},
		{axis{Zero: 5, From: 5, To: 6}, "0 0 µs, 100"},
		{axis{Zero: 1000, From: 1000, To: 13_000}, "0 0 µs, 17 2 ms, 33 4 ms, 50 6 ms, 67 8 ms, 83 10 ms, 100"},
		{axis{Zero: 1000, From: 1000, To: 4600}, "0 0 µs, 28 1 ms, 56 2 ms, 83 3 ms"},
		{axis{Zero: 2_000_000, From: 1_500_000, To: 3_500_000}, "0 −500 ms, 25 0 µs, 50 500 ms, 75 1 s, 100"},
		{axis{Zero: 1, From: 1, To: math.MaxInt64}, "0 0 µs, 22 555555555 h 33 m, 43 1111111111 h 07 m, 65 1666666666 h 40 m, 87 2222222222 h 13 m"},
	} {
		var got []string
		for _, tick := range c.axis.ticks() {
			got = append(got, strings.TrimSpace(fmt.Sprintf("%.0f %s", tick.At, tick.Label)))
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%+v: ticks %q, want %q", c.axis, s, c.want)
		}
	}
}
