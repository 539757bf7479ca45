package gateway

import (
	"context"
	"net/http"
	"net/url"

	"go.opencensus.io/trace"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/services/fetcher/fetchapi"
	"example.com/tracelab/services/gateway/internal/plan"
	"example.com/tracelab/services/gateway/visitapi"
	"example.com/tracelab/services/writer/storeapi"
)

// visit does all visits of a request and answers when they are done.
func (g *gateway) visit(w http.ResponseWriter, r *http.Request) error {
	req, err := g.parse(r)
	if err != nil {
		return err
	}
	// The plan of nearly every request adds nothing: read on as if each of its
	// methods called what it is given, and CallWriter the writer.
	p := g.planner.For(r.Context())
	visits, err := p.RunVisits(r.Context(), func(ctx context.Context) ([]visitapi.Visit, error) {
		ctx, cancel := context.WithTimeout(ctx, g.cfg.VisitTimeout)
		defer cancel()
		return g.visitAll(ctx, req, p)
	})
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
func (g *gateway) visitAll(ctx context.Context, req *request, p *plan.Plan) (done []visitapi.Visit, err error) {
	ctx, span := trace.StartSpan(ctx, "main")
	defer span.End()
	span.AddAttributes(
		trace.Int64Attribute("visit.urls", int64(len(req.urls))),
		trace.Int64Attribute("visit.rounds", int64(req.rounds)),
		trace.BoolAttribute("visit.serial", req.serial))
	p.BeforeVisits(ctx, req.urls[0])
	for round := range req.rounds {
		visits, err := g.visitRound(ctx, req, p)
		for _, v := range visits {
			if req.rounds > 1 {
				v.Round = round + 1
			}
			done = append(done, v)
		}
		if err != nil {
			httpapi.Mark(span, err)
			return done, err
		}
	}
	p.AfterVisits(ctx, done)
	return done, nil
}

// visitRound visits each URL once.
func (g *gateway) visitRound(ctx context.Context, req *request, p *plan.Plan) (done []visitapi.Visit, err error) {
	atOnce := g.cfg.Parallel
	if req.serial {
		atOnce = 1
	}
	visits := make([]*visitapi.Visit, len(req.urls)) // nil: it was not done
	err = p.EachVisit(ctx, len(req.urls), atOnce, func(ctx context.Context, i int) (err error) {
		visits[i], err = g.visitOne(ctx, req.urls[i], p)
		return err
	})
	for _, v := range visits {
		if v != nil {
			done = append(done, *v)
		}
	}
	return done, err
}

// visitOne fetches a URL and stores its status, when a slot is free.
func (g *gateway) visitOne(ctx context.Context, target string, p *plan.Plan) (*visitapi.Visit, error) {
	if err := g.waitForSlot(ctx); err != nil {
		return nil, err
	}
	defer g.slots.Release(1)
	fetched, err := g.fetch(ctx, target)
	if err != nil {
		return nil, err
	}
	var stored storeapi.Value
	if err := p.CallWriter(ctx, "PUT /values/{key}", "/values/"+url.PathEscape(target), fetched.StatusText, &stored); err != nil {
		return nil, err
	}
	return &visitapi.Visit{URL: target, Status: fetched.Status, StatusText: fetched.StatusText, Bytes: fetched.Bytes, Duration: fetched.Timings.Total}, nil
}

// waitForSlot says in the trace when there is a wait.
func (g *gateway) waitForSlot(ctx context.Context) error {
	if ctx.Err() == nil && g.slots.TryAcquire(1) {
		return nil
	}
	trace.FromContext(ctx).Annotate(nil, "waiting for the turn of a visit")
	if err := g.slots.Acquire(ctx, 1); err != nil {
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

func (g *gateway) fetch(ctx context.Context, target string) (f fetchapi.Result, err error) {
	if err := g.fetcher.Do(ctx, "GET /fetch", "/fetch?url="+url.QueryEscape(target), "", &f); err != nil {
		return f, err
	}
	if f.Status == 0 || f.StatusText == "" {
		return f, &httpapi.Error{Code: httpapi.Unreachable, Service: "fetcher", Detail: "fetcher gave an answer without a status"}
	}
	return f, nil
}
