package service

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"example.com/tracelab/internal/redirect"
	"example.com/tracelab/redact"
)

// answerServer sends the server what it asked for by the control stream. It does not wait:
// the stream has other messages too.
func (s *instance) answerServer(path string, answer any) {
	go func() {
		if err := s.post(path, answer); err != nil {
			slog.Warn("an answer to the server was lost", "path", path, "err", redact.Error(err))
		}
	}()
}

func (s *instance) post(path string, answer any) error {
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.cfg.ServerURL+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if s.cfg.Token != "" {
		req.Header.Set("Authorization", "Bearer "+s.cfg.Token)
	}
	client := &http.Client{CheckRedirect: redirect.ReadsOnly}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s%s", resp.Status, redirect.Target(resp))
	}
	return nil
}
