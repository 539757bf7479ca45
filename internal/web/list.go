package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

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
	GatewayURL string
}

// listed is a trace in the list.
type listed struct {
	*waterfall
	Ago   string
	Share float64 // percent of the longest listed
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
	lp := listPage{page: p, Search: readSearch(r.URL.Query()), GatewayURL: u.cfg.GatewayURL}
	query := lp.Search.query(now)
	if len(lp.Search.Wrong) > 0 {
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
	if len(lp.Search.Wrong) > 0 {
		return nil
	}
	traces, err := u.cfg.Reader.Traces(ctx, q)
	lp.Traces = listTraces(traces, lp.Search.Sort, now)
	lp.Full = len(traces) >= q.Limit
	return err
}

// listTraces summarises traces in the order asked for, which is by start or by
// duration, the greater first.
func listTraces(traces [][]zipkin.Span, order string, now time.Time) []listed {
	var ls []listed
	var most int64
	for _, spans := range traces {
		if len(spans) == 0 {
			continue
		}
		w := layOut(spans)
		most = max(most, w.Axis.Length)
		ls = append(ls, listed{waterfall: w, Ago: ago(now, w.StartTime())})
	}
	for i := range ls {
		if most > 0 {
			ls[i].Share = max(float64(ls[i].Axis.Length)/float64(most)*100, thinnest)
		}
	}
	slices.SortStableFunc(ls, func(a, b listed) int {
		if order == longest {
			return cmp.Compare(b.Axis.Length, a.Axis.Length)
		}
		return cmp.Compare(b.Axis.Zero, a.Axis.Zero)
	})
	return ls
}

// W is the length of the bar in SVG.
func (l listed) W() string { return percent(l.Share) }

// Empty says that the search was understood and found nothing.
func (p listPage) Empty() bool { return len(p.Traces) == 0 && len(p.Search.Wrong) == 0 }

// ServiceListed says whether the service searched for is one of the known.
func (p listPage) ServiceListed() bool {
	return p.Search.Service == "" || slices.Contains(p.Services, p.Search.Service)
}
