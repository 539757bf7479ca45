package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/zipkin"
)

// listPage is /: the search form and the traces that it finds.
type listPage struct {
	page
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

// readTimeout bounds how long a page waits for its Reader, which may be a
// Zipkin that hangs.
const readTimeout = 10 * time.Second

func (u *UI) list(w http.ResponseWriter, r *http.Request) {
	if typed := r.URL.Query().Get("traceId"); typed != "" {
		u.jump(w, r, typed)
		return
	}
	u.showList(w, r, http.StatusOK, u.page("Traces", "list.js"))
}

// jump opens the trace whose id was typed or pasted, alone or within the
// traceresponse header that the gateway sends.
func (u *UI) jump(w http.ResponseWriter, r *http.Request, typed string) {
	id := strings.ToLower(strings.TrimSpace(typed))
	if parts := strings.Split(id, "-"); len(parts) == 4 {
		id = parts[1]
	}
	t, err := zipkin.ParseTraceID(id)
	if err == nil {
		http.Redirect(w, r, tracePath(t.String()), http.StatusFound)
		return
	}
	p := u.page("Traces", "list.js")
	p.TraceID, p.Wrong = typed, err.Error()
	u.showList(w, r, http.StatusBadRequest, p)
}

func (u *UI) showList(w http.ResponseWriter, r *http.Request, status int, p page) {
	ctx, cancel := context.WithTimeout(r.Context(), readTimeout)
	defer cancel()
	now := u.cfg.Now()
	lp := listPage{page: p, Search: readSearch(r.URL.RawQuery), GatewayURL: hosts.Beside(u.cfg.GatewayURL, r)}
	query := lp.Search.query(now)
	lp.end, lp.back = query.EndTs, query.Lookback
	if !lp.Search.Right() {
		status = http.StatusBadRequest
	}
	if err := u.fill(ctx, &lp, query, now); err != nil {
		u.unreadable(w, r, err)
		return
	}
	u.show(w, status, "list", lp)
}

func (u *UI) fill(ctx context.Context, lp *listPage, q zipkin.Query, now time.Time) (err error) {
	if lp.Services, err = u.cfg.Reader.Services(ctx); err != nil {
		return err
	}
	if q.ServiceName != "" {
		if lp.SpanNames, err = u.cfg.Reader.SpanNames(ctx, q.ServiceName); err != nil {
			return err
		}
	}
	if !lp.Search.Right() {
		return nil
	}
	f, err := u.find(ctx, lp.Search, q)
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
			l.Share = max(float64(w.Length())/float64(most)*100, thinnest)
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
