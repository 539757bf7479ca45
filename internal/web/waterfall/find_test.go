package waterfall

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

// TestALongTextIsNotLookedFor: it could take very long.
func TestALongTextIsNotLookedFor(t *testing.T) {
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{webtest.Visit(0xab, time.Minute, 40_000)}}})
	for _, path := range []string{"/traces/ab/find?q=", "/traces/ab?find=", "/traces/ab?view=spans&find="} {
		for length, want := range map[int]int{longestFind: http.StatusOK, longestFind + 1: http.StatusBadRequest} {
			if w := webtest.Get(t, h, path+strings.Repeat("a", length)); w.Code != want || want != http.StatusOK && !strings.Contains(w.Body.String(), "more than 500 characters") {
				t.Errorf("%s and %d characters: %d, want %d", path, length, w.Code, want)
			}
		}
	}
}

// TestLongNamesAreFound by the links of the other views, by what they begin with.
func TestLongNamesAreFound(t *testing.T) {
	name := strings.Repeat("é", 2*longestFind)
	trace := webtest.Visit(0xab, time.Minute, 40_000)
	trace[1].Name, trace[2].Name = name, name
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{trace}}})
	link := regexp.MustCompile(`href="([^"]*filter=1[^"]*)"`)
	body := webtest.Get(t, h, "/traces/ab?view=statistics").Body.String()
	links := link.FindAllStringSubmatch(body, -1)
	if len(links) != 3 {
		t.Fatalf("%d links", len(links))
	}
	for _, m := range links {
		if w := webtest.Get(t, h, "/traces/ab"+html.UnescapeString(m[1])); w.Code != http.StatusOK {
			t.Errorf("%.80s: status %d", m[1], w.Code)
		}
	}
}
