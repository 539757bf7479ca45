package flight

import (
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

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/tracing"
)

// send hands over what is in the spool, one after the other, until no more comes.
func (r *Recorder) send() {
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval, delays.MaxInterval = 100*time.Millisecond, 5*time.Second
	for said := false; ; {
		for _, late := range r.spool.late() {
			r.settle(late, refusedUndelivered)
		}
		p, more := r.spool.next()
		if !more {
			return
		}
		if p == nil {
			<-r.spool.changed
			continue
		}
		err := r.handOver(p)
		if err == nil {
			r.settle(p, nil)
			delays.Reset()
			said = false
			continue
		}
		if !said {
			slog.Info("a snapshot cannot be handed to the server", "server", r.cfg.ServerURL, "err", err)
			said = true
		}
		if why := r.hopeless(err); why != nil {
			r.settle(p, why)
			continue
		}
		r.spool.back(p)
		select {
		case <-r.stop:
		case <-time.After(delays.NextBackOff()):
		}
	}
}

// hopeless says why a parcel that was not taken is not tried again; nil: it is,
// while it is not late.
func (r *Recorder) hopeless(err error) *refusal {
	var refused *backoff.PermanentError
	select {
	case <-r.stop:
		return refusedEnding
	default:
	}
	if errors.As(err, &refused) {
		return refusedRejected
	}
	return nil
}

// settle counts what became of a parcel, which was sent unless there is a reason
// why not.
func (r *Recorder) settle(p *parcel, why *refusal) {
	r.spool.done(p)
	switch {
	case p.Refused != "" && why != nil:
		r.tally.unanswered(len(p.Traces))
	case p.Refused != "":
	case why == nil:
		r.tally.sent()
	default:
		r.drop(p, why)
	}
}

// drop gives up a snapshot, and answers for its traces by a refusal: but for
// those that the server refused, and after the end.
func (r *Recorder) drop(p *parcel, why *refusal) {
	r.tally.dropped(why.why)
	if why != refusedRejected && why != refusedEnding {
		r.refuse(why, p.Reason, p.Traces...)
	}
}

// handOver sends a parcel once. A permanent error says that the server wants it
// in no case.
func (r *Recorder) handOver(p *parcel) error {
	about, err := json.Marshal(p.Upload)
	if err != nil {
		return backoff.Permanent(err)
	}
	req, err := http.NewRequestWithContext(r.last, http.MethodPost, strings.TrimSuffix(r.cfg.ServerURL, "/")+labapi.SnapshotsPath, bytes.NewReader(p.body))
	if err != nil {
		return backoff.Permanent(err)
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set(labapi.UploadHeader, string(about))
	if r.cfg.Token != "" {
		req.Header.Set("Authorization", "Bearer "+r.cfg.Token)
	}
	if p.Refused == "" && !p.tried {
		r.flush()
	}
	p.tried = true
	resp, err := r.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(resp.Body, 512))
	switch {
	case resp.StatusCode < 300:
		return nil
	case resp.StatusCode >= 400 && resp.StatusCode < 500:
		return backoff.Permanent(fmt.Errorf("%s: %s", resp.Status, bytes.TrimSpace(said)))
	}
	return fmt.Errorf("%s: %s", resp.Status, bytes.TrimSpace(said))
}

// flush has the spans of a snapshot arrive with it, while it is sent. A Zipkin
// that is slow or away holds up nobody.
func (r *Recorder) flush() {
	select {
	case r.flushing <- struct{}{}:
	default:
		return
	}
	r.sending.Go(func() {
		defer func() { <-r.flushing }()
		ctx, cancel := context.WithTimeout(r.last, time.Second)
		defer cancel()
		_ = tracing.Flush(ctx) // what is late comes later
	})
}
