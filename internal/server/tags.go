package server

import (
	"context"
	"fmt"
	"io"
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

// tagging makes tags of explanations, so that any Zipkin shows them.
type tagging struct {
	queue         chan tagged
	sent, dropped atomic.Int64
}

// tagged is an explanation, and the spans that it was made of.
type tagged struct {
	answer *labapi.Explanation
	spans  []zipkin.Span
}

func newTagging() *tagging { return &tagging{queue: make(chan tagged, maxTagging)} }

// offer never waits.
func (g *tagging) offer(t tagged) {
	select {
	case g.queue <- t:
	default:
		g.dropped.Add(1)
	}
}

// tag sends tags until ctx ends.
func (s *Server) tag(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case t := <-s.tagging.queue:
			s.sendTags(ctx, t.pieces())
		}
	}
}

func (s *Server) sendTags(ctx context.Context, pieces []zipkin.Span) {
	if len(pieces) == 0 {
		return
	}
	if s.zipkin == nil {
		s.cfg.Store.Add(pieces)
	} else {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		if err := s.zipkin.Report(ctx, pieces); err != nil {
			s.tagging.dropped.Add(1)
			slog.WarnContext(ctx, "an explanation could not become tags", "trace", pieces[0].TraceID.String(), "err", err)
			return
		}
	}
	s.tagging.sent.Add(1)
}

// pieces are the tags as pieces of the spans that they belong to: the explained
// one, and the one that held it up. There are none for a span that was not
// reported, or that has these tags already.
func (t *tagged) pieces() (pieces []zipkin.Span) {
	tags := tagsOf(t.answer)
	t.withdraw(tags)
	pieces = t.piece(pieces, t.answer.SpanID, t.answer.Service, tags)
	if c := t.answer.Cause; c != nil && c.SpanID != t.answer.SpanID {
		pieces = t.piece(pieces, c.SpanID, c.Service, map[string]string{labapi.TagWhy: tags[labapi.TagWhy]})
	}
	return pieces
}

// tagsOf is an explanation as tags: one for each state, and the one in words.
func tagsOf(x *labapi.Explanation) map[string]string {
	us := map[string]int64{}
	for _, t := range x.States {
		us[t.State] += t.US
	}
	tags := map[string]string{labapi.TagWhy: x.Sentences[0]}
	for state, n := range us {
		tags[labapi.TagPrefix+state] = strconv.FormatFloat(float64(n)/1000, 'f', 3, 64) + " ms"
	}
	return tags
}

// withdraw has nothing left of the states that an earlier explanation of the span
// told of and this one does not: a tag cannot be taken back, but the last of a
// name counts.
func (t *tagged) withdraw(tags map[string]string) {
	for i := range t.spans {
		sp := &t.spans[i]
		if sp.ID.String() != t.answer.SpanID || !isTags(sp) {
			continue
		}
		for _, tag := range sp.Tags {
			if _, said := tags[tag.Key]; !said {
				tags[tag.Key] = noTime
			}
		}
	}
}

// piece appends a span that has nothing but the ids, the endpoint and the
// timestamp of the one that was reported, and tags. A span without a duration, a
// kind and a name adds nothing to what Zipkin counts; with another timestamp,
// or none, it would let Zipkin forget the trace too early.
func (t *tagged) piece(pieces []zipkin.Span, id, service string, tags map[string]string) []zipkin.Span {
	original := t.reported(id, service)
	if original == nil {
		return pieces
	}
	p := zipkin.Span{TraceID: original.TraceID, ID: original.ID, ParentID: original.ParentID,
		Timestamp: original.Timestamp, Local: original.Local, Shared: original.Shared}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		value := tags[key]
		p.Tags = append(p.Tags, zipkin.Tag{Key: key, Value: strings.ToValidUTF8(value[:min(len(value), maxTag)], "")})
	}
	if slices.Equal(t.last(original), p.Tags) {
		return pieces
	}
	return append(pieces, p)
}

// last are the tags that an explanation gave the span last.
func (t *tagged) last(original *zipkin.Span) (tags []zipkin.Tag) {
	for i := range t.spans {
		if sp := &t.spans[i]; sp.ID == original.ID && sp.Local == original.Local && isTags(sp) {
			tags = sp.Tags
		}
	}
	return tags
}

// reported is the span as its service reported it, or nil.
func (t *tagged) reported(id, service string) *zipkin.Span {
	for i := range t.spans {
		sp := &t.spans[i]
		if sp.ID.String() == id && sp.Timestamp > 0 && sp.Duration > 0 && strings.EqualFold(sp.Local.ServiceName, service) {
			return sp
		}
	}
	return nil
}

// isTags tells a piece that was made here.
func isTags(sp *zipkin.Span) bool {
	return sp.Duration == 0 && sp.Kind == "" && sp.Name == "" && len(sp.Tags) > 0 &&
		!slices.ContainsFunc(sp.Tags, func(tag zipkin.Tag) bool { return !strings.HasPrefix(tag.Key, labapi.TagPrefix) })
}

func (g *tagging) writeMetrics(w io.Writer) {
	fmt.Fprintf(w, "tracelab_why_tags_sent_total %d\n", g.sent.Load())
	fmt.Fprintf(w, "tracelab_why_tags_dropped_total %d\n", g.dropped.Load())
}
