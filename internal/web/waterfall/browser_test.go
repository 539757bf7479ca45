package waterfall

import (
	"cmp"
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"testing"
	"time"

	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

// The browser draws ticks with its own code. This test holds it to what the server
// writes for those who have no JavaScript.

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
		"--user-data-dir="+t.TempDir(), "--virtual-time-budget=3000", "--dump-dom", url)
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
