package stack

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// awaitReady asks until every service is ready, and says once when that takes
// long: a real Redis may be away.
func (s *pieces) awaitReady(ctx context.Context) bool {
	late := time.NewTimer(5 * time.Second)
	defer late.Stop()
	for _, b := range []*bound{s.fetcher, s.writer, s.gateway} {
		for {
			err := askReady(ctx, b.url())
			if err == nil {
				break
			}
			select {
			case <-ctx.Done():
				return false
			case <-late.C:
				s.cfg.Logf("the %s is not ready after 5 s (%v): see %s/readyz", b.flag, err, b.localURL())
			case <-time.After(5 * time.Millisecond):
			}
		}
	}
	return true
}

// readyWithin is more than a service takes to ask what it depends on. Before it
// has its port again another program may have it for a moment, accept the
// question, and never answer.
const readyWithin = 2 * time.Second

// askReady returns nil if the service at url is ready.
func askReady(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/readyz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	return nil
}
