package waterfall

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

var (
	shownRow = regexp.MustCompile(`class="(row [^"]*)"[^>]* id="span-([^"]+)"`)
	moreRows = regexp.MustCompile(`<a href="([^"]*)">Rows (before|after) these</a>`)
)

// rowsOf are the keys of the rows of a page, without zeros, with ! where it is found.
func rowsOf(body string) (keys []string) {
	for _, m := range shownRow.FindAllStringSubmatch(body, -1) {
		key := strings.TrimLeft(m[2], "0")
		if slices.Contains(strings.Fields(m[1]), "match") {
			key += "!"
		}
		keys = append(keys, key)
	}
	return keys
}

// TestAPageHasSomeOfTheRows, and leads to all of them without scripts.
func TestAPageHasSomeOfTheRows(t *testing.T) {
	spans := fan()[:2*maxRows+7]
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{spans}}})
	seen, pages := map[string]bool{}, 0
	for path := "/traces/1"; path != ""; pages++ {
		body := webtest.Get(t, h, path).Body.String()
		rows := rowsOf(body)
		if len(rows) > maxRows {
			t.Errorf("%s has %d rows", path, len(rows))
		}
		for _, key := range rows {
			seen[key] = true
		}
		path = ""
		for _, m := range moreRows.FindAllStringSubmatch(body, -1) {
			if m[2] == "after" {
				path = "/traces/1" + html.UnescapeString(m[1])
			}
		}
	}
	if pages != 3 || len(seen) != len(spans) {
		t.Errorf("%d rows on %d pages, want %d on 3", len(seen), pages, len(spans))
	}
	key := fmt.Sprintf("%x", maxRows)
	body := webtest.Get(t, h, "/traces/1?span="+key).Body.String()
	if at := slices.Index(rowsOf(body), key); at < maxRows/4 || at > 3*maxRows/4 {
		t.Errorf("the row of the span is the %d., want it amid the others", at)
	}
	if ways := moreRows.FindAllStringSubmatch(body, -1); len(ways) != 2 {
		t.Errorf("from the middle there are %d ways to others", len(ways))
	}
}

// TestStateOfTheAddress: what an address says of rows, time and texts is shown without
// scripts, too.
func TestStateOfTheAddress(t *testing.T) {
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{several()}}})
	for query, want := range map[string]string{
		"":                          "1 2 3 a b c",
		"?find=redis":               "1 2 3 a! b! c!",
		"?find=fetch&filter=1":      "1 2 3! a! b! c!",
		"?find=x&filter=1":          "1 2 3 b!",
		"?find=nothing&filter=1":    "",
		"?root=3":                   "3 a b c",
		"?root=3&find=SET&filter=1": "3 a! b! c!",
		"?from=4":                   "b c",
		"?from=99":                  "c",
		"?filter=1":                 "1 2 3 a b c",
	} {
		if got := strings.Join(rowsOf(webtest.Get(t, h, "/traces/ab"+query).Body.String()), " "); got != want {
			t.Errorf("%s: rows %q, want %q", query, got, want)
		}
	}
	body := webtest.Get(t, h, "/traces/ab?zoom=8000,18000&find=get").Body.String()
	for _, want := range []string{`>10 ms</text>`, `x="0%"`, "cutleft", `href="?find=get&amp;span=0000000000000003&amp;zoom=8000%2C18000"`} {
		if !strings.Contains(body, want) {
			t.Errorf("zoomed, the page lacks %s", want)
		}
	}
	if body := html.UnescapeString(webtest.Get(t, h, "/traces/ab?zoom=0,5000").Body.String()); !strings.Contains(body, "+8.00 ms ▸") {
		t.Error("what is beyond the time shown is not named")
	}
}
