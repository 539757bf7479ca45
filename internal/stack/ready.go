package stack

import (
	"context"
	"errors"
	"time"

	"example.com/tracelab/internal/httpapi"
)

// awaitReady asks until every service is ready, and says once when that takes
// long: a real Redis may be away. No answer is waited for without end: before a service
// has its port again another program may have it for a moment, accept the question, and
// never answer.
func (s *pieces) awaitReady(ctx context.Context) bool {
	late := time.NewTimer(5 * time.Second)
	defer late.Stop()
	for _, b := range []*bound{s.fetcher, s.writer, s.gateway} {
		for {
			err := httpapi.Healthcheck(ctx, b.addr())
			if err == nil {
				break
			}
			select {
			case <-ctx.Done():
				return false
			case <-late.C:
				s.cfg.Logf("the %s is not ready after 5 s (%s): see %s/readyz", b.flag, reason(err), b.localURL())
			case <-time.After(5 * time.Millisecond):
			}
		}
	}
	return true
}

// reason is why a service is not ready, in a line: what it depends on is on its page.
func reason(err error) string {
	if no, ok := errors.AsType[*httpapi.NotReadyError](err); ok {
		return no.Status
	}
	return err.Error()
}
