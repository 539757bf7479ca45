package gateway

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"time"

	"go.opencensus.io/trace"
	"golang.org/x/sync/errgroup"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/services/fetcher/fetchapi"
	"example.com/tracelab/services/gateway/visitapi"
	"example.com/tracelab/services/writer/storeapi"
)

// visit does all visits of a request and answers when they are done.
func (g *gateway) visit(w http.ResponseWriter, r *http.Request) error {
	req, err := g.parse(r)
	if err != nil {
		return err
	}
	visits, err := g.visitInTime(r.Context(), req)
	if err != nil {
		e := *httpapi.AsError(err)
		if len(visits) > 0 {
			e.Extensions = map[string]any{"visits": visits}
		}
		return &e
	}
	answer := g.answer(r)
	answer.Visits = visits
	httpapi.WriteJSON(w, answer)
	return nil
}

// visitAll is the chapter's main: each round visits each URL, side by side or
// in turn. The visits that were done come back also with an error, in the order
// that was asked for.
func (g *gateway) visitAll(ctx context.Context, req *request) ([]visitapi.Visit, error) {
	ctx, span := trace.StartSpan(ctx, "main")
	defer span.End()
	span.AddAttributes(
		trace.Int64Attribute("visit.urls", int64(len(req.urls))),
		trace.Int64Attribute("visit.rounds", int64(req.rounds)),
		trace.BoolAttribute("visit.serial", req.serial))
	g.prepare(ctx, req)
	var done []visitapi.Visit
	for round := range req.rounds {
		visits, err := g.visitRound(ctx, req, round+1)
		done = append(done, visits...)
		if err != nil {
			httpapi.Mark(span, err)
			return done, err
		}
	}
	g.conclude(ctx, done)
	return done, nil
}

func (g *gateway) visitRound(ctx context.Context, req *request, round int) ([]visitapi.Visit, error) {
	var (
		mu      sync.Mutex
		found   = make([]*visitapi.Visit, len(req.urls))
		longest time.Duration
	)
	began, atOnce := time.Now(), g.cfg.Parallel
	_, inTurn := faults.Here(ctx, "serial-fanout")
	if req.serial || inTurn {
		atOnce = 1
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i, u := range req.urls {
		group.Go(func() error {
			if err := g.waitForTurn(ctx); err != nil {
				return err
			}
			defer g.turns.Release(1)
			began := time.Now()
			visit, err := g.visitOne(ctx, u)
			if err != nil {
				return err
			}
			if req.rounds > 1 {
				visit.Round = round
			}
			mu.Lock()
			defer mu.Unlock()
			found[i], longest = visit, max(longest, time.Since(began))
			return nil
		})
	}
	err := group.Wait()
	if inTurn && !req.serial && len(req.urls) > 1 {
		faults.Record(ctx, "serial-fanout", began, time.Since(began)-longest)
	}
	var visits []visitapi.Visit
	for _, v := range found {
		if v != nil {
			visits = append(visits, *v)
		}
	}
	return visits, err
}

// waitForTurn is said in the trace when there is a wait.
func (g *gateway) waitForTurn(ctx context.Context) error {
	if ctx.Err() == nil && g.turns.TryAcquire(1) {
		return nil
	}
	trace.FromContext(ctx).Annotate(nil, "waiting for the turn of a visit")
	if err := g.turns.Acquire(ctx, 1); err != nil {
		// Another visit of the request failed, whose error is the answer, or the
		// caller has gone, or the time of the request is up.
		e := httpapi.Failed("gateway", httpapi.Busy, err)
		if e.Code == httpapi.Busy {
			e.Detail = "too many visits are under way: this one had no turn in time"
		}
		return e
	}
	return nil
}

// visitOne fetches a URL and stores its status.
func (g *gateway) visitOne(ctx context.Context, target string) (*visitapi.Visit, error) {
	var f fetchapi.Result
	if err := g.fetcher.Do(ctx, "GET /fetch", "/fetch?url="+url.QueryEscape(target), "", &f); err != nil {
		return nil, err
	}
	if f.Status == 0 || f.StatusText == "" {
		return nil, &httpapi.Error{Code: httpapi.Unreachable, Service: "fetcher", Detail: "fetcher gave an answer without a status"}
	}
	var stored storeapi.Value
	if err := g.tell(ctx, "PUT /values/{key}", "/values/"+url.PathEscape(target), f.StatusText, &stored); err != nil {
		return nil, err
	}
	return &visitapi.Visit{URL: target, Status: f.Status, StatusText: f.StatusText, Bytes: f.Bytes, Duration: f.Timings.Total}, nil
}

// tell has the writer do something.
func (g *gateway) tell(ctx context.Context, route, path, body string, out any) error {
	writer := g.writer
	if _, ok := faults.Here(ctx, "lost-context"); ok {
		defer faults.Measure(ctx, "lost-context")()
		writer = writer.WithoutTrace()
	}
	return writer.Do(ctx, route, path, body, out)
}
