package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/tracelab/internal/httpapi"
)

func TestReadiness(t *testing.T) {
	well := httpapi.Check{Name: "one", Ask: func(context.Context) error { return nil }}
	away := httpapi.Check{Name: "two", Ask: func(context.Context) error { return errors.New("no answer") }}
	stopping := make(chan struct{})
	close(stopping)
	for name, test := range map[string]struct {
		health httpapi.Health
		status int
		state  string
		two    string
	}{
		"nothing to check":     {httpapi.Health{}, 200, "ready", ""},
		"all is well":          {httpapi.Health{Checks: []httpapi.Check{well}}, 200, "ready", ""},
		"a dependency is away": {httpapi.Health{Checks: []httpapi.Check{well, away}}, 503, "not ready", "no answer"},
		"stopping":             {httpapi.Health{Checks: []httpapi.Check{well}, Stopping: stopping}, 503, "stopping", ""},
	} {
		w := ask(http.HandlerFunc(test.health.Ready), "GET", "/readyz")
		var said struct {
			Status string
			Checks map[string]string
		}
		if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil || w.Code != test.status || said.Status != test.state || said.Checks["two"] != test.two {
			t.Errorf("%s: %d %+v, %v", name, w.Code, said, err)
		}
	}
	if w := ask(http.HandlerFunc(httpapi.Health{Checks: []httpapi.Check{away}}.Alive), "GET", "/healthz"); w.Code != 200 {
		t.Errorf("a process whose dependency is away is not alive: %d", w.Code)
	}
}

func TestHealthcheck(t *testing.T) {
	status := 200
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			t.Errorf("it asks for %s", r.URL.Path)
		}
		httpapi.WriteJSONStatus(w, status, "redis: no answer")
	}))
	defer srv.Close()
	addr := strings.TrimPrefix(srv.URL, "http://")
	_, port, _ := strings.Cut(addr, ":")
	for _, reachable := range []string{addr, ":" + port, "0.0.0.0:" + port} {
		if err := httpapi.Healthcheck(t.Context(), reachable); err != nil {
			t.Errorf("%s: %v", reachable, err)
		}
	}
	status = 503
	if err := httpapi.Healthcheck(t.Context(), addr); err == nil || !strings.Contains(err.Error(), "redis: no answer") {
		t.Errorf("not ready: %v", err)
	}
	srv.Close()
	if err := httpapi.Healthcheck(t.Context(), addr); err == nil {
		t.Error("what is not there is healthy")
	}
	if err := httpapi.Healthcheck(t.Context(), "no address"); err == nil || !strings.Contains(err.Error(), `"no address"`) {
		t.Errorf("no address: %v", err)
	}
}
