package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func TestBadInputIsRefused(t *testing.T) {
	t.Parallel()
	s := up(t)
	visit := func(u string) string { return "/visit?url=" + url.QueryEscape(u) }
	tests := []struct {
		name, method, path string
		status             int
		field              string
	}{
		{"no scheme", "GET", visit("go.dev"), 400, "url"},
		{"empty", "GET", "/visit?url=", 400, "url"},
		{"file", "GET", visit("file:///etc/passwd"), 400, "url"},
		{"metadata address", "GET", visit("http://169.254.169.254/"), 400, "url"},
		{"mapped loopback", "GET", visit("http://[::ffff:127.0.0.1]/"), 400, "url"},
		{"our own port", "GET", visit(s.ui + "/"), 400, "url"},
		{"user-info", "GET", visit("http://bob:secret@go.dev/"), 400, "url"},
		{"40 kB", "GET", visit("http://go.dev/" + strings.Repeat("a", 40_000)), 400, "url"},
		{"one good, one bad", "GET", "/visit?url=" + url.QueryEscape(s.thirdParty()+"/get") + "&url=go.dev", 400, "url"},
		{"51 URLs", "GET", "/visit?" + strings.Repeat("url=http://go.dev/&", 51), 400, "url"},
		{"rounds=-1", "GET", "/visit?rounds=-1", 400, "rounds"},
		{"rounds=0", "GET", "/visit?rounds=0", 400, "rounds"},
		{"rounds=", "GET", "/visit?rounds=", 400, "rounds"},
		{"rounds=1e9", "GET", "/visit?rounds=1e9", 400, "rounds"},
		{"rounds of many digits", "GET", "/visit?rounds=99999999999999999999", 400, "rounds"},
		{"mode=x", "GET", "/visit?mode=x", 400, "mode"},
		{"a broken query", "GET", "/visit?url=%zz", 400, "query"},
		{"queued, no scheme", "POST", "/visits?url=go.dev", 400, "url"},
		{"stored, no url", "GET", "/visits", 400, "url"},
		{"stored, never visited", "GET", "/visits?url=http://go.dev/never", 404, "url"},
		{"unknown path", "GET", "/nowhere", 404, ""},
		{"wrong method", "DELETE", "/visit", 405, "method"},
	}
	for _, test := range tests {
		status, a := s.ask(test.method, test.path)
		switch {
		case status != test.status || a.Status != test.status || a.Field != test.field:
			t.Errorf("%s: %d %+v; want %d, field %q", test.name, status, a, test.status, test.field)
		case a.Detail == "" || a.Title == "":
			t.Errorf("%s: nothing is explained: %+v", test.name, a)
		case strings.Contains(a.Detail, "secret"):
			t.Errorf("%s: the answer repeats the password: %s", test.name, a.Detail)
		}
	}
}

func TestARedirectToLoopbackIsRefused(t *testing.T) {
	t.Parallel()
	s := up(t)
	third := s.thirdParty()
	for _, to := range []string{s.ui + "/", "http://127.0.0.1/", "http://[::1]/", "file:///etc/passwd"} {
		u := third + "/redirect-to?url=" + url.QueryEscape(to)
		status, a := s.ask("GET", "/visit?url="+url.QueryEscape(u))
		if status != 502 || a.Service != "thirdparty" || !strings.Contains(a.Detail, "redirect") {
			t.Errorf("to %s: %d %+v; want 502 naming the third party", to, status, a)
		}
	}
	if status, a := s.ask("GET", "/visit?url="+url.QueryEscape(third+"/relative-redirect/3")); status != 200 {
		t.Errorf("three redirects within bounds: %d %+v", status, a)
	}
	if status, a := s.ask("GET", "/visit?url="+url.QueryEscape(third+"/relative-redirect/9")); status != 502 {
		t.Errorf("nine redirects: %d %+v; want 502", status, a)
	}
}

func TestASlowTargetIsGivenUp(t *testing.T) {
	t.Parallel()
	s := up(t)
	s.eventually("given up in its turn", func() error { // on a busy machine those who wait for the fetcher may be first
		status, a := s.ask("GET", "/visit?url="+url.QueryEscape(s.thirdParty()+"/delay/9"))
		if status != 504 || a.Service != "thirdparty" {
			return fmt.Errorf("%d %+v; want 504 naming the third party", status, a)
		}
		return nil
	})
}

func TestAStrangersPageReadsNothing(t *testing.T) {
	t.Parallel()
	s := up(t)
	for _, path := range []string{"/", "/tracelab/v1/stack", "/tracelab/v1/spans", "/traces/1"} {
		req := mustRequest(t, "GET", s.ui+path)
		req.Host = "attacker.example"
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != 403 {
			t.Errorf("GET %s as another host: %s", path, resp.Status)
		}
	}
	req := mustRequest(t, "POST", s.ui+"/tracelab/v1/doctor")
	req.Header.Set("Origin", "http://attacker.example")
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 403 {
		t.Errorf("a POST from another origin: %s", resp.Status)
	}
	if status, _, _ := do(t, "POST", s.ui+"/tracelab/v1/line"); status != 401 {
		t.Errorf("a control stream without the token: %d", status)
	}
}
