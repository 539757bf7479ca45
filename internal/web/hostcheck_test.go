package web

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"example.com/tracelab/internal/zipkin"
)

func TestEveryPathChecksTheHost(t *testing.T) {
	u := New(Config{})
	h := serveUI(Config{})
	for _, path := range []string{"/", "/traces/ab", "/zipkin/", "/zipkin", "/zipkin/traces/ab", "/static/" + u.assets.version + "/style.css"} {
		r := httptest.NewRequest("GET", path, nil)
		r.Host = "evil.example"
		w := ask(h, r)
		if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), `"evil.example"`) {
			t.Errorf("%s for another host: status %d, %q", path, w.Code, w.Body)
		}
	}
}

func TestHeaders(t *testing.T) {
	h := serveUI(Config{Reader: &fakeReader{traces: [][]zipkin.Span{visit(0xab, 0, 10)}}})
	for _, path := range []string{"/", "/traces/ab", "/traces/cd", "/traces/xyz", "/zipkin/"} {
		got := get(t, h, path).Header()
		if csp := got.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'self'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: Content-Security-Policy %q", path, csp)
		}
		if got.Get("X-Content-Type-Options") != "nosniff" || got.Get("Referrer-Policy") == "" {
			t.Errorf("%s: headers %v", path, got)
		}
	}
}

// The policy blocks inline styles and handlers; a page that has one is broken.
func TestPagesHaveNothingInline(t *testing.T) {
	inline := regexp.MustCompile(`<style|\sstyle=|\son\w+=|<script>|javascript:`)
	h := serveUI(Config{Reader: &fakeReader{traces: [][]zipkin.Span{visit(0xab, 0, 10)}}})
	for _, path := range []string{"/", "/traces/ab?span=1", "/traces/cd", "/?limit=x"} {
		if found := inline.FindString(get(t, h, path).Body.String()); found != "" {
			t.Errorf("%s has %q", path, found)
		}
	}
}

func TestZipkinsAddresses(t *testing.T) {
	h := serveUI(Config{})
	for path, want := range map[string]string{
		"/zipkin":                                "/",
		"/zipkin/":                               "/",
		"/zipkin/?serviceName=a&limit=5":         "/?serviceName=a&limit=5",
		"/zipkin/traces/00000000000000ab":        "/traces/00000000000000ab",
		"/zipkin/traces/00000000000000ab?span=1": "/traces/00000000000000ab?span=1",
		"/zipkin/traces/%2F%2Fevil.example":      "/traces/%2F%2Fevil.example",
	} {
		w := get(t, h, path)
		if got := w.Header().Get("Location"); w.Code != http.StatusFound || got != want {
			t.Errorf("%s: %d to %q, want %q", path, w.Code, got, want)
		}
	}
}

func TestAssets(t *testing.T) {
	h := serveUI(Config{})
	page := get(t, h, "/").Body.String()
	for _, m := range regexp.MustCompile(`(?:href|src)="(/static/[^"]+)"`).FindAllStringSubmatch(page, -1) {
		w := get(t, h, m[1])
		if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: status %d, Cache-Control %q", m[1], w.Code, w.Header().Get("Cache-Control"))
		}
	}
	w := get(t, h, "/static/older/trace.js")
	if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-cache" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/javascript") {
		t.Errorf("an older version: status %d, headers %v", w.Code, w.Header())
	}
	r := httptest.NewRequest("GET", "http://localhost/static/older/trace.js", nil)
	r.Header.Set("If-None-Match", w.Header().Get("ETag"))
	if again := ask(h, r); again.Code != http.StatusNotModified {
		t.Errorf("the same again: status %d, want 304", again.Code)
	}
	if w := get(t, h, "/static/x/nosuch.js"); w.Code != http.StatusNotFound {
		t.Errorf("no such file: status %d", w.Code)
	}
}

// Modules import each other by relative names; one that is not there would
// stop the page's script without a word.
func TestModulesImportWhatExists(t *testing.T) {
	files := New(Config{}).assets.files
	imports := regexp.MustCompile(`(?:from|import) '\./([^']+)'`)
	for name, f := range files {
		for _, m := range imports.FindAllStringSubmatch(string(f.body), -1) {
			if _, ok := files[m[1]]; !ok {
				t.Errorf("%s imports %s, which does not exist", name, m[1])
			}
		}
	}
}
