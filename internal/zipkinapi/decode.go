package zipkinapi

import (
	"fmt"
	"math"
	"slices"

	"example.com/tracelab/internal/store"
)

// DecodeSpans reads a list of spans in Zipkin's JSON v2 format, all or none.
// It accepts what the released server accepts, and what it writes, and brings
// spans into the form that store.Span describes; what follows the list is
// ignored. An error is one of Zipkin's sentences, which ends in "reading
// List<Span> from json".
//
// The strings of the spans are parts of s as far as possible.
func DecodeSpans(s string) ([]store.Span, error) {
	var d decoder
	spans, err := d.decode(s)
	if err != nil {
		return nil, err
	}
	return spans, nil
}

// decoder reads lists of spans. Its memory may be used again, see reset.
type decoder struct {
	scanner
	fromReporter bool // and not what a server wrote: see spanID
	index        int  // of the span at hand, for errors
	spans        []store.Span
	tags         []store.Tag        // of all spans, one after the other
	annotations  []store.Annotation // likewise
}

// spanBytes is about the least that a span of a real program takes in JSON.
const spanBytes = 256

// decode returns spans that stay good until reset.
func (d *decoder) decode(s string) ([]store.Span, error) {
	d.spans = slices.Grow(d.spans, len(s)/spanBytes+1)
	err := d.inBatches(s, math.MaxInt, nil)
	return d.spans, err
}

// inBatches calls use with so many spans at a time, for which it needs no more
// memory than for one batch. The last one stays in d.spans.
func (d *decoder) inBatches(s string, size int, use func([]store.Span)) error {
	d.scanner = scanner{s: s}
	err := d.each('[', ']', func(i int) error {
		if len(d.spans) == size {
			use(d.spans)
			d.forget()
		}
		d.index = i
		d.spans = append(d.spans, store.Span{})
		return d.span()
	})
	if err != nil {
		d.forget()
		return fmt.Errorf("%w reading List<Span> from json", err)
	}
	return nil
}

// forget empties the decoder and keeps its memory.
func (d *decoder) forget() {
	clear(d.spans)
	clear(d.tags)
	clear(d.annotations)
	d.spans, d.tags, d.annotations = d.spans[:0], d.tags[:0], d.annotations[:0]
}

// reset forgets the spans, so that their memory can be used again, unless it
// is unusually much.
func (d *decoder) reset() {
	const usual = 4096
	if cap(d.spans) > usual || cap(d.tags) > 10*usual || cap(d.annotations) > 10*usual {
		*d = decoder{fromReporter: d.fromReporter}
		return
	}
	d.scanner = scanner{}
	d.forget()
}

// decodeTraces reads a list of traces, as GET /api/v2/traces answers.
func decodeTraces(s string) ([][]store.Span, error) {
	var d decoder
	d.scanner = scanner{s: s}
	traces := [][]store.Span{}
	err := d.each('[', ']', func(int) error {
		from := len(d.spans)
		err := d.each('[', ']', func(int) error {
			d.spans = append(d.spans, store.Span{})
			return d.span()
		})
		traces = append(traces, d.spans[from:len(d.spans):len(d.spans)])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%w reading List<List<Span>> from json", err)
	}
	return traces, nil
}

// each reads a list or an object, calling item before every element.
func (p *scanner) each(open, end byte, item func(i int) error) error {
	if err := p.expect(open); err != nil {
		return err
	}
	for i := 0; ; i++ {
		more, err := p.more(end, i == 0)
		if err != nil || !more {
			return err
		}
		if err := item(i); err != nil {
			return err
		}
	}
}
