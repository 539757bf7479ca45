// Package standby asks a fetcher that stands by, before the one that is in
// service is asked.
package standby

import (
	"context"
	"log/slog"
	"net"
	"net/url"
	"time"

	"golang.org/x/sync/semaphore"

	"example.com/tracelab/internal/service"
	"example.com/tracelab/services/fetcher/fetchapi"
)

// Near is the time for one call of a fetcher that is near and idle.
const Near = 2 * time.Millisecond

// maxAsked bounds the fetchers that are asked at once, each of which holds two
// descriptors.
const maxAsked = 256

// Fetchers are those that stand by.
type Fetchers struct{ asked *semaphore.Weighted }

// New returns Fetchers that can be asked.
func New() *Fetchers { return &Fetchers{semaphore.NewWeighted(maxAsked)} }

// Ask asks one for a URL, and asks again at once where it gives no answer within
// limit, n times in all or until ctx ends.
//
// The fetcher takes connections and answers nothing, like a process that hangs.
// It is the request's own, and what is sent to it goes nowhere.
func (f *Fetchers) Ask(ctx context.Context, target string, n int, limit time.Duration) {
	if !f.asked.TryAcquire(1) {
		return
	}
	defer f.asked.Release(1)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		slog.DebugContext(ctx, "no port for a fetcher that stands by", "err", err)
		return
	}
	defer ln.Close()
	fetcher, err := service.NewClient("fetcher", "http://"+ln.Addr().String(), limit)
	if err != nil {
		return
	}
	defer fetcher.Close()
	for ; n > 0 && ctx.Err() == nil; n-- {
		var r fetchapi.Result
		if fetcher.Do(ctx, "GET /fetch", "/fetch?url="+url.QueryEscape(target), "", &r) == nil {
			return
		}
	}
}
