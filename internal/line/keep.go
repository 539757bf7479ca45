package line

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Keep holds a line to the server until ctx ends, and calls again when it
// breaks. A server that is away is no error: the process runs without.
func Keep(ctx context.Context, serverURL, token string, reg Registration) error {
	body, err := json.Marshal(reg)
	if err != nil {
		return err
	}
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval, delays.MaxInterval = 100*time.Millisecond, 2*time.Second
	for said := false; ctx.Err() == nil; {
		held, err := hold(ctx, strings.TrimSuffix(serverURL, "/")+Path, token, body)
		if held {
			delays.Reset()
			said = false
		}
		if ctx.Err() == nil && !said {
			slog.InfoContext(ctx, "no line to the server; calling again", "server", serverURL, "err", err)
			said = true
		}
		select {
		case <-ctx.Done():
		case <-time.After(delays.NextBackOff()):
		}
	}
	return nil
}

// hold is one line, from its call to its end.
func hold(ctx context.Context, url, token string, body []byte) (held bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	silence := time.AfterFunc(deadAfter, cancel)
	defer silence.Stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
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
	}
	return held, lines.Err()
}
