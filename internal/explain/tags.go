package explain

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/labapi"
)

const (
	maxTagging = 64         // explanations that wait to become tags
	maxTag     = 1000       // bytes of a tag's value
	noTime     = "0.000 ms" // as the value of a state's tag
)

// tagger makes tags of explanations, so that any Zipkin shows them.
type tagger struct {
	queue         chan explained
	sent, dropped atomic.Int64
}

// explained is an explanation, and the spans that it was made of.
type explained struct {
	*labapi.Explanation
	spans []zipkin.Span
}

// offer never waits.
func (g *tagger) offer(e explained) {
	select {
	case g.queue <- e:
	default:
		g.dropped.Add(1)
	}
}

// sendTags sends tags until ctx ends.
func (x *Explainer) sendTags(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case e := <-x.tagger.queue:
			x.tagger.send(ctx, e.partialSpans(), x.cfg.Report)
		}
	}
}

func (g *tagger) send(ctx context.Context, spans []zipkin.Span, report func(context.Context, []zipkin.Span) error) {
	if len(spans) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := report(ctx, spans); err != nil {
		g.dropped.Add(1)
		slog.WarnContext(ctx, "an explanation could not become tags", "trace", spans[0].TraceID.String(), "err", err)
		return
	}
	g.sent.Add(1)
}

// partialSpans are the tags as partial spans of those that they belong to: the
// explained one, and the one that held it up. There are none for a span that was not
// reported, or that has these tags already.
func (e *explained) partialSpans() (all []zipkin.Span) {
	tags := tagsOf(e.Explanation)
	of := e.original(e.SpanID, e.Service, e.Reported)
	e.withdraw(of, tags)
	all = e.appendPartial(all, of, tags)
	if c := e.Cause; c != nil {
		if held := e.original(c.SpanID, c.Service, c.Reported); held != of {
			all = e.appendPartial(all, held, map[string]string{labapi.TagWhy: tags[labapi.TagWhy]})
		}
	}
	return all
}

// tagsOf is an explanation as tags: one for each state, and the one in words.
func tagsOf(x *labapi.Explanation) map[string]string {
	us := map[string]int64{}
	for _, t := range x.States {
		us[t.State] += t.US
	}
	tags := map[string]string{labapi.TagWhy: strings.Replace(x.Sentences[0], x.Among(), "", 1)} // there may be more requests later
	for state, n := range us {
		tags[labapi.TagPrefix+state] = strconv.FormatFloat(float64(n)/1000, 'f', 3, 64) + " ms"
	}
	return tags
}

// withdraw has nothing left of the states that an earlier explanation of the span
// had and this one does not: a tag cannot be taken back, but the last of a
// name counts.
func (e *explained) withdraw(of *zipkin.Span, tags map[string]string) {
	for i := range e.spans {
		sp := &e.spans[i]
		if of == nil || !isTagsOf(sp, of) {
			continue
		}
		for _, tag := range sp.Tags {
			if _, said := tags[tag.Key]; !said {
				tags[tag.Key] = noTime
			}
		}
	}
}

// appendPartial appends a span that has nothing but the ids, the endpoint and the
// timestamp of the one that was reported, and tags. A span without a duration, a
// kind and a name adds nothing to what Zipkin counts; with another timestamp,
// or none, it would let Zipkin forget the trace too early.
func (e *explained) appendPartial(all []zipkin.Span, original *zipkin.Span, tags map[string]string) []zipkin.Span {
	if original == nil {
		return all
	}
	p := zipkin.Span{TraceID: original.TraceID, ID: original.ID, ParentID: original.ParentID,
		Timestamp: original.Timestamp, Local: original.Local, Shared: original.Shared}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		value := tags[key]
		p.Tags = append(p.Tags, zipkin.Tag{Key: key, Value: strings.ToValidUTF8(value[:min(len(value), maxTag)], "")})
	}
	if slices.Equal(e.last(original), p.Tags) {
		return all
	}
	return append(all, p)
}

// last are the tags that an explanation gave the span last.
func (e *explained) last(original *zipkin.Span) (tags []zipkin.Tag) {
	for i := range e.spans {
		if sp := &e.spans[i]; isTagsOf(sp, original) {
			tags = sp.Tags
		}
	}
	return tags
}

// original is the span as its service reported it, or nil. Of several with its id at
// one service, such as a call of the service to itself, it is the one whose report
// the explanation was made of.
func (e *explained) original(id, service string, merged *zipkin.Span) *zipkin.Span {
	for i := range e.spans {
		sp := &e.spans[i]
		if sp.ID.String() != id || sp.Timestamp == 0 || sp.Duration == 0 || !strings.EqualFold(sp.Local.ServiceName, service) {
			continue
		}
		if merged == nil || (sp.Kind == "" || sp.Kind == merged.Kind) && sp.Timestamp == merged.Timestamp && sp.Duration == merged.Duration {
			return sp
		}
	}
	return nil
}

// isTagsOf reports whether a partial span was made here for the one that was reported:
// not for another that has its id.
func isTagsOf(sp, original *zipkin.Span) bool {
	return sp.ID == original.ID && sp.Timestamp == original.Timestamp && sp.Local == original.Local && isTags(sp)
}

// isTags reports whether a partial span was made here.
func isTags(sp *zipkin.Span) bool {
	return sp.Duration == 0 && sp.Kind == "" && sp.Name == "" && len(sp.Tags) > 0 &&
		!slices.ContainsFunc(sp.Tags, func(tag zipkin.Tag) bool { return !strings.HasPrefix(tag.Key, labapi.TagPrefix) })
}
