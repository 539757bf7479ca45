package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkin/codec"

	"example.com/tracelab/internal/archive"
	"example.com/tracelab/internal/doctor"
	"example.com/tracelab/internal/faultctl"
	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/httpapi"
)

// Client asks a server, for the commands.
type Client struct {
	// Token is the server's secret. Without it only a server on this machine lets
	// itself be switched.
	Token string

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
		c := &Client{url: u, http: &http.Client{Timeout: 15 * time.Second}}
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
	return &s, c.do(ctx, http.MethodGet, "/tracelab/v1/stack", nil, &s)
}

// Doctor has the server examine the stack.
func (c *Client) Doctor(ctx context.Context) (findings []doctor.Finding, err error) {
	return findings, c.do(ctx, http.MethodPost, doctor.Path, nil, &findings)
}

// All yields the spans of every trace that the server keeps, or that the Zipkin
// behind it can find.
func (c *Client) All(ctx context.Context) archive.Spans { return c.spans(ctx, spansPath) }

// Trace yields the spans of one trace; there may be none.
func (c *Client) Trace(ctx context.Context, id zipkin.TraceID) archive.Spans {
	return c.spans(ctx, spansPath+"?trace="+id.String())
}

func (c *Client) spans(ctx context.Context, path string) archive.Spans {
	return func(yield func([]zipkin.Span, error) bool) {
		resp, err := c.get(ctx, path)
		if err != nil {
			yield(nil, err)
			return
		}
		defer resp.Body.Close()
		for spans, err := range archive.Read(resp.Body) {
			if err != nil {
				err = fmt.Errorf("%s%s: %w", c.url, spansPath, err)
			}
			if !yield(spans, err) {
				return
			}
		}
	}
}

// Report has the server store spans, or the Zipkin behind it: all or none.
func (c *Client) Report(ctx context.Context, spans []zipkin.Span) error {
	body := bytes.NewReader(codec.AppendSpans(nil, spans))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+spansPath, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		return c.unexpected(spansPath, resp)
	}
	return nil
}

// Faults asks what there is to switch on, and what is on.
func (c *Client) Faults(ctx context.Context) (*faultctl.Faults, error) {
	var f faultctl.Faults
	return &f, c.do(ctx, http.MethodGet, faultctl.Path, nil, &f)
}

// SwitchOn has faults happen until they are switched off, and returns what is
// on then.
func (c *Client) SwitchOn(ctx context.Context, sw faults.Switch) (*faultctl.Faults, error) {
	var f faultctl.Faults
	return &f, c.do(ctx, http.MethodPost, faultctl.Path, sw, &f)
}

// SwitchOff ends the fault of that name, or all with an empty name, and returns
// how many switches that were.
func (c *Client) SwitchOff(ctx context.Context, name string) (int, error) {
	var answer struct{ Off int }
	err := c.do(ctx, http.MethodDelete, faultctl.Path+"?fault="+url.QueryEscape(name), nil, &answer)
	return answer.Off, err
}

// StartMystery has something happen that is not told.
func (c *Client) StartMystery(ctx context.Context, ask faultctl.MysteryStart) (*faultctl.Mystery, error) {
	var m faultctl.Mystery
	return &m, c.do(ctx, http.MethodPost, faultctl.MysteryPath, ask, &m)
}

// AnswerMystery has a diagnosis graded.
func (c *Client) AnswerMystery(ctx context.Context, a faultctl.MysteryAnswer) (*faultctl.MysteryVerdict, error) {
	var v faultctl.MysteryVerdict
	return &v, c.do(ctx, http.MethodPost, faultctl.MysteryPath+"/answer", a, &v)
}

// HintMystery asks for the next step.
func (c *Client) HintMystery(ctx context.Context, attendee string) (*faultctl.MysteryHint, error) {
	var h faultctl.MysteryHint
	return &h, c.do(ctx, http.MethodPost, faultctl.MysteryPath+"/hint", faultctl.MysteryAnswer{Attendee: attendee}, &h)
}

// get is for an answer that takes as long as it takes. Its status is 200, or 204.
func (c *Client) get(ctx context.Context, path string) (*http.Response, error) {
	req, err := c.request(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	resp, err := (&http.Client{Transport: c.http.Transport}).Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusNoContent {
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
	return req, err
}

func (c *Client) unexpected(path string, resp *http.Response) error {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 16<<10))
	var p httpapi.Problem
	if json.Unmarshal(body, &p) == nil && p.Detail != "" {
		return fmt.Errorf("%s: %s", c.url, p.Detail)
	}
	return fmt.Errorf("%s%s answered %s: %.200s", c.url, path, resp.Status, body)
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
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return c.unexpected(path, resp)
	}
	return c.decode(path, resp.Body, out)
}

func (c *Client) decode(path string, r io.Reader, out any) error {
	body, err := io.ReadAll(io.LimitReader(r, 4<<20))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("%s%s answered something else than JSON: another program is there: %w", c.url, path, err)
	}
	return nil
}
