package gateway

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/tracelab/services/gateway/visitapi"
)

// home is what GET / answers to an Accept.
func (s *stage) home(t *testing.T, accept string) (kind, body string, header http.Header) {
	t.Helper()
	r := httptest.NewRequest("GET", "http://localhost:8080/", nil)
	r.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	if err := s.parts.Home(w, r); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%s: status %d, %v", accept, w.Code, err)
	}
	return w.Header().Get("Content-Type"), w.Body.String(), w.Header()
}

// TestWhatCanBeAsked is said to browsers, to terminals and to programs: of each route
// that there is, with each parameter that it takes.
func TestWhatCanBeAsked(t *testing.T) {
	s := newStage(t, nil, nil)
	s.cfg.AllowFaults = true
	wants := []string{"curl -s 'http://localhost:8080/visit'", "curl -s -X POST 'http://localhost:8080/visits'", "rounds", "attendee=ann", "writer=lock-contention"}
	for accept, want := range map[string]string{
		"*/*": "text/plain; charset=utf-8", "text/html,application/xhtml+xml,*/*;q=0.8": "text/html; charset=utf-8", "application/json": "application/json",
	} {
		kind, body, header := s.home(t, accept)
		if kind != want {
			t.Errorf("%s: %s, want %s", accept, kind, want)
		}
		for _, w := range wants {
			if !strings.Contains(strings.ReplaceAll(body, "&#39;", "'"), w) {
				t.Errorf("%s: it lacks %s", accept, w)
			}
		}
		if html := strings.HasPrefix(kind, "text/html"); html != strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: the policy is %q", accept, header.Get("Content-Security-Policy"))
		}
	}
	s.cfg.AllowFaults = false
	_, text, _ := s.home(t, "*/*")
	for line := range strings.Lines(text) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if strings.Contains(text, "Fault") {
		t.Error("a gateway that takes no faults offers them")
	}
	_, text, _ = s.home(t, "application/json")
	var h visitapi.Home
	if err := json.Unmarshal([]byte(text), &h); err != nil || len(h.Requests) != 3 || h.TracesURL != "http://localhost:9411" || len(h.Headers) != 3 {
		t.Errorf("%+v, %v", h, err)
	}
}
