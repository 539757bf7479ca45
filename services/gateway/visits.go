package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"go.opencensus.io/trace"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/redact"
	"example.com/tracelab/services/gateway/internal/plan"
	"example.com/tracelab/services/gateway/visitapi"
	"example.com/tracelab/services/writer/storeapi"
)

// queue hands each URL to the writer's queue, as often as there are rounds, and
// answers before they are done.
func (g *gateway) queue(w http.ResponseWriter, r *http.Request) error {
	req, err := g.parse(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), g.cfg.VisitTimeout)
	defer cancel()
	if err := g.queueAll(ctx, req, g.planner.For(ctx)); err != nil {
		return err
	}
	httpapi.WriteJSONStatus(w, http.StatusAccepted, g.answer(r))
	return nil
}

func (g *gateway) queueAll(ctx context.Context, req *request, p *plan.Plan) error {
	ctx, span := trace.StartSpan(ctx, "main")
	defer span.End()
	queued, total := 0, req.rounds*len(req.urls)
	for range req.rounds {
		for _, u := range req.urls {
			message, err := json.Marshal(storeapi.Message{URL: u})
			if err != nil {
				return err
			}
			var taken storeapi.Queued
			if err := p.CallWriter(ctx, "POST /queue", "/queue", string(message), &taken); err != nil {
				httpapi.Mark(span, err)
				e := *httpapi.AsError(err)
				e.Detail = fmt.Sprintf("%s (%d of %d visits were queued)", e.Detail, queued, total)
				return &e
			}
			queued++
		}
	}
	return nil
}

// stored answers with what the writer holds for one URL.
func (g *gateway) stored(w http.ResponseWriter, r *http.Request) error {
	u := r.URL.Query().Get("url")
	if u == "" {
		return httpapi.InvalidField("url", "name the URL whose status you want: /visits?url=…")
	}
	if _, err := g.policy.Parse(u); err != nil {
		return httpapi.InvalidField("url", "%v", err)
	}
	var value storeapi.Value
	err := g.writer.Do(r.Context(), "GET /values/{key}", "/values/"+url.PathEscape(u), "", &value)
	if e := httpapi.AsError(err); err != nil && e.Code == httpapi.NotFound {
		return &httpapi.Error{Code: httpapi.NotFound, Field: "url", Detail: redact.Text(u) + " has not been visited, or longer ago than values are kept"}
	}
	if err != nil {
		return err
	}
	code, _, _ := strings.Cut(value.Value, " ")
	status, err := strconv.Atoi(code)
	if err != nil {
		return &httpapi.Error{Code: httpapi.Internal, Service: "writer", Detail: fmt.Sprintf("what is stored for %s is not a status: %.40q", u, value.Value)}
	}
	answer := g.answer(r)
	answer.Visits = []visitapi.Visit{{URL: u, Status: status, StatusText: value.Value}}
	httpapi.WriteJSON(w, answer)
	return nil
}
