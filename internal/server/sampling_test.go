package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/server"
	"example.com/tracelab/internal/testbed/servertest"
)

// sampled connects a process that takes another sampler, as services do.
func (w *world) sampled(name string) {
	w.t.Helper()
	about, changed := control.Describe(name, "127.0.0.1:1"), make(chan struct{}, 1)
	var sampler atomic.Value
	sampler.Store("always")
	ended := make(chan error, 1)
	go func() {
		ended <- control.Run(w.t.Context(), control.Config{ServerURL: w.url, Token: secret, Changed: changed,
			Describe: func() control.Registration {
				now := about
				now.Sampler = sampler.Load().(string)
				return now
			},
			OnMessage: func(kind string, body json.RawMessage) {
				var text string
				if kind == labapi.SamplerChanged && json.Unmarshal(body, &text) == nil {
					sampler.Store(text)
					changed <- struct{}{}
				}
			}})
	}()
	w.t.Cleanup(func() { <-ended })
	eventually(w.t, name+" is connected", func() bool {
		stack, err := w.client.Stack(w.t.Context())
		return err == nil && strings.Contains(services(stack), name)
	})
}

func services(stack *labapi.Stack) string {
	var names []string
	for _, p := range stack.Processes {
		names = append(names, p.Service+"="+p.Sampler)
	}
	return strings.Join(names, " ")
}

func TestTheSamplerIsChangedByTheServer(t *testing.T) {
	w := begin(t, server.Config{Token: secret})
	w.sampled("gateway")
	w.sampled("writer")
	for _, step := range []struct {
		form   string
		status int
		says   string
		then   string
	}{
		{"sampler=0.25&service=gateway", 200, "gateway ", "gateway=0.25 writer=always"},
		{"sampler=5/s", 200, "5/s", "gateway=5/s writer=5/s"},
		{"sampler=often", 400, `sampler="often": want always, never, a fraction`, "gateway=5/s writer=5/s"},
		{"sampler=", 400, "want always", "gateway=5/s writer=5/s"},
		{"sampler=never&service=reader", 404, `no process of the service "reader"`, "gateway=5/s writer=5/s"},
		{"sample=never", 400, "did you mean sampler?", "gateway=5/s writer=5/s"},
		{"sampler=never&instance=other", 404, `the instance "other"`, "gateway=5/s writer=5/s"},
	} {
		status, answer := call(t, http.MethodPost, w.url+labapi.SamplingPath, "", step.form, "Content-Type", "application/x-www-form-urlencoded", "Accept", "*/*")
		stack, err := w.client.Stack(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(strings.Fields(answer), " "); status != step.status || !strings.Contains(text, strings.TrimSpace(step.says)) || services(stack) != step.then {
			t.Errorf("%s: %d %s; the samplers are %s", step.form, status, answer, services(stack))
		}
	}
	if status, answer := call(t, http.MethodPost, w.url+labapi.SamplingPath, "", `{"sampler":"never"}`, "Sec-Fetch-Site", "cross-site"); status != 403 {
		t.Errorf("a page of another site: %d %s", status, answer)
	}
}

func TestOnlyTheTrustedChangeTheSampler(t *testing.T) {
	client := start(t, secret, true)
	if status, answer := call(t, http.MethodPost, client.URL()+labapi.SamplingPath, "", `{"sampler":"never"}`); status != 403 || !strings.Contains(answer, "TRACELAB_TOKEN") {
		t.Errorf("without the token: %d %s", status, answer)
	}
	if status, answer := call(t, http.MethodPost, client.URL()+labapi.SamplingPath, "", `{"sampler":"never"}`, "Authorization", "Bearer "+secret); status != 404 {
		t.Errorf("with it, where nothing runs: %d %s", status, answer)
	}
}

// TestTheStatus is only there where it is asked for: it takes a question to each process.
func TestTheStatus(t *testing.T) {
	url := servertest.Start(t, server.Config{Token: secret})
	servertest.Connect(t, url, secret, "gateway")
	for query, want := range map[string]string{"": "", "?status=1": "it is connected to the server, but cannot be reached", "?status=yes": "want 1, or leave it out"} {
		_, answer := call(t, http.MethodGet, url+labapi.StackPath+query, "", "")
		if !strings.Contains(answer, want) || query == "" && strings.Contains(answer, `"status"`) {
			t.Errorf("%q: %s", query, answer)
		}
	}
	var stack labapi.Stack
	_, answer := call(t, http.MethodGet, url+labapi.StackPath+"?status=1", "", "")
	if err := json.Unmarshal([]byte(answer), &stack); err != nil || stack.Status == nil || stack.Status.Store == nil || len(stack.Status.Processes) != 1 {
		t.Fatalf("%v: %s", err, answer)
	}
	limits := map[string]labapi.Limit{}
	for _, l := range stack.Status.Limits {
		limits[l.Name] = l
	}
	if l := limits["processes connected"]; l.Used != 1 || l.Most != control.MaxStreams {
		t.Errorf("%+v", stack.Status.Limits)
	}
	if l := limits["spans stored"]; l.Most != 500_000 {
		t.Errorf("%+v", stack.Status.Limits)
	}
}
