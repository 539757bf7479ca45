package status

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/redact"
)

const maxAnswer = 1 << 20

// Ask asks one process. Counted says that its metrics could be read: without them all
// figures are zero, and Problem says why.
func Ask(ctx context.Context, client *http.Client, p control.Process) (s labapi.ProcessStatus, counted bool) {
	s = labapi.ProcessStatus{Instance: p.Instance, Problem: readiness(ctx, client, p)}
	status, body, err := get(ctx, client, p.URL+"/metrics")
	switch {
	case err == nil && status == http.StatusOK:
		read(samplesOf(body), &s)
		return s, true
	case s.Problem == "" && err != nil:
		s.Problem = fmt.Sprintf("its /metrics cannot be read: %v", redact.Error(err))
	case s.Problem == "":
		s.Problem = fmt.Sprintf("its /metrics answered %d", status)
	}
	return s, false
}

func get(ctx context.Context, client *http.Client, url string) (status int, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return resp.StatusCode, body, err
}

// readiness is empty when the process is ready, else what is wrong.
func readiness(ctx context.Context, client *http.Client, p control.Process) string {
	status, body, err := get(ctx, client, p.URL+"/readyz")
	if err != nil {
		return fmt.Sprintf("it is connected to the server, but cannot be reached: %v", redact.Error(err))
	}
	if status == http.StatusOK {
		return ""
	}
	var said struct {
		Status string            `json:"status"`
		Checks map[string]string `json:"checks"`
	}
	answered := fmt.Sprintf("/readyz answered %d", status)
	if json.Unmarshal(body, &said) != nil {
		return answered
	}
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(said.Checks)) {
		if said.Checks[name] != "ok" {
			wrong = append(wrong, name+": "+said.Checks[name])
		}
	}
	return strings.Join(append([]string{cmp.Or(said.Status, answered)}, wrong...), "; ")
}
