package waterfall

import (
	"cmp"
	"context"
	"html"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

// The browser draws rows and ticks with its own code. These tests hold it to what the
// server writes for those who have no JavaScript.

func TestBrowserDrawsRowsAsTheServerDoes(t *testing.T) {
	trace := webtest.Failing(webtest.Visit(0xab, time.Minute, 40_000))
	trace[1].Remote = zipkin.Endpoint{ServiceName: "</b>elsewhere"}
	trace[2].Tags = append(trace[2].Tags, explained...)
	for i, odd := range []zipkin.Span{webtest.Span(20, 9, 0, 0), webtest.Span(21, 1, trace[0].Timestamp-9e6, 5), webtest.Kind(webtest.Span(22, 1, trace[0].Timestamp+5, 5), zipkin.Producer, "")} {
		odd.TraceID, odd.Name = trace[0].TraceID, []string{"", "<i>", "send"}[i]
		trace = append(trace, odd)
	}
	for _, query := range []string{"", "?clocks=raw", "?root=2", "?find=fetcher&filter=1"} {
		h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{trace}}})
		server := httptest.NewServer(h)
		want := rowsIn(t, webtest.Get(t, h, "/traces/ab"+query).Body.String())
		got := rowsIn(t, browse(t, server.URL+"/traces/ab"+query))
		server.Close()
		if !slices.Equal(got, want) || len(want) < 2 {
			t.Errorf("%s: the browser drew\n%s\nthe server wrote\n%s", query, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

var (
	aRow      = regexp.MustCompile(`<div [^>]*role="row"[^>]*id="span-|<div [^>]*id="span-[^>]*role="row"`)
	markup    = regexp.MustCompile(`<[^>]*>`)
	attribute = regexp.MustCompile(` (id|aria-level|aria-expanded|title)="([^"]*)"`)
	marking   = regexp.MustCompile(`<(?:b|em|small|rect|div) [^>]*class="([^"]*)"`)
)

// rowsIn are the rows of a page, each as the words, attributes and classes in it.
func rowsIn(t *testing.T, page string) (rows []string) {
	t.Helper()
	body := between(t, page, `id="rows"`, `<div id="range"`)
	starts := append(aRow.FindAllStringIndex(body, -1), []int{len(body), 0})
	for i := range len(starts) - 1 {
		row := body[starts[i][0]:starts[i+1][0]]
		said := strings.Fields(html.UnescapeString(markup.ReplaceAllString(row, " ")))
		for _, m := range attribute.FindAllStringSubmatch(row, -1) {
			said = append(said, m[1]+"="+html.UnescapeString(m[2]))
		}
		for _, m := range marking.FindAllStringSubmatch(row, -1) {
			for class := range strings.FieldsSeq(m[1]) {
				if class != "current" && class != "chosen" { // of who has JavaScript
					said = append(said, "."+class)
				}
			}
		}
		slices.Sort(said)
		rows = append(rows, strings.Join(said, " "))
	}
	return rows
}

func TestBrowserDrawsTicksAsTheServerDoes(t *testing.T) {
	for _, duration := range []int64{4321, 95_000_000} {
		trace := [][]zipkin.Span{webtest.Visit(0xab, time.Minute, duration)}
		server := httptest.NewServer(serveUI(Config{Reader: &webtest.Reader{Held: trace}}))
		defer server.Close()
		// Zoomed to the whole, the browser draws the same ticks again.
		drawn := browse(t, server.URL+"/traces/ab?zoom=0,10000000000000")
		var got, want []string
		for _, m := range regexp.MustCompile(`<text [^>]*>([^<]*)</text>`).FindAllStringSubmatch(drawn, -1) {
			got = append(got, m[1])
		}
		for _, tick := range LayOut(trace[0]).Axis.ticks() {
			want = append(want, tick.Label)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d µs: the browser drew %q, the server %q", duration, got, want)
		}
	}
}

// browse returns a page as Chromium has it once its scripts have run.
func browse(t *testing.T, url string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, chromium(t), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--user-data-dir="+t.TempDir(), "--virtual-time-budget=3000", "--window-size=1280,2000", "--dump-dom", url)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v", cmd, err)
	}
	return string(out)
}

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const reason = "no chromium in PATH: install it to compare what the browser draws"
	if cmp.Or(os.Getenv("REQUIRE_REAL"), "0") != "0" {
		t.Fatal(reason)
	}
	t.Skip(reason)
	return ""
}
