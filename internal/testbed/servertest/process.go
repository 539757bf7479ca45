package servertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/costs"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/testbed"
)

// Connect keeps control streams of services to the server at url open until the test ends,
// of processes that take faults, and returns once the server knows of them. Asked to which
// requests a fault happened they say at once that it was to none.
func Connect(t testing.TB, url, token string, services ...string) {
	t.Helper()
	for _, name := range services {
		process := control.Describe(name, "127.0.0.1:1")
		process.Faults = true
		ctx, disconnect := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() {
			ended <- control.Run(ctx, control.Config{ServerURL: url, Token: token, Describe: func() control.Registration { return process },
				OnMessage: func(kind string, body json.RawMessage) { none(ctx, url, token, kind, body) }})
		}()
		t.Cleanup(func() {
			disconnect()
			<-ended
		})
	}
	err := testbed.Eventually(func() error { return connected(url, services) })
	if err != nil {
		t.Fatal(err)
	}
}

// none answers a costs.Question: what else a server says needs no answer. Where it does not
// arrive the server waits, and says so.
func none(ctx context.Context, url, token, kind string, body json.RawMessage) {
	var q costs.Question
	if kind != costs.Asked || json.Unmarshal(body, &q) != nil {
		return
	}
	report, err := json.Marshal(costs.Report{Number: q.Number})
	if err != nil {
		return
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+labapi.HappenedPath, bytes.NewReader(report))
	if err != nil {
		return
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if resp, err := http.DefaultClient.Do(req); err == nil {
		resp.Body.Close()
	}
}

func connected(url string, services []string) error {
	resp, err := http.Get(url + labapi.StackPath)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var stack labapi.Stack
	if err := json.NewDecoder(resp.Body).Decode(&stack); err != nil {
		return err
	}
	for _, name := range services {
		if !slices.ContainsFunc(stack.Processes, func(p control.Process) bool { return p.Service == name }) {
			return fmt.Errorf("the %s is not connected", name)
		}
	}
	return nil
}
