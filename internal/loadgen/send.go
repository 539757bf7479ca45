package loadgen

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"example.com/tracelab/redact"
)

type dialer = func(ctx context.Context, network, addr string) (net.Conn, error)

// sender puts a variant's request in the place of each that vegeta makes: only
// here its number is known, by which variants alternate exactly.
type sender struct {
	ctx      context.Context
	requests []*http.Request // of the variants
	turns
	base *http.Transport
	most int64 // requests under way

	underWay, peak atomic.Int64
}

func newSender(ctx context.Context, cfg Config) *sender {
	dial := cfg.dial
	if dial == nil {
		dial = (&net.Dialer{Timeout: 5 * time.Second}).DialContext
	}
	s := &sender{ctx: ctx, turns: turnsOf(cfg), most: int64(cfg.Concurrency), base: &http.Transport{
		DialContext:         dial,
		MaxIdleConnsPerHost: cfg.Concurrency,
		IdleConnTimeout:     time.Minute, // before the other side hangs up
		DisableCompression:  true,        // a sender that unpacks is slower than a browser
	}}
	for _, v := range cfg.Variants {
		r := v.Request.Clone(ctx)
		if r.Header.Get("User-Agent") == "" {
			r.Header.Set("User-Agent", "tracelab-load")
		}
		if user := r.URL.User; user != nil && r.Header.Get("Authorization") == "" {
			password, _ := user.Password() // as http.Client does, which does not see this request
			r.SetBasicAuth(user.Username(), password)
		}
		if v.Name != "" {
			tag(r.Header, v.Name)
		}
		s.requests = append(s.requests, r)
	}
	return s
}

// reach connects to where requests go, and hangs up: a wrong address is said at
// once, and not request by request.
func (s *sender) reach() error {
	seen := map[string]bool{}
	for _, r := range s.requests {
		addr := address(r)
		if seen[addr] {
			continue
		}
		seen[addr] = true
		conn, err := s.base.DialContext(s.ctx, "tcp", addr)
		if err == nil {
			conn.Close()
		}
		if s.ctx.Err() != nil {
			return fmt.Errorf("stopped before the first request: %w", s.ctx.Err())
		}
		if err != nil {
			return fmt.Errorf("%s: %w: %s", redact.URL(r.URL), ErrUnreachable, reason(err))
		}
	}
	return nil
}

func address(r *http.Request) string {
	port := r.URL.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[r.URL.Scheme]
	}
	return net.JoinHostPort(r.URL.Hostname(), port)
}

// placeholder is the URL that vegeta is given.
const placeholder = "http://load/"

func (s *sender) target(t *vegeta.Target) error {
	t.Method, t.URL = http.MethodGet, placeholder
	return nil
}

// RoundTrip sends what is due in place of r.
func (s *sender) RoundTrip(r *http.Request) (*http.Response, error) {
	n, err := strconv.ParseUint(r.Header.Get("X-Vegeta-Seq"), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("the number of a request: %w", err)
	}
	s.begin()
	ctx, cancel := context.WithTimeout(s.ctx, AnswerWithin)
	due := s.requests[s.variant(n)].WithContext(ctx)
	if s.flagged(n) {
		due = flag(due)
	}
	resp, err := s.base.RoundTrip(once(due))
	if err != nil {
		cancel()
		s.underWay.Add(-1)
		return nil, s.failed(err)
	}
	resp.Body = &body{resp.Body, s, cancel}
	return resp, nil
}

// once keeps net/http from sending r again where the other side hangs up on it:
// that would hide a failure. What has a body, even an empty one, is sent once.
func once(r *http.Request) *http.Request {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		r.Body = io.NopCloser(strings.NewReader(""))
	}
	return r
}

func (s *sender) begin() {
	n := s.underWay.Add(1)
	for {
		peak := s.peak.Load()
		if n <= peak || s.peak.CompareAndSwap(peak, n) {
			return
		}
	}
}

// body is that of an answer; a request is under way until it is closed.
type body struct {
	io.ReadCloser
	sender *sender
	cancel context.CancelFunc
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		err = b.sender.failed(err)
	}
	return n, err
}

func (b *body) Close() error {
	err := b.ReadCloser.Close()
	b.cancel()
	b.sender.underWay.Add(-1)
	return err
}
