package find

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/web/waterfall"
	"example.com/tracelab/internal/zipkin"
)

// listPage is /: the search form and the traces that it finds.
type listPage struct {
	shell.Page
	Search     *search
	Services   []string
	SpanNames  []string
	Traces     []listed
	Full       bool // there may be more traces than the limit let through
	Matched    int  // traces that were compared, to find these
	OutOfTime  bool // before all were looked at
	Attendees  bool // of one trace at least it is known who made it
	end        time.Time
	back       time.Duration
	GatewayURL string
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) {
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
	lp := listPage{Page: page, Search: readSearch(r.URL.RawQuery), GatewayURL: hosts.Beside(p.cfg.GatewayURL, r)}
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
	lp.list(f, now)
	return err
}

// list shows what was found.
func (p *listPage) list(f found, now time.Time) {
	p.Full, p.Matched, p.OutOfTime = f.more, f.matched, f.outTime
	var most int64
	for _, w := range f.traces {
		most = max(most, w.Length())
	}
	for _, w := range f.traces {
		l := newListed(w, now)
		if most > 0 {
			l.Share = max(float64(w.Length())/float64(most)*100, draw.Thinnest)
		}
		p.Attendees = p.Attendees || l.Attendee != ""
		p.Traces = append(p.Traces, l)
	}
}

// Hidden are sentences on fields that the form does not show.
func (p listPage) Hidden() (wrong []string) {
	for _, field := range []string{"query", "startTs", "endTs", "millis", "sort"} {
		if text := p.Search.Wrong[field]; text != "" {
			wrong = append(wrong, text)
		}
	}
	return wrong
}

// Empty says that the search was understood and found nothing.
func (p listPage) Empty() bool { return len(p.Traces) == 0 && p.Search.Right() }

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
