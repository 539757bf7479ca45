package service

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/trace"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/redirect"
	"example.com/tracelab/redact"
)

const (
	// mostSeconds is how long an execution trace for the server takes at most.
	mostSeconds = 60
	// mostUnsent is how many bytes of it may wait until the server takes them.
	mostUnsent = 16 << 20
	// sentWithin is how long the last of it may take to reach the server.
	sentWithin = 10 * time.Second
)

// onRecording takes a request of the server for an execution trace.
func (s *instance) onRecording(ctx context.Context, kind string, body json.RawMessage) {
	if kind != labapi.RecordingRequested {
		return
	}
	var ask labapi.RecordingRequest
	if err := json.Unmarshal(body, &ask); err != nil || ask.ID == "" || ask.Seconds < 1 || ask.Seconds > mostSeconds {
		slog.Warn("a request of the server for an execution trace cannot be read; is it of another version?", "err", err)
		return
	}
	s.recordings.Go(func() {
		if err := s.record(ctx, ask); err != nil {
			slog.Info("an execution trace did not reach the server whole", "err", redact.Error(err))
		}
	})
}

// record records an execution trace into the body of a request. It ends early when ctx does,
// when the server has answered, and when that does not take what there is.
func (s *instance) record(ctx context.Context, ask labapi.RecordingRequest) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	body := newOutflow(ctx, fail, mostUnsent)
	if err := trace.Start(body); err != nil {
		return s.postRecording(ctx, ask.ID, http.NoBody, fmt.Sprintf("%v, as by /debug/pprof/trace: a process records one at a time", err))
	}
	sent := make(chan error, 1)
	go func() {
		sent <- s.postRecording(ctx, ask.ID, body, "")
		fail(nil)
	}()
	select {
	case <-ctx.Done():
	case <-time.After(time.Duration(ask.Seconds) * time.Second):
	}
	trace.Stop() // which writes the rest
	body.end()
	defer time.AfterFunc(sentWithin, func() { fail(errSlow) }).Stop()
	return <-sent
}

func (s *instance) postRecording(ctx context.Context, id string, body io.Reader, refused string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.cfg.ServerURL+labapi.RecordingsPath+"/"+url.PathEscape(id), body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	if refused != "" {
		req.Header.Set(labapi.RefusedHeader, refused)
	}
	if s.cfg.Token != "" {
		req.Header.Set("Authorization", "Bearer "+s.cfg.Token)
	}
	// Neither traced nor sharing connections with what is.
	client := &http.Client{CheckRedirect: redirect.ReadsOnly, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(resp.Body, 300))
		return fmt.Errorf("%s%s: %s", resp.Status, redirect.Target(resp), said)
	}
	return nil
}
