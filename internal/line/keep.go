package line

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
)

// Config is one end's side of a line.
type Config struct {
	ServerURL string
	Token     string
	// Describe says what the process is by now; each new line begins with it.
	Describe func() Registration
	// Changed, if not nil, tells that Describe says something else than before.
	Changed <-chan struct{}
	// Heard, if not nil, is called with what the server publishes and with what it
	// tells this process, one at a time.
	Heard func(kind string, body json.RawMessage)
}

// Keep holds a line to the server until ctx ends, and calls again when it
// breaks, or when the process has changed. A server that is away is no error:
// the process runs without.
func Keep(ctx context.Context, cfg Config) error {
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval, delays.MaxInterval = 100*time.Millisecond, 2*time.Second
	for said := false; ctx.Err() == nil; {
		held, changed, err := holdOnce(ctx, cfg)
		if held {
			delays.Reset()
			said = false
		}
		if changed {
			continue
		}
		if ctx.Err() == nil && !said {
			slog.InfoContext(ctx, "no line to the server; calling again", "server", cfg.ServerURL, "err", err)
			said = true
		}
		select {
		case <-ctx.Done():
		case <-time.After(delays.NextBackOff()):
		}
	}
	return nil
}

// holdOnce is one line, which ends early when the process has changed.
func holdOnce(ctx context.Context, cfg Config) (held, changed bool, err error) {
	body, err := json.Marshal(cfg.Describe())
	if err != nil {
		return false, false, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		held, err = hold(ctx, strings.TrimSuffix(cfg.ServerURL, "/")+Path, cfg, body)
	}()
	select {
	case <-cfg.Changed:
		changed = true
		cancel()
		<-ended
	case <-ended:
	}
	return held, changed, err
}

// hold is one line, from its call to its end.
func hold(ctx context.Context, url string, cfg Config, body []byte) (held bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	silence := time.AfterFunc(deadAfter, cancel)
	defer silence.Stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	req.Header.Set("Content-Type", "application/json")
	if cfg.Token != "" {
		req.Header.Set("Authorization", "Bearer "+cfg.Token)
	}
	// A transport of its own, without the limits of calls that end.
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(resp.Body, 512))
		return false, fmt.Errorf("%s: %s", resp.Status, bytes.TrimSpace(said))
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, maxMessage)
	for lines.Scan() {
		held = true
		silence.Reset(deadAfter)
		cfg.hear(lines.Bytes())
	}
	if err := lines.Err(); err != nil {
		return held, err
	}
	return held, errors.New("the server ended the line")
}

// hear tells of a message that has a body. What is no message is left alone: a
// newer server may have other things to say.
func (c *Config) hear(text []byte) {
	var m message
	if c.Heard != nil && json.Unmarshal(text, &m) == nil && m.Body != nil {
		c.Heard(m.Type, m.Body)
	}
}
