package flight

import (
	"bytes"
	"cmp"
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

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/redirect"
	"example.com/tracelab/redact"
	"example.com/tracelab/tracing"
)

// deliver sends what is in the outbox, one after the other, until no more comes.
func (r *Recorder) deliver() {
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval, delays.MaxInterval = 100*time.Millisecond, 5*time.Second
	for logged := false; ; {
		for _, expired := range r.outbox.takeExpired() {
			r.account(expired, errUndelivered)
		}
		u, more := r.outbox.next()
		if !more {
			return
		}
		if u == nil {
			<-r.outbox.changed
			continue
		}
		err := r.post(u)
		if err == nil {
			r.account(u, nil)
			delays.Reset()
			logged = false
			continue
		}
		if !logged {
			slog.Info("a snapshot cannot be handed to the server", "server", redact.Text(r.cfg.ServerURL), "err", err)
			logged = true
		}
		if why := r.final(err); why != nil {
			r.account(u, why)
			continue
		}
		r.outbox.putBack(u)
		select {
		case <-r.stop:
		case <-time.After(delays.NextBackOff()):
		}
	}
}

// final returns why an upload that was not taken is not tried again; nil: it is,
// until it expires.
func (r *Recorder) final(err error) *rejection {
	var permanent *backoff.PermanentError
	select {
	case <-r.stop:
		return errEnding
	default:
	}
	if errors.As(err, &permanent) {
		return errRejected
	}
	return nil
}

// account counts what became of an upload, which was sent unless there is a
// reason why not.
func (r *Recorder) account(u *upload, why *rejection) {
	r.outbox.done(u)
	switch {
	case u.Refused != "" && why != nil:
		r.stats.unanswered(len(u.Traces))
	case u.Refused != "":
	case why == nil:
		r.stats.sent()
	default:
		r.drop(u, why)
	}
	if len(u.owed) > 0 {
		r.reject(cmp.Or(why, errUnchanged), labapi.ReasonAsked, u.owed...)
	}
}

// drop gives up a snapshot, and answers for its traces by a rejection: but for
// those that the server rejected, and after the end.
func (r *Recorder) drop(u *upload, why *rejection) {
	r.stats.dropped(why)
	if why != errRejected && why != errEnding {
		r.reject(why, u.Reason, u.Traces...)
	}
}

// post sends an upload once. A permanent error means that the server will never
// take it.
func (r *Recorder) post(u *upload) error {
	about, err := json.Marshal(u.Upload)
	if err != nil {
		return backoff.Permanent(err)
	}
	req, err := http.NewRequestWithContext(r.last, http.MethodPost, strings.TrimSuffix(r.cfg.ServerURL, "/")+labapi.SnapshotsPath, bytes.NewReader(u.body))
	if err != nil {
		return backoff.Permanent(redact.Error(err))
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set(labapi.UploadHeader, string(about))
	if r.cfg.Token != "" {
		req.Header.Set("Authorization", "Bearer "+r.cfg.Token)
	}
	if u.Refused == "" && !u.tried {
		r.flushSpans()
	}
	u.tried = true
	resp, err := r.client.Do(req)
	if err != nil {
		return redact.Error(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusAccepted {
		return nil
	}
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 512))
	err = redact.Error(fmt.Errorf("%s%s: %s", resp.Status, redirect.Target(resp), bytes.TrimSpace(text)))
	if resp.StatusCode < 500 { // a redirect and a log-in page, too
		err = backoff.Permanent(err)
	}
	return err
}

// flushSpans has the spans of a snapshot arrive with it, while it is sent. A
// Zipkin that is slow or away delays nothing.
func (r *Recorder) flushSpans() {
	select {
	case r.flushing <- struct{}{}:
	default:
		return
	}
	r.delivering.Go(func() {
		defer func() { <-r.flushing }()
		ctx, cancel := context.WithTimeout(r.last, time.Second)
		defer cancel()
		_ = tracing.Flush(ctx) // what is late comes later
	})
}
