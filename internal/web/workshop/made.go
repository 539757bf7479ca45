package workshop

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// made is a visit that a button has made.
type made struct {
	ID      string
	Number  int
	Came    bool // its trace has
	Spans   int
	Failed  bool
	Slowest bool
	us      int64
	most    int64
}

// Took is how long it took.
func (m made) Took() string { return display.Micros(m.us) }

// W is the length of its bar in SVG.
func (m made) W() string {
	return draw.Percent(max(float64(m.us)/float64(max(m.most, 1))*100, draw.Thinnest))
}

// readWithin bounds how long the page waits for the traces.
const readWithin = 10 * time.Second

// made reads the visits that an address lists, as the traces that they left.
func (p *Pages) made(ctx context.Context, ids string) (all []made, err error) {
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	for text := range strings.SplitSeq(ids, ",") {
		id, wrong := labapi.ParseTraceID(text)
		if wrong != nil || len(all) == labapi.MaxVisits {
			continue // the address was written by nobody of ours
		}
		spans, err := p.cfg.Reader.Trace(ctx, id)
		if err != nil && !errors.Is(err, zipkinapi.ErrNotFound) {
			return nil, err
		}
		all = append(all, summed(id, len(all)+1, zipkin.Merge(spans)))
	}
	if len(all) == 0 {
		return nil, nil
	}
	slowest := slices.MaxFunc(all, func(a, b made) int { return int(a.us - b.us) })
	for i := range all {
		all[i].most, all[i].Slowest = slowest.us, all[i].ID == slowest.ID && len(all) > 1
	}
	return all, nil
}

func summed(id zipkin.TraceID, number int, spans []zipkin.Span) made {
	m := made{ID: id.String(), Number: number, Came: len(spans) > 0, Spans: len(spans)}
	for _, s := range spans {
		m.us = max(m.us, s.Duration)
		m.Failed = m.Failed || slices.ContainsFunc(s.Tags, func(t zipkin.Tag) bool { return t.Key == "error" })
	}
	return m
}

// Slowest is the id of the visit that took longest.
func (p startPage) Slowest() string {
	return slices.MaxFunc(p.Made, func(a, b made) int { return int(a.us - b.us) }).ID
}

// Fastest is the id of the one that took least.
func (p startPage) Fastest() string {
	return slices.MinFunc(p.Made, func(a, b made) int { return int(a.us - b.us) }).ID
}
