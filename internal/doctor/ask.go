package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

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
