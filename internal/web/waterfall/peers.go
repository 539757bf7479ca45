package waterfall

import (
	"context"
	"net/http"
	"slices"
	"time"

	"example.com/tracelab/internal/analysis/stat"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/zipkin"
)

// Peers of a span are those of the same name, of the newest traces of an hour. How many
// are read is bounded, since a trace may have very many spans.
const (
	peersWithin = time.Hour
	peersTime   = 2 * time.Second
	firstTraces = 10 // tell how large traces are
	mostTraces  = 300
	mostSpans   = 50_000
	fewestPeers = 20
)

// peers answers with a sentence for the panel: how usual the duration of a span is. It is
// of a search, so that the panel itself does not wait for it.
func (p *Pages) peers(w http.ResponseWriter, r *http.Request) {
	a, f := p.ask(r)
	if f != nil {
		p.failText(w, f)
		return
	}
	words := p.shell.Words(r)
	at := a.whole.find(a.Span)
	if at == none || a.whole.Rows[at].Span == nil {
		http.Error(w, words.T("This trace has no span %.40s", a.Span), http.StatusNotFound)
		return
	}
	said, err := p.amongPeers(r.Context(), a.whole.Rows[at].Span, words)
	if err != nil {
		p.failText(w, &failure{reader: err})
		return
	}
	p.shell.Fragment(w, r, http.StatusOK, "trace", "peers", said)
}

// amongPeers says how a span stands among its peers.
func (p *Pages) amongPeers(ctx context.Context, s *zipkin.Span, words shell.Words) (string, error) {
	if s.Local.ServiceName == "" || s.Name == "" || s.Duration <= 0 {
		return words.T("It has no service, no name or no duration, so that it cannot be compared with others."), nil
	}
	ctx, cancel := context.WithTimeout(ctx, peersTime)
	defer cancel()
	q := zipkin.Query{ServiceName: s.Local.ServiceName, SpanName: s.Name, EndTs: p.cfg.Now(), Lookback: peersWithin, Limit: firstTraces}
	traces, err := p.cfg.Reader.Traces(ctx, q)
	if err == nil && len(traces) == q.Limit {
		spans := 0
		for _, t := range traces {
			spans += len(t)
		}
		if q.Limit = min(mostTraces, mostSpans*firstTraces/max(spans, 1)); q.Limit > firstTraces {
			traces, err = p.cfg.Reader.Traces(ctx, q)
		}
	}
	if err != nil {
		return "", err
	}
	durations := durationsOf(traces, s)
	if len(durations) < fewestPeers {
		return words.T("Of the last hour, %d others of its name were found: too few to say how usual %s is.", len(durations), display.Micros(s.Duration)), nil
	}
	faster, _ := slices.BinarySearch(durations, s.Duration)
	return words.T("Slower than %d %% of %d others of its name, in the newest %d traces of the last hour that have one; their median is %s.",
		100*faster/len(durations), len(durations), len(traces), display.Micros(stat.Quantile(durations, .5))), nil
}

// durationsOf are those of the spans that have the name of s, sorted, without it.
func durationsOf(traces [][]zipkin.Span, s *zipkin.Span) (all []int64) {
	for _, t := range traces {
		for i := range t {
			o := &t[i]
			same := o.Name == s.Name && o.Local.ServiceName == s.Local.ServiceName && o.Kind == s.Kind
			if same && o.Duration > 0 && (o.ID != s.ID || o.TraceID != s.TraceID) {
				all = append(all, o.Duration)
			}
		}
	}
	slices.Sort(all)
	return all
}
