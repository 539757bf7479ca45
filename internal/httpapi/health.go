package httpapi

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// Check asks a dependency whether it answers.
type Check struct {
	Name string
	Ask  func(context.Context) error
}

// Health answers /healthz and /readyz.
type Health struct {
	Checks   []Check
	Stopping <-chan struct{} // closed once the process takes no more requests
}

// Alive answers that the process runs.
func (h Health) Alive(w http.ResponseWriter, _ *http.Request) {
	WriteJSON(w, map[string]string{"status": "ok"})
}

// Ready asks all dependencies at once, waits a second for the slowest, and
// answers 503 unless all is well.
func (h Health) Ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Second)
	defer cancel()
	answers := make([]string, len(h.Checks))
	var wg sync.WaitGroup
	for i, c := range h.Checks {
		wg.Go(func() { answers[i] = answer(c.Ask(ctx)) })
	}
	wg.Wait()
	state, code := "ready", http.StatusOK
	checks := map[string]string{}
	for i, c := range h.Checks {
		checks[c.Name] = answers[i]
		if answers[i] != "ok" {
			state, code = "not ready", http.StatusServiceUnavailable
		}
	}
	select {
	case <-h.Stopping:
		state, code = "stopping", http.StatusServiceUnavailable
	default:
	}
	WriteJSONStatus(w, code, map[string]any{"status": state, "checks": checks})
}

func answer(err error) string {
	if err != nil {
		return err.Error()
	}
	return "ok"
}

// HealthcheckFlag is the flag that has a program that serves ask the one that runs;
// see Healthcheck.
type HealthcheckFlag struct {
	Healthcheck bool `help:"Ask what serves at --addr whether it is ready, answer by the exit status, and do nothing else." env:"-"`
}

// Healthcheck asks the service that listens on addr whether it is ready, and waits two
// seconds for its answer: the health check of its own container, which holds no other
// program. The error is a *NotReadyError if it answered that it is not.
func Healthcheck(ctx context.Context, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("address %q: %w", addr, err)
	}
	if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	url := "http://" + net.JoinHostPort(host, port) + "/readyz"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10)); resp.StatusCode != http.StatusOK {
		return &NotReadyError{url, resp.Status, string(body)}
	}
	return nil
}

// NotReadyError is the answer of a service that is not ready.
type NotReadyError struct{ URL, Status, Body string }

func (e *NotReadyError) Error() string { return e.URL + ": " + e.Status + ": " + e.Body }
