package zipkinapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/tracelab/internal/redirect"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkin/codec"
	"example.com/tracelab/redact"
)

// maxAnswer bounds what a Client reads of one answer, unpacked.
const maxAnswer = 64 << 20

// Client reads from any server that speaks Zipkin's API v2. Its requests carry
// no trace context.
type Client struct {
	base *url.URL
	http *http.Client
}

// NewClient returns a client of the server at baseURL, such as
// "http://localhost:9411": what comes before /api/v2. The transport of hc must
// not trace, or reading traces would make new ones; nil is http.DefaultClient. A user
// and a password in the URL are sent as basic authentication, and no error repeats them.
func NewClient(baseURL string, hc *http.Client) (*Client, error) {
	u, err := url.Parse(baseURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("Zipkin's URL %q: want http://HOST:PORT", redact.Text(baseURL))
	}
	if hc == nil {
		hc = http.DefaultClient
	}
	own := *hc
	own.CheckRedirect = redirect.ReadsOnly
	u.RawQuery, u.Fragment = "", ""
	return &Client{u, &own}, nil
}

// URL is what comes before /api/v2, with a user and a password if it has them.
func (c *Client) URL() *url.URL { return c.base }

// Health returns nil when the server says that it is up.
func (c *Client) Health(ctx context.Context) error {
	_, err := getJSON[struct{}](ctx, c, nil, "health") // a log-in page is up, too
	return err
}

// Services implements Reader.
func (c *Client) Services(ctx context.Context) ([]string, error) {
	return getJSON[[]string](ctx, c, nil, "api/v2/services")
}

// SpanNames implements Reader.
func (c *Client) SpanNames(ctx context.Context, service string) ([]string, error) {
	return getJSON[[]string](ctx, c, url.Values{"serviceName": {service}}, "api/v2/spans")
}

// Traces implements Reader.
func (c *Client) Traces(ctx context.Context, q zipkin.Query) ([][]zipkin.Span, error) {
	body, err := c.get(ctx, queryValues(q), "api/v2/traces")
	if err != nil {
		return nil, err
	}
	traces, err := codec.DecodeTraces(body)
	if err != nil {
		return nil, c.unreadable(err, "api/v2/traces")
	}
	return traces, nil
}

// Trace implements Reader.
func (c *Client) Trace(ctx context.Context, id zipkin.TraceID) ([]zipkin.Span, error) {
	body, err := c.get(ctx, nil, "api/v2/trace", id.String())
	var status *statusError
	if errors.As(err, &status) && status.code == http.StatusNotFound {
		return nil, fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	if err != nil {
		return nil, err
	}
	spans, err := codec.DecodeSpans(body)
	if err != nil {
		return nil, c.unreadable(err, "api/v2/trace", id.String())
	}
	if len(spans) == 0 {
		return nil, ErrNotFound
	}
	return spans, nil
}

// link is zipkin.Link as Zipkin writes it.
type link struct {
	Parent, Child         string
	CallCount, ErrorCount int64
}

// Dependencies implements Reader.
func (c *Client) Dependencies(ctx context.Context, endTs time.Time, lookback time.Duration) ([]zipkin.Link, error) {
	v := url.Values{}
	v.Set("endTs", strconv.FormatInt(endTs.UnixMilli(), 10))
	v.Set("lookback", strconv.FormatInt(lookback.Milliseconds(), 10))
	links, err := getJSON[[]link](ctx, c, v, "api/v2/dependencies")
	var out []zipkin.Link
	for _, l := range links {
		out = append(out, zipkin.Link(l))
	}
	return out, err
}

// queryValues writes q as parameters of /api/v2/traces.
func queryValues(q zipkin.Query) url.Values {
	v := url.Values{}
	text := func(name, s string) {
		if s != "" {
			v.Set(name, s)
		}
	}
	number := func(name string, n int64) {
		if n != 0 {
			v.Set(name, strconv.FormatInt(n, 10))
		}
	}
	text("serviceName", q.ServiceName)
	text("spanName", q.SpanName)
	text("remoteServiceName", q.RemoteServiceName)
	text("annotationQuery", q.AnnotationQuery)
	number("minDuration", q.MinDuration.Microseconds())
	number("maxDuration", q.MaxDuration.Microseconds())
	number("endTs", q.EndTs.UnixMilli())
	number("lookback", q.Lookback.Milliseconds())
	number("limit", int64(q.Limit))
	return v
}

func getJSON[T any](ctx context.Context, c *Client, query url.Values, path ...string) (v T, err error) {
	body, err := c.get(ctx, query, path...)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		return v, c.unreadable(err, path...)
	}
	return v, nil
}

// Report sends spans to be stored: all of them, or none and an error.
func (c *Client) Report(ctx context.Context, spans []zipkin.Span) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url(nil, "api/v2/spans"), bytes.NewReader(codec.AppendSpans(nil, spans)))
	if err != nil {
		return redact.Error(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return redact.Error(err)
	}
	defer resp.Body.Close()
	body, err := readText(resp.Body, resp.ContentLength, maxAnswer)
	if resp.StatusCode != http.StatusAccepted {
		return redact.Error(newStatusError(req, resp, body))
	}
	return err
}

// statusError is an answer other than the one that means success.
type statusError struct {
	request string
	code    int
	said    string // where a redirect leads, and the first line of the body
}

func newStatusError(req *http.Request, resp *http.Response, body string) error {
	return &statusError{shown(req), resp.StatusCode, redirect.Target(resp) + ": " + firstLine(body)}
}

func (e *statusError) Error() string {
	return fmt.Sprintf("%s: %d %s%s", e.request, e.code, http.StatusText(e.code), e.said)
}

func shown(req *http.Request) string { return req.Method + " " + redact.URL(req.URL) }

// unreadable is the error of an answer that is not what the path promises.
func (c *Client) unreadable(err error, path ...string) error {
	return fmt.Errorf("GET %s: the answer is not what a Zipkin writes, is this the URL of one? %w", redact.URL(c.base.JoinPath(path...)), err)
}

func (c *Client) url(query url.Values, path ...string) string {
	u := c.base.JoinPath(path...)
	u.RawQuery = query.Encode()
	return u.String()
}

// get returns the body of a 200.
func (c *Client) get(ctx context.Context, query url.Values, path ...string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url(query, path...), nil)
	if err != nil {
		return "", redact.Error(err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return "", redact.Error(err) // it names the URL
	}
	defer resp.Body.Close()
	body, err := readText(resp.Body, resp.ContentLength, maxAnswer)
	if errors.Is(err, errTooLong) {
		return "", fmt.Errorf("%s: the answer is longer than %d bytes: ask for fewer traces (%w)", shown(req), maxAnswer, err)
	}
	if resp.StatusCode != http.StatusOK {
		return "", redact.Error(newStatusError(req, resp, body))
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", shown(req), err)
	}
	return body, nil
}

// firstLine is what to show of an error page.
func firstLine(body string) string {
	const most = 200
	line, _, _ := strings.Cut(strings.TrimSpace(body), "\n")
	return strings.ToValidUTF8(line[:min(len(line), most)], "")
}
