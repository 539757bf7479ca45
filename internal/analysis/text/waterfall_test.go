package text_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/tracelab/internal/analysis/text"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/testbed/spantext"
)

func TestWaterfall(t *testing.T) {
	d := pathOf(t, spantext.Spans(t, everything...)...)
	for want, w := range map[string]text.Waterfall{
		`                               0 µs                                       500 ms
*  gateway visit        500 ms █────────────────────────────────────────████████
*!  gateway fetch       412 ms ██──────────────────────────────────────██
*    fetcher fetch      390 ms  ██────────────────────────────────────██
*     fetcher get       100 ms   ██████████
*     fetcher get       280 ms            █████████████████████████████
    gateway store      30.0 ms ░░░░
x   gateway flush       900 ms                                                 ▸
x    gateway write       10 µs                                                 ░
x   gateway (no name)        ?
* on the critical path, █ where the time was spent, ─ while it waited for a
child; ░ beside it; x cannot be on it; ! error
`: {Width: 80, Style: display.Plain()},
		`                               0 us                   500 ms
*  gateway visit        500 ms #-----------------------#####
*!  gateway fetch       412 ms ##---------------------##
*    fetcher fetch      390 ms  #---------------------#
  ... 1 more span
*     fetcher get       280 ms        #################
  ... 4 more spans
* on the critical path, # where the time was spent, - while
it waited for a child; . beside it; x cannot be on it; !
error
`: {Width: 60, ASCII: true, Rows: 4, Style: display.Plain()},
	} {
		if got := w.Draw(d); got != want {
			t.Errorf("%s", got)
		}
	}
}

// TestAWaterfallFits any width, whatever the spans are like.
func TestAWaterfallFits(t *testing.T) {
	spans := spantext.Spans(t, "1 - a | visit @1000000+500")
	for i := range 300 {
		spans = append(spans, spantext.Span(t, fmt.Sprintf("%x<%x - a%d | deep @%d+%d", i+2, i+1, i%3, 1000001+i/2, 499-i)))
	}
	spans = append(spans, spantext.Spans(t, "1000<1 - b | long-before @5+10", "1001<1 - b | long-after @9000000000000000+10", "1002<1 - b | untimed @0+0")...)
	d := pathOf(t, spans...)
	for _, width := range []int{20, 40, 79, 80, 200} {
		for _, rows := range []int{0, 1, 50} {
			got := text.Waterfall{Width: width, Rows: rows, Style: display.Plain()}.Draw(d)
			for line := range strings.Lines(got) {
				if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > max(width, 33) {
					t.Errorf("width %d: %d columns: %s", width, n, line)
				}
			}
			if n := strings.Count(got, " deep "); width >= 79 && rows == 0 && n != 300 || rows > 0 && n > rows {
				t.Errorf("%d of %d rows", n, rows)
			}
			if more := strings.Contains(got, "more span"); more != (rows > 0) {
				t.Errorf("rows %d: it says that there are more: %t", rows, more)
			}
		}
	}
}
