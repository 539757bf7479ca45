package gateway

import (
	"context"
	"log/slog"
	"net"
	"net/url"
	"time"

	"example.com/tracelab/internal/service"
	"example.com/tracelab/services/fetcher/fetchapi"
)

const (
	// maxSpares bounds the spare fetchers that are asked at once, each of which
	// holds two descriptors.
	maxSpares = 256
	// spareLimit is for a spare that is near and idle.
	spareLimit = 2 * time.Millisecond
)

// askSpare asks a spare fetcher for a URL, and asks again at once where it gives
// no answer within limit, n times in all or until ctx ends.
//
// The spare takes connections and answers nothing, like a process that hangs.
// It is the request's own, and what is sent to it goes nowhere.
func (g *gateway) askSpare(ctx context.Context, target string, n int, limit time.Duration) {
	if !g.spares.TryAcquire(1) {
		return
	}
	defer g.spares.Release(1)
	hung, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		slog.DebugContext(ctx, "no port for a spare fetcher", "err", err)
		return
	}
	defer hung.Close()
	spare, err := service.NewClient("fetcher", "http://"+hung.Addr().String(), limit)
	if err != nil {
		return
	}
	defer spare.Close()
	for ; n > 0 && ctx.Err() == nil; n-- {
		var f fetchapi.Result
		if spare.Do(ctx, "GET /fetch", "/fetch?url="+url.QueryEscape(target), "", &f) == nil {
			return
		}
	}
}
