package execution_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"example.com/tracelab/internal/testbed/executiontest"
	"example.com/tracelab/internal/web/execution"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/web/webtest"
)

func TestOnlyTheTrustedSee(t *testing.T) {
	const token = "s3cret"
	pages := func(trusted func(*http.Request) bool) site {
		s := shell.New(shell.Config{})
		library := executiontest.Library(map[string][]byte{"t": record(t, "tasks")})
		return site{t, webtest.Serve(s, execution.New(s, execution.Config{Library: library, Trust: s.NewTrust(trusted, execution.Path)})), library}
	}
	byToken := pages(func(r *http.Request) bool { return r.Header.Get("Authorization") == "Bearer "+token })
	for _, path := range []string{"/exec", "/exec/t", "/exec/t/goroutines", "/exec/t/mmu.svg", "/exec/t/profile/sync/flamegraph", "/exec/other"} {
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
