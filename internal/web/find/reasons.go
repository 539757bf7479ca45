package find

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/misspelt"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/zipkin"
)

// reason says why a search finds nothing, or what finds something.
type reason struct {
	Text string
	Link string // empty: there is none
	Do   string // the text of the link
}

// reasons says why a search found nothing, as far as it is known, the most telling first.
func (p *Pages) reasons(ctx context.Context, lp *listPage, q zipkin.Query) (all []reason) {
	if len(lp.Services) == 0 {
		all = append(all, reason{Text: lp.T("There is no trace at all yet: no service has reported a span.")})
	} else {
		all = append(all, lp.unknownNames()...)
		if len(all) == 0 {
			all = append(all, p.otherTimes(ctx, lp, q)...)
			all = append(all, p.conditions(ctx, lp, q)...)
		}
	}
	if p.cfg.Losses != nil && !lp.Search.Narrowed() {
		for _, text := range p.cfg.Losses(ctx) {
			all = append(all, reason{Text: text})
		}
	}
	return all
}

// unknownNames says which names of the search nobody has reported.
func (lp *listPage) unknownNames() []reason {
	s := *lp.Search
	if !lp.ServiceListed() {
		text := lp.T("No service %q has reported spans.", s.Service)
		s.Service = misspelt.Nearest(s.Service, lp.Services)
		return []reason{lp.instead(text, s.Service, &s)}
	}
	name := strings.ToLower(s.SpanName)
	if s.Service == "" || name == "" || slices.Contains(lp.SpanNames, name) {
		return nil
	}
	text := lp.T("The service %q has no span %q.", s.Service, s.SpanName)
	s.SpanName = misspelt.Nearest(name, lp.SpanNames)
	return []reason{lp.instead(text, s.SpanName, &s)}
}

// instead leads to the same search with the name that may be meant, or without one.
func (lp *listPage) instead(text, meant string, s *search) reason {
	if meant != "" {
		return reason{text, s.address(), lp.T("Search for %s", meant)}
	}
	return reason{text, s.address(), lp.T("Search without it")}
}

// otherTimes looks for the same at other times.
func (p *Pages) otherTimes(ctx context.Context, lp *listPage, q zipkin.Query) []reason {
	ever := q
	ever.EndTs = p.cfg.Now().Add(24 * time.Hour)
	ever.Lookback = time.Duration(ever.EndTs.UnixMilli()) * time.Millisecond
	if ever.EndTs.UnixMilli() > math.MaxInt64/int64(time.Millisecond) {
		return nil
	}
	last, ok, _ := p.any(ctx, lp.Search, ever)
	if !ok {
		return nil
	}
	at := last.Start / 1000
	half := (30 * time.Minute).Milliseconds()
	return []reason{{
		lp.T("There are such traces at other times: the last began %s, at %s.", draw.Ago(p.cfg.Now(), time.UnixMicro(last.Start)), time.UnixMicro(last.Start).UTC().Format("2006-01-02 15:04:05 UTC")),
		lp.Search.within(max(at-half, 1), at+half, 0, 0), lp.T("Search there"),
	}}
}

// any finds a trace that answers a search, if there is one. It is not known where the
// Reader failed, or had no time for all.
func (p *Pages) any(ctx context.Context, s *search, q zipkin.Query) (first zipkin.Summary, ok, known bool) {
	if s.asksFor(q) && s.MinTrace+s.MaxTrace == "" {
		q.Limit = 1
		traces, err := p.cfg.Reader.Traces(ctx, q)
		if err != nil || len(traces) == 0 {
			return first, false, err == nil
		}
		return zipkin.Summarize(traces[0]), true, true
	}
	var cut bool
	err := p.scan(ctx, s, q, func(h *hit) bool {
		first, ok = h.Summary, true
		return false
	}, &cut)
	return first, ok && err == nil, err == nil && !cut
}

// conditions says which condition finds nothing by itself, or that only all together do.
func (p *Pages) conditions(ctx context.Context, lp *listPage, q zipkin.Query) (all []reason) {
	list := lp.Search.conditions()
	each := len(list) > 1 // finds something
	for _, c := range list {
		ok, known := p.findsAny(ctx, c.alone, q)
		if each = each && ok; !ok && known {
			all = append(all, reason{lp.T("Nothing in this time has %s.", c.name), c.without.address(), lp.T("Search without it")})
		}
	}
	if each {
		all = append(all, reason{Text: lp.T("Each condition alone finds traces, but no trace meets them all. Those on names, tags and span durations are about the spans of the chosen service.")})
	}
	return all
}

// findsAny reports whether a search finds anything in the time of q, and whether that is
// known.
func (p *Pages) findsAny(ctx context.Context, s *search, q zipkin.Query) (ok, known bool) {
	other := s.query(p.cfg.Now())
	other.EndTs, other.Lookback = q.EndTs, q.Lookback
	_, ok, known = p.any(ctx, s, other)
	return ok, known
}

// condition is one condition of a search.
type condition struct {
	name    string
	alone   *search // that condition, and the service
	without *search // all others
}

// mostTerms is how many tags and annotations are looked for one by one: each is a search
// of its own, and an address may hold very many.
const mostTerms = 20

// conditions are those on spans and traces, each tag by itself. The service belongs to
// all of them.
func (s *search) conditions() (all []condition) {
	bare := *s
	bare.SpanName, bare.Remote, bare.Annotations, bare.Attendee = "", "", "", ""
	bare.Min, bare.Max, bare.MinTrace, bare.MaxTrace = "", "", "", ""
	add := func(name string, set func(alone, without *search)) {
		alone, without := bare, *s
		set(&alone, &without)
		all = append(all, condition{name, &alone, &without})
	}
	if s.SpanName != "" {
		add(named("spanName", s.SpanName), func(alone, without *search) { alone.SpanName, without.SpanName = s.SpanName, "" })
	}
	if s.Remote != "" {
		add(named("remoteServiceName", s.Remote), func(alone, without *search) { alone.Remote, without.Remote = s.Remote, "" })
	}
	if s.Attendee != "" {
		add(named("attendee", s.Attendee), func(alone, without *search) { alone.Attendee, without.Attendee = s.Attendee, "" })
	}
	if s.Annotations != "" {
		terms := strings.Split(s.Annotations, " and ")
		if len(terms) > mostTerms {
			terms = []string{s.Annotations}
		}
		for i, term := range terms {
			rest := slices.Delete(slices.Clone(terms), i, i+1)
			add(named("annotationQuery", term), func(alone, without *search) {
				alone.Annotations, without.Annotations = term, strings.Join(rest, " and ")
			})
		}
	}
	if s.Min+s.Max != "" {
		add(strings.TrimSpace(named("minDuration", s.Min)+" "+named("maxDuration", s.Max)), func(alone, without *search) {
			alone.Min, alone.Max, without.Min, without.Max = s.Min, s.Max, "", ""
		})
	}
	if s.MinTrace+s.MaxTrace != "" {
		add(strings.TrimSpace(named("minTrace", s.MinTrace)+" "+named("maxTrace", s.MaxTrace)), func(alone, without *search) {
			alone.MinTrace, alone.MaxTrace, without.MinTrace, without.MaxTrace = s.MinTrace, s.MaxTrace, "", ""
		})
	}
	return all
}

// named is a parameter with its value, if it has one.
func named(name, value string) string {
	if value == "" {
		return ""
	}
	return fmt.Sprintf("%s=%.80s", name, value)
}
