package web_test

import (
	"errors"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web"
	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

func TestEveryPathChecksTheHost(t *testing.T) {
	h := serveUI(web.Config{})
	for _, path := range []string{"/", "/traces/ab", "/zipkin/", "/zipkin", "/zipkin/traces/ab", "/static/x/style.css"} {
		r := httptest.NewRequest("GET", path, nil)
		r.Host = "evil.example"
		w := webtest.Ask(h, r)
		if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), `"evil.example"`) {
			t.Errorf("%s for another host: status %d, %q", path, w.Code, w.Body)
		}
	}
}

func TestHeaders(t *testing.T) {
	h := serveUI(web.Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{webtest.Visit(0xab, 0, 10)}}})
	for _, path := range []string{"/", "/traces/ab", "/traces/cd", "/traces/xyz", "/zipkin/"} {
		got := webtest.Get(t, h, path).Header()
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
	h := serveUI(web.Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{webtest.Visit(0xab, 0, 10)}}})
	for _, path := range []string{"/", "/traces/ab?span=1", "/traces/cd", "/?limit=x"} {
		if found := inline.FindString(webtest.Get(t, h, path).Body.String()); found != "" {
			t.Errorf("%s has %q", path, found)
		}
	}
}

func TestZipkinsAddresses(t *testing.T) {
	h := serveUI(web.Config{})
	for path, want := range map[string]string{
		"/zipkin":                                "/",
		"/zipkin/":                               "/",
		"/zipkin/?serviceName=a&limit=5":         "/?serviceName=a&limit=5",
		"/zipkin/traces/00000000000000ab":        "/traces/00000000000000ab",
		"/zipkin/traces/00000000000000ab?span=1": "/traces/00000000000000ab?span=1",
		"/zipkin/traces/%2F%2Fevil.example":      "/traces/%2F%2Fevil.example",
	} {
		w := webtest.Get(t, h, path)
		if got := w.Header().Get("Location"); w.Code != http.StatusFound || got != want {
			t.Errorf("%s: %d to %q, want %q", path, w.Code, got, want)
		}
	}
}

func TestAssets(t *testing.T) {
	h := serveUI(web.Config{})
	page := webtest.Get(t, h, "/").Body.String()
	for _, m := range regexp.MustCompile(`(?:href|src)="(/static/[^"]+)"`).FindAllStringSubmatch(page, -1) {
		w := webtest.Get(t, h, m[1])
		if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: status %d, Cache-Control %q", m[1], w.Code, w.Header().Get("Cache-Control"))
		}
	}
	w := webtest.Get(t, h, "/static/older/trace.js")
	if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-cache" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/javascript") {
		t.Errorf("an older version: status %d, headers %v", w.Code, w.Header())
	}
	r := httptest.NewRequest("GET", "http://localhost/static/older/trace.js", nil)
	r.Header.Set("If-None-Match", w.Header().Get("ETag"))
	if again := webtest.Ask(h, r); again.Code != http.StatusNotModified {
		t.Errorf("the same again: status %d, want 304", again.Code)
	}
	if w := webtest.Get(t, h, "/static/x/nosuch.js"); w.Code != http.StatusNotFound {
		t.Errorf("no such file: status %d", w.Code)
	}
}

// Modules import each other by relative names; one that is not there would
// stop the page's script without a word.
func TestModulesImportWhatExists(t *testing.T) {
	scripts, err := filepath.Glob("*/static/*.js")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("%d scripts, %v", len(scripts), err)
	}
	there := map[string]bool{}
	for _, script := range scripts {
		there[filepath.Base(script)] = true
	}
	imports := regexp.MustCompile(`(?:from|import) '\./([^']+)'`)
	for _, script := range scripts {
		body, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range imports.FindAllStringSubmatch(string(body), -1) {
			if !there[m[1]] {
				t.Errorf("%s imports %s, which does not exist", script, m[1])
			}
		}
	}
}

// serveUI returns the UI's routes, beside nothing else.
func serveUI(cfg web.Config) http.Handler {
	if cfg.Reader == nil {
		cfg.Reader = &webtest.Reader{}
	}
	cfg.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	cfg.Now = webtest.Now
	mux := http.NewServeMux()
	web.New(cfg).Routes(mux)
	return mux
}

func TestReaderFails(t *testing.T) {
	cause := errors.New(`Get "http://zipkin:9411/api/v2/services": connection refused`)
	h := serveUI(web.Config{Reader: &webtest.Reader{Err: cause}, Source: "http://zipkin:9411"})
	for _, path := range []string{"/", "/traces/ab"} {
		w := webtest.Get(t, h, path)
		body := html.UnescapeString(w.Body.String())
		if w.Code != http.StatusBadGateway || !strings.Contains(body, cause.Error()) || !strings.Contains(body, "from http://zipkin:9411") {
			t.Errorf("%s: status %d, or neither the source nor the cause is named", path, w.Code)
		}
	}
}

func TestHostileNamesStayText(t *testing.T) {
	const hostile = `</script></template><script>alert(1)</script><img src=x onerror="alert(2)"> ' javascript:`
	trace := webtest.Visit(0xab, 0, 40_000)
	for i := range trace {
		trace[i].Name, trace[i].Local.ServiceName = hostile, hostile
		trace[i].Remote.ServiceName = hostile
		trace[i].Tags = []zipkin.Tag{{Key: hostile, Value: hostile}}
		trace[i].Annotations = []zipkin.Annotation{{Timestamp: 1, Value: hostile}}
	}
	h := serveUI(web.Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{trace}}, Source: hostile})
	for _, path := range []string{"/", "/traces/ab", "/traces/ab?span=3", "/?serviceName=%3C%2Ftemplate%3E%3Cscript%3Ealert(1)%3C/script%3E", "/?traceId=%3Cscript%3Ealert(1)%3C/script%3E", "/traces/ab?span=%3Cscript%3Ealert(1)%3C/script%3E", "/traces/%3Cscript%3Ealert(1)"} {
		body := webtest.Get(t, h, path).Body.String()
		for _, bad := range []string{"<script>alert", "<img", "</template>", "</script></"} {
			if strings.Contains(body, bad) {
				t.Errorf("%s: %s got into the page as markup", path, bad)
			}
		}
	}
}

func TestOnlyPagesThatThereAreAreLinked(t *testing.T) {
	if body := webtest.Get(t, serveUI(web.Config{}), "/").Body.String(); strings.Contains(body, "/mystery") {
		t.Error("the list leads to a page of mysteries, of which there are none")
	}
	h := serveUI(web.Config{Faults: []labapi.Fault{{Name: "quadratic", Service: "gateway"}}})
	if body := webtest.Get(t, h, "/").Body.String(); !strings.Contains(body, `<a href="/mystery">Mystery</a>`) || !strings.Contains(body, `<a href="/" aria-current="page">Traces</a>`) {
		t.Error("the list does not lead to the page of mysteries")
	}
}

// TestAllScriptsAndStylesAreSmall: whoever opens every page loads them once. The pages of
// execution traces are those of another program, tracelab exec view.
func TestAllScriptsAndStylesAreSmall(t *testing.T) {
	files, err := filepath.Glob("*/static/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	sums := map[string]int64{}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		of := "traces"
		if pages, _, _ := strings.Cut(file, string(filepath.Separator)); slices.Contains([]string{"execution", "request", "states", "timeline"}, pages) {
			of = "execution traces"
		}
		sums[of] += info.Size()
	}
	for of, most := range map[string]int64{"traces": 150_000, "execution traces": 74_000} {
		if sums[of] > most {
			t.Errorf("scripts and styles of the pages of %s have %d bytes, want at most %d", of, sums[of], most)
		}
	}
}
