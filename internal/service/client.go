package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/redirect"
	"example.com/tracelab/redact"
	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/propagation"
)

// Client calls another service of the workshop, traced.
type Client struct {
	name string // of the service called
	base *url.URL
	http *http.Client
}

// maxAnswer bounds what is read of another service's answer.
const maxAnswer = 1 << 20

// NewClient calls the service named name at base; a call takes at most limit.
func NewClient(name, base string, limit time.Duration) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, fmt.Errorf("URL of %s %q: want one like http://127.0.0.1:8081", name, redact.Text(base))
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = nil // services are near; a proxy for the outside world is not for them
	t.MaxIdleConnsPerHost = 64
	return &Client{name: name, base: u, http: &http.Client{
		Timeout:       limit,
		CheckRedirect: redirect.ReadsOnly,
		Transport: &tracing.Transport{
			Base: t,
			Peer: func(*http.Request) string { return name },
		},
	}}, nil
}

// WithoutTrace returns a Client of the same service, over the same connections,
// whose calls carry nothing of the trace. It needs no Close of its own.
func (c *Client) WithoutTrace() *Client {
	transport := *c.http.Transport.(*tracing.Transport)
	transport.Propagation = propagation.None
	client := *c.http
	client.Transport = &transport
	return &Client{name: c.name, base: c.base, http: &client}
}

// Close lets go of idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Do calls a route of the other service, such as "GET /fetch". path is where
// exactly, escaped already, and may end in a query. It decodes the JSON answer
// into out. A failure is an Error: the one that the other service gave, or one
// that names it.
func (c *Client) Do(ctx context.Context, route, path, body string, out any) error {
	method, _, _ := strings.Cut(route, " ")
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.base.String(), "/")+path, strings.NewReader(body))
	if err != nil {
		return fmt.Errorf("call of %s: %w", c.name, redact.Error(err))
	}
	if method == http.MethodPut {
		// A connection that the other side closed meanwhile costs no answer: net/http
		// then sends the request again on a new one. The header stays here.
		req.Header["Idempotency-Key"] = []string{}
	}
	req.Pattern = route // names the span; the path may hold what is private
	resp, err := c.http.Do(req)
	if err != nil {
		var with *url.Error
		if errors.As(err, &with) {
			err = with.Err // the rest is the URL, whose query may hold what a log must not
		}
		return httpapi.Failed(c.name, httpapi.Unreachable, redact.Error(err))
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return httpapi.Failed(c.name, httpapi.Unreachable, err)
	}
	if resp.StatusCode >= 300 {
		return c.rejection(resp, answer)
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return &httpapi.Error{Code: httpapi.Unreachable, Service: c.name, Detail: c.name + " gave an answer that cannot be read", Err: err}
	}
	return nil
}

// rejection returns the error of the other service's problem document.
func (c *Client) rejection(resp *http.Response, answer []byte) error {
	var p httpapi.Problem
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if kind != httpapi.ProblemType || json.Unmarshal(answer, &p) != nil || p.Code.HTTPStatus() != resp.StatusCode {
		return &httpapi.Error{Code: httpapi.Unreachable, Service: c.name, Detail: fmt.Sprintf("%s answered %s%s", c.name, resp.Status, redirect.Target(resp))}
	}
	e := &httpapi.Error{Code: p.Code, Field: p.Field, Service: p.Service, Detail: p.Detail}
	if p.Code == httpapi.Internal {
		e.Code = httpapi.Unreachable
		e.Service = c.name
		e.Detail = c.name + " failed: " + p.Detail
	}
	return e
}

// Alive asks whether the service runs, untraced.
func (c *Client) Alive(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base.JoinPath("healthz").String(), nil)
	if err != nil {
		return err
	}
	if user := c.base.User; user != nil { // which http.Client.Do sends by itself
		password, _ := user.Password()
		req.SetBasicAuth(user.Username(), password)
	}
	resp, err := c.http.Transport.(*tracing.Transport).Base.RoundTrip(req)
	if err != nil {
		return fmt.Errorf("%s does not answer at %s", c.name, c.base.Host)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", c.name, resp.Status)
	}
	return nil
}
