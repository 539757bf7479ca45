package doctor

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/services/gateway/visitapi"
)

const maxAnswer = 1 << 20

func (e *examination) get(ctx context.Context, url string) (status int, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	resp, err := e.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return resp.StatusCode, body, err
}

// answer is the gateway's, good or bad.
type answer struct {
	visitapi.Answer
	Status int    `json:"status"` // of a problem document
	Detail string `json:"detail"`
}

func (e *examination) ask(ctx context.Context, url string) (a answer, err error) {
	status, body, err := e.get(ctx, url)
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(body, &a); err != nil || a.TraceID == "" {
		return a, fmt.Errorf("%s answered %d with something else than a visit: is another program on its port?", url, status)
	}
	return a, nil
}

// readiness is empty when the process is ready, else what is wrong.
func (e *examination) readiness(ctx context.Context, p control.Process) string {
	status, body, err := e.get(ctx, p.URL+"/readyz")
	if err != nil {
		return fmt.Sprintf("it is connected to the server, but cannot be reached: %v", err)
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

// spans are a process's counters, by the names that its /metrics gives them
// without "tracelab_spans_".
func (e *examination) spans(ctx context.Context, p control.Process) (map[string]uint64, error) {
	status, body, err := e.get(ctx, p.URL+"/metrics")
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, fmt.Errorf("/metrics answered %d", status)
	}
	counts := map[string]uint64{}
	lines := bufio.NewScanner(strings.NewReader(string(body)))
	for lines.Scan() {
		name, ok := strings.CutPrefix(lines.Text(), "tracelab_spans_")
		if !ok {
			continue
		}
		name, value, _ := strings.Cut(name, " ")
		if n, err := strconv.ParseUint(value, 10, 64); err == nil {
			counts[name] = n
		}
	}
	return counts, nil
}
