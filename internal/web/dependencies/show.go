package dependencies

import (
	"context"
	"net/http"
	"slices"
	"time"

	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// page is /dependencies.
type page struct {
	shell.Page
	Asked      *asked
	Services   []string // to choose from
	Rows       []row
	Total      int64 // calls of all edges
	Graph      *graph
	Read       zipkinapi.Edges
	Others     bool // other services have calls than the one that is asked for
	Unlinked   bool // there are traces, but no calls in them
	GatewayURL string
	end        time.Time
	back       time.Duration
}

// readTimeout bounds how long the page waits for its Reader, and sample how many of the
// traces of another Zipkin it reads for the durations of calls.
const readTimeout = 10 * time.Second

var sample = zipkinapi.Sample{Traces: 2000, Within: 3 * time.Second}

// mostRows is how long the table is.
const mostRows = 1000

func (p *Pages) show(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readTimeout)
	defer cancel()
	data := page{Page: p.shell.Page(r, "", "dependencies.js"), Asked: readAsked(r.URL.RawQuery), GatewayURL: hosts.Beside(p.cfg.GatewayURL, r)}
	data.Title, data.Styles = data.T("Dependencies"), []string{"dependencies.css"}
	data.end, data.back = data.Asked.Times(p.cfg.Now())
	status := http.StatusOK
	if !data.Asked.Right() {
		status = http.StatusBadRequest
	}
	if err := p.fill(ctx, &data); err != nil {
		p.shell.Unreadable(w, r, err)
		return
	}
	p.shell.Show(w, r, status, "dependencies", data)
}

func (p *Pages) fill(ctx context.Context, data *page) (err error) {
	if data.Services, err = p.cfg.Reader.Services(ctx); err != nil || !data.Asked.Right() {
		return err
	}
	if data.Read, err = zipkinapi.ReadEdges(ctx, p.cfg.Reader, data.end, data.back, sample); err != nil {
		return err
	}
	edges := data.Read.List
	data.Services = append(data.Services, namesOf(edges)...)
	slices.Sort(data.Services)
	data.Services = slices.DeleteFunc(slices.Compact(data.Services), func(name string) bool { return len(name) > longestName })
	if s := data.Asked.Service; s != "" {
		edges = slices.DeleteFunc(slices.Clone(edges), func(e zipkin.Edge) bool { return e.Parent != s && e.Child != s })
	}
	if len(edges) == 0 {
		return p.findOut(ctx, data)
	}
	rows := rowsOf(edges, data.Asked)
	data.Graph = drawGraph(rows, data.Asked)
	for i := range rows {
		data.Total += rows[i].Calls
	}
	data.Rows = slices.Clone(rows) // the graph keeps the others
	sortRows(data.Rows, orders[data.Asked.Sort])
	data.Rows = data.Rows[:min(len(rows), mostRows)]
	return nil
}

// findOut says why there is nothing to show.
func (p *Pages) findOut(ctx context.Context, data *page) error {
	if data.Others = len(data.Read.List) > 0; data.Others || data.Read.Failed != nil {
		return nil
	}
	traces, err := p.cfg.Reader.Traces(ctx, zipkin.Query{EndTs: data.end, Lookback: data.back, Limit: 1})
	data.Unlinked = len(traces) > 0
	return err
}

// ServiceListed reports whether the service asked for is one of those to choose from.
func (p page) ServiceListed() bool {
	return p.Asked.Service == "" || slices.Contains(p.Services, p.Asked.Service)
}

// From and To are the time that was asked for.
func (p page) From() time.Time { return p.end.Add(-p.back) }
func (p page) To() time.Time   { return p.end }

// Says describes an edge in words.
func (p page) Says(r *row) string {
	said := p.T("%s calls %s: %s, %s", r.Caller.Title, r.Called.Title, p.Calls(r.Calls), p.Errors(r.Errors))
	if r.Timed > 0 {
		said += p.T(", p50 %s, p99 %s", r.P50, r.P99)
	}
	if r.Partly() {
		said += " " + p.Of(r.Timed)
	}
	return said
}

// Calls are so many in words.
func (p page) Calls(n int64) string {
	if n == 1 {
		return p.T("1 call")
	}
	return p.T("%d calls", n)
}

// Errors are so many in words.
func (p page) Errors(n int64) string {
	if n == 1 {
		return p.T("1 error")
	}
	return p.T("%d errors", n)
}

// Of says that something is known of so many calls alone.
func (p page) Of(timed int) string { return p.T("(of %s)", p.Calls(int64(timed))) }
