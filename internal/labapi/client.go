package labapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"example.com/tracelab/internal/redirect"
	"example.com/tracelab/redact"
)

// Client asks a server, for the commands.
type Client struct {
	// Token is the server's secret. Without it only a server on this machine lets
	// itself be switched.
	Token string

	url  string
	http *http.Client
}

// Find returns a client of the server at url, in a form that BaseURL reads, or,
// when url is empty, of the first of the default servers that answers. The error has
// ErrURL in its chain where url cannot be meant.
func Find(ctx context.Context, url string) (*Client, error) {
	candidates := defaultServers()
	if url != "" {
		base, err := BaseURL(url)
		if err != nil {
			return nil, err
		}
		candidates = []string{base}
	}
	var failed []error
	for _, u := range candidates {
		c := &Client{url: u, http: &http.Client{Timeout: 15 * time.Second, CheckRedirect: redirect.ReadsOnly}}
		if _, err := c.Stack(ctx); err != nil {
			failed = append(failed, err)
			continue
		}
		return c, nil
	}
	return nil, fmt.Errorf("no tracelab server answers; start one with 'tracelab up', or name it with --server: %w", errors.Join(failed...))
}

// URL is the server's base URL, with a user and a password if it has them.
func (c *Client) URL() string { return c.url }

// Stack returns the processes of the stack.
func (c *Client) Stack(ctx context.Context) (*Stack, error) {
	var s Stack
	return &s, c.do(ctx, http.MethodGet, StackPath, nil, &s)
}

// Doctor has the server examine the stack.
func (c *Client) Doctor(ctx context.Context) (findings []Finding, err error) {
	return findings, c.do(ctx, http.MethodPost, DoctorPath, nil, &findings)
}

// get is for an answer that takes as long as it takes. Its status is 200, or one of
// the others that are good.
func (c *Client) get(ctx context.Context, path string, good ...int) (*http.Response, error) {
	req, err := c.request(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	resp, err := (&http.Client{Transport: c.http.Transport}).Do(req)
	if err != nil {
		return nil, redact.Error(err)
	}
	if resp.StatusCode != http.StatusOK && !slices.Contains(good, resp.StatusCode) {
		defer resp.Body.Close()
		return nil, c.unexpected(path, resp)
	}
	return resp, nil
}

func (c *Client) request(ctx context.Context, method, path string, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.url+path, body)
	if err == nil && c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	return req, redact.Error(err)
}

func (c *Client) unexpected(path string, resp *http.Response) error {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 16<<10))
	var p struct{ Detail string }
	if json.Unmarshal(body, &p) == nil && p.Detail != "" {
		return fmt.Errorf("%s: %s", redact.Text(c.url), p.Detail)
	}
	return fmt.Errorf("%s answered %s%s: %.200s", redact.Text(c.url+path), resp.Status, redirect.Target(resp), body)
}

// do sends in as JSON, if it is not nil, and reads the answer into out.
func (c *Client) do(ctx context.Context, method, path string, in, out any) error {
	var send io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		send = bytes.NewReader(text)
	}
	req, err := c.request(ctx, method, path, send)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return redact.Error(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return c.unexpected(path, resp)
	}
	return c.decode(path, resp.Body, out)
}

// maxAnswer bounds an answer in JSON, in bytes. The longest is the list of all
// snapshots, of which each may be for hundreds of traces.
const maxAnswer = 32 << 20

func (c *Client) decode(path string, r io.Reader, out any) error {
	body, err := io.ReadAll(io.LimitReader(r, maxAnswer+1))
	if err == nil && len(body) > maxAnswer {
		err = fmt.Errorf("more than %d bytes come, which no answer has", maxAnswer)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", redact.Text(c.url+path), err)
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("%s answered something else than JSON: another program is there: %w", redact.Text(c.url+path), err)
	}
	return nil
}
