package find

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/web/waterfall"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// listPage is /: the search form, the chart and the traces that the search finds.
type listPage struct {
	shell.Page
	Search    *search
	Services  []string
	SpanNames []string
	Rows      []listed
	Found     int  // traces, of which the rows are the first
	Failed    int  // of these
	Cut       bool // there was no time to look at the others
	Quantiles []quantile
	Chart     *chart
	Reasons   []reason // why nothing was found
	Attendees bool     // of one trace at least it is known who made it
	Compares  bool     // traces can be compared
	Now       int64    // ms since the epoch
	end       time.Time
	back      time.Duration

	GatewayURL string
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) {
	if chosen := r.URL.Query()["pick"]; len(chosen) > 0 {
		p.compare(w, r, chosen)
		return
	}
	if typed := r.URL.Query().Get("traceId"); typed != "" {
		p.jump(w, r, typed)
		return
	}
	p.showList(w, r, http.StatusOK, p.page(r))
}

// jump opens the trace whose id was typed or pasted, alone or within the
// traceresponse header that the gateway sends.
func (p *Pages) jump(w http.ResponseWriter, r *http.Request, typed string) {
	id := strings.ToLower(strings.TrimSpace(typed))
	if parts := strings.Split(id, "-"); len(parts) == 4 {
		id = parts[1]
	}
	t, err := zipkin.ParseTraceID(id)
	if err == nil {
		http.Redirect(w, r, waterfall.Path(t.String()), http.StatusFound)
		return
	}
	page := p.page(r)
	page.TraceID, page.Wrong = typed, err.Error()
	p.showList(w, r, http.StatusBadRequest, page)
}

func (p *Pages) showList(w http.ResponseWriter, r *http.Request, status int, page shell.Page) {
	ctx, cancel := context.WithTimeout(r.Context(), readTimeout)
	defer cancel()
	now := p.cfg.Now()
	lp := listPage{Page: page, Search: readSearch(r.URL.RawQuery), GatewayURL: hosts.Beside(p.cfg.GatewayURL, r), Compares: p.cfg.Compares, Now: now.UnixMilli()}
	query := lp.Search.query(now)
	lp.end, lp.back = query.EndTs, query.Lookback
	if !lp.Search.Right() {
		status = http.StatusBadRequest
	}
	if err := p.fill(ctx, &lp, query, now); err != nil {
		p.shell.Unreadable(w, r, err)
		return
	}
	p.shell.Show(w, r, status, "list", lp)
}

func (p *Pages) fill(ctx context.Context, lp *listPage, q zipkin.Query, now time.Time) (err error) {
	if lp.Services, err = p.cfg.Reader.Services(ctx); err != nil {
		return err
	}
	if q.ServiceName != "" {
		if lp.SpanNames, err = p.cfg.Reader.SpanNames(ctx, q.ServiceName); err != nil {
			return err
		}
	}
	if !lp.Search.Right() {
		return nil
	}
	f, err := p.find(ctx, lp.Search, q)
	if err != nil {
		return err
	}
	if lp.Found, lp.Failed, lp.Cut = len(f.all), f.failed, f.cut; lp.Found == 0 {
		lp.Reasons = p.reasons(ctx, lp, q)
		return nil
	}
	var sorted []int64
	lp.Quantiles, sorted = f.quantiles()
	lp.Chart = newChart(lp.Page, lp.Search, f, lp.Quantiles, sorted)
	return p.rows(ctx, lp, f.first, longestOf(f.first), now)
}

// longestOf is the duration of the longest, in µs.
func longestOf(hits []hit) (most int64) {
	for i := range hits {
		most = max(most, hits[i].Duration)
	}
	return most
}

// rows reads the traces that the list shows, with bars that are full at a duration of most
// µs. One that was evicted meanwhile is left out.
func (p *Pages) rows(ctx context.Context, lp *listPage, hits []hit, most int64, now time.Time) error {
	for _, h := range hits {
		spans, err := h.spans, error(nil)
		if spans == nil {
			spans, err = p.cfg.Reader.Trace(ctx, h.ID)
		}
		if errors.Is(err, zipkinapi.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		l := newListed(waterfall.LayOut(spans), lp.Search, now)
		if most > 0 {
			l.Share = max(float64(l.Length())/float64(most)*100, draw.Thinnest)
		}
		lp.Attendees = lp.Attendees || l.Attendee != ""
		lp.Rows = append(lp.Rows, l)
	}
	return nil
}

// Hidden are sentences on fields that the form does not show.
func (p listPage) Hidden() (wrong []string) {
	for _, field := range []string{"query", "millis", "sort", "scale", "live"} {
		if text := p.Search.Wrong[field]; text != "" {
			wrong = append(wrong, text)
		}
	}
	return wrong
}

// Empty says that the search was understood and found nothing.
func (p listPage) Empty() bool { return p.Found == 0 && p.Search.Right() }

// Full reports whether the limit left out some of what was found.
func (p listPage) Full() bool { return p.Found > len(p.Rows) }

// ServiceListed says whether the service searched for is one of the known.
func (p listPage) ServiceListed() bool {
	return p.Search.Service == "" || slices.Contains(p.Services, p.Search.Service)
}

// From and To are the time that was searched.
func (p listPage) From() time.Time { return p.end.Add(-p.back) }
func (p listPage) To() time.Time   { return p.end }

func (p *Pages) page(r *http.Request) shell.Page {
	page := p.shell.Page(r, "", "list.js")
	page.Title, page.Styles = page.T("Traces"), []string{"find.css"}
	return page
}
