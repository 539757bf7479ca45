package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"example.com/tracelab/internal/doctor"
)

// Client asks a server, for the commands.
type Client struct {
	url  string
	http *http.Client
}

// usual are the servers of up and of web, in the order that Find tries them.
var usual = []string{"http://127.0.0.1:9411", "http://127.0.0.1:9412"}

// Find returns a client of the server at url, or, when url is empty, of the
// first of the usual ones that answers.
func Find(ctx context.Context, url string) (*Client, error) {
	candidates := usual
	if url != "" {
		candidates = []string{strings.TrimSuffix(url, "/")}
	}
	var failed []error
	for _, u := range candidates {
		c := &Client{u, &http.Client{Timeout: 15 * time.Second}}
		if _, err := c.Stack(ctx); err != nil {
			failed = append(failed, err)
			continue
		}
		return c, nil
	}
	return nil, fmt.Errorf("no tracelab server answers; start one with 'tracelab up', or name it with --server: %w", errors.Join(failed...))
}

// URL is the server's base URL.
func (c *Client) URL() string { return c.url }

// Stack asks who is there.
func (c *Client) Stack(ctx context.Context) (*Stack, error) {
	var s Stack
	return &s, c.do(ctx, http.MethodGet, "/tracelab/v1/stack", &s)
}

// Doctor has the server examine the stack.
func (c *Client) Doctor(ctx context.Context) (findings []doctor.Finding, err error) {
	return findings, c.do(ctx, http.MethodPost, doctor.Path, &findings)
}

func (c *Client) do(ctx context.Context, method, path string, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.url+path, nil)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s%s answered %s: %.200s", c.url, path, resp.Status, body)
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("%s%s answered something else than JSON: another program is there: %w", c.url, path, err)
	}
	return nil
}
