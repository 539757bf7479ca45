package control

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"example.com/tracelab/internal/redirect"
	"example.com/tracelab/redact"
)

// Config is the process's side of a control stream.
type Config struct {
	ServerURL string
	Token     string
	// Describe returns what the process is now; each new stream begins with it.
	Describe func() Registration
	// Changed, if not nil, receives when Describe returns something else than before.
	Changed <-chan struct{}
	// Transport, if not nil, is used in place of one of this stream's own. It must
	// not bound how long an answer takes.
	Transport http.RoundTripper
	// OnMessage, if not nil, is called with what the server sends to all processes
	// and to this one, one message at a time.
	OnMessage func(kind string, body json.RawMessage)
}

// Run keeps a control stream open until ctx ends. It connects again when the
// stream breaks, or when the process has changed. A server that is away is no
// error: the process runs without.
func Run(ctx context.Context, cfg Config) error {
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval, delays.MaxInterval = 100*time.Millisecond, 2*time.Second
	for logged := false; ctx.Err() == nil; {
		opened, changed, err := runOnce(ctx, cfg)
		if opened {
			delays.Reset()
			logged = false
		}
		if changed {
			continue
		}
		if ctx.Err() == nil && !logged {
			slog.InfoContext(ctx, "no control stream to the server; trying again", "server", redact.Text(cfg.ServerURL), "err", err)
			logged = true
		}
		select {
		case <-ctx.Done():
		case <-time.After(delays.NextBackOff()):
		}
	}
	return nil
}

// runOnce is one stream, which ends early when the process has changed.
func runOnce(ctx context.Context, cfg Config) (opened, changed bool, err error) {
	body, err := json.Marshal(cfg.Describe())
	if err != nil {
		return false, false, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		opened, err = receive(ctx, strings.TrimSuffix(cfg.ServerURL, "/")+Path, cfg, body)
	}()
	select {
	case <-cfg.Changed:
		changed = true
		cancel()
		<-ended
	case <-ended:
	}
	return opened, changed, err
}

// receive is one stream, from its request to its end.
func receive(ctx context.Context, url string, cfg Config, body []byte) (opened bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	silence := time.AfterFunc(deadAfter, cancel)
	defer silence.Stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return false, redact.Error(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if cfg.Token != "" {
		req.Header.Set("Authorization", "Bearer "+cfg.Token)
	}
	client := &http.Client{Transport: cfg.Transport, CheckRedirect: redirect.ReadsOnly}
	if client.Transport == nil { // the default one has limits for calls that end
		client.Transport = &http.Transport{DisableKeepAlives: true}
	}
	resp, err := client.Do(req)
	if err != nil {
		return false, redact.Error(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 512))
		return false, redact.Error(fmt.Errorf("%s%s: %s", resp.Status, redirect.Target(resp), bytes.TrimSpace(text)))
	}
	if kind := resp.Header.Get("Content-Type"); !strings.HasPrefix(kind, streamType) {
		return false, fmt.Errorf("the answer is %q and no control stream: another program is there, or a log-in page", kind)
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, maxMessage)
	for lines.Scan() {
		opened = true
		silence.Reset(deadAfter)
		cfg.deliver(lines.Bytes())
	}
	if err := lines.Err(); err != nil {
		return opened, err
	}
	return opened, errors.New("the server ended the control stream")
}

// deliver passes on a message that has a body. What is no message is ignored: a
// newer server may send other things.
func (c *Config) deliver(text []byte) {
	var m message
	if c.OnMessage != nil && json.Unmarshal(text, &m) == nil && m.Body != nil {
		c.OnMessage(m.Type, m.Body)
	}
}
