package execution_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"example.com/tracelab/exectrace/userlog"
	"example.com/tracelab/internal/testbed/executiontest"
	"example.com/tracelab/internal/web/execution"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

// TestASpanLeadsToItsGoroutine from a span's ids to the goroutine that worked for it, or to
// its lane in the timeline where there is one.
func TestASpanLeadsToItsGoroutine(t *testing.T) {
	b := executiontest.RecordSpan(t, "get /visit", userlog.Span{TraceID: [16]byte{15: 0x2a}, ID: [8]byte{7: 7}}, func(context.Context) {})
	const asked = "/exec/t/span?trace=000000000000002a&span=0000000000000007"
	w := webtest.Get(t, serve(t, b, execution.Config{}), asked)
	to := w.Header().Get("Location")
	if w.Code != http.StatusFound || !strings.HasPrefix(to, "/exec/t/goroutine?id=") {
		t.Fatalf("status %d, to %q", w.Code, to)
	}
	plain := serve(t, b, execution.Config{})
	page := plain.page(to, http.StatusOK)
	if !strings.Contains(page, "RecordSpan.func1") || !strings.Contains(page, "get /visit") || !strings.Contains(page, "000000000000002a") || strings.Contains(page, "/traces/") {
		t.Errorf("%s is of another goroutine, or has not its span: %.2000s", to, page)
	}
	linked := serve(t, b, execution.Config{SpanPath: func(t zipkin.TraceID, s zipkin.SpanID) string { return "/traces/" + t.String() + "?span=" + s.String() }})
	if page := linked.page(to, http.StatusOK); !strings.Contains(page, `<a href="/traces/000000000000002a?span=0000000000000007">get /visit`) {
		t.Errorf("no way back to the span: %.3000s", page)
	}
	var goroutine int
	fmt.Sscanf(to, "/exec/t/goroutine?id=%d", &goroutine)
	lane := webtest.Get(t, serve(t, b, execution.Config{Timeline: true}), asked).Header().Get("Location")
	if !strings.HasPrefix(lane, "/exec/t/timeline?") || !strings.Contains(lane, fmt.Sprintf("lane=g%d", goroutine)) || !strings.Contains(lane, "from=") {
		t.Errorf("in the timeline it is %q", lane)
	}
	for path, want := range map[string]int{
		"/exec/t/span":                        http.StatusBadRequest,
		"/exec/t/span?trace=2a":               http.StatusBadRequest,
		"/exec/t/span?trace=xyz&span=7":       http.StatusBadRequest,
		"/exec/t/span?trace=2a&span=7&more=1": http.StatusBadRequest,
		"/exec/t/span?trace=2a&span=8":        http.StatusNotFound,
		"/exec/t/span?trace=2b&span=7":        http.StatusNotFound,
		"/exec/other/span?trace=2a&span=7":    http.StatusNotFound,
	} {
		plain.page(path, want)
	}
}

func TestOnlyTheTrustedSee(t *testing.T) {
	const token = "s3cret"
	pages := func(trusted func(*http.Request) bool) site {
		s := shell.New(shell.Config{})
		library := executiontest.Library(map[string][]byte{"t": record(t, "tasks")})
		return site{t, webtest.Serve(s, execution.New(s, execution.Config{Library: library, Trust: s.NewTrust(trusted, execution.Path)})), library}
	}
	byToken := pages(func(r *http.Request) bool { return r.Header.Get("Authorization") == "Bearer "+token })
	for _, path := range []string{"/exec", "/exec/t", "/exec/t/goroutines", "/exec/t/mmu.svg", "/exec/t/profile/sync/flamegraph", "/exec/t/span?trace=2a&span=7", "/exec/other"} {
		if page := byToken.page(path, http.StatusForbidden); strings.Contains(page, "t.trace") || !strings.Contains(page, `action="/exec/token"`) {
			t.Errorf("%s names what there is, or does not ask for the token", path)
		}
	}
	if page := pages(func(*http.Request) bool { return true }).page("/exec/t", http.StatusOK); !strings.Contains(page, "t.trace") {
		t.Error("the trusted see another page")
	}
	show := func(shown, back string, headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "http://localhost/exec/token", strings.NewReader(url.Values{"token": {shown}, "back": {back}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		byToken.ServeHTTP(w, r)
		return w
	}
	for name, w := range map[string]*httptest.ResponseRecorder{
		"wrong": show("other", "/exec/t"), "empty": show("", "/exec/t"), "from elsewhere": show(token, "/exec/t", "Sec-Fetch-Site", "cross-site"),
	} {
		if w.Code != http.StatusForbidden || len(w.Result().Cookies()) > 0 || strings.Contains(w.Body.String(), token) {
			t.Errorf("%s: %d, %v", name, w.Code, w.Header())
		}
	}
	for back, want := range map[string]string{"/exec/t/goroutines?sort=sync": "/exec/t/goroutines?sort=sync", "//evil.example": "/exec", "http://evil.example/exec/t": "/exec", "/stack": "/exec"} {
		w := show(token, back)
		cookies := w.Result().Cookies()
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != want || len(cookies) != 1 || strings.Contains(cookies[0].Value, token) || !cookies[0].HttpOnly {
			t.Fatalf("%s: %d, %v", back, w.Code, w.Header())
		}
		for value, want := range map[string]int{cookies[0].Value: http.StatusOK, "": http.StatusForbidden, "other": http.StatusForbidden} {
			r, w := httptest.NewRequest("GET", "http://localhost/exec/t", nil), httptest.NewRecorder()
			r.AddCookie(&http.Cookie{Name: cookies[0].Name, Value: value})
			if byToken.ServeHTTP(w, r); w.Code != want {
				t.Errorf("with %q: %d, want %d", value, w.Code, want)
			}
		}
	}
}
