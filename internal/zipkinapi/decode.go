package zipkinapi

import (
	"fmt"
	"math"
	"slices"

	"example.com/tracelab/internal/zipkin"
)

// DecodeSpans reads a list of spans in Zipkin's JSON v2 format, all or none.
// It accepts what the released server accepts, and what it writes, and brings
// spans into the form that zipkin.Span describes; what follows the list is
// ignored. An error is one of Zipkin's sentences, which ends in "reading
// List<Span> from json".
//
// The strings of the spans are parts of s as far as possible.
func DecodeSpans(s string) ([]zipkin.Span, error) {
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
	arena
	local, remote knownEndpoint // of the span before
	v1            v1Span        // the one at hand
	fromReporter  bool          // and not what a server wrote: see spanID
	index         int           // of the span at hand, for errors
}

// begin starts to read a text, and forgets the one before.
func (d *decoder) begin(s string) {
	d.scanner = scanner{s: s}
	d.local, d.remote = knownEndpoint{}, knownEndpoint{}
}

// spanBytes is about the least that a span of a real program takes in JSON.
const spanBytes = 256

// decode returns the spans of a JSON v2 list, which stay good until reset.
func (d *decoder) decode(s string) ([]zipkin.Span, error) {
	d.spans = slices.Grow(d.spans, len(s)/spanBytes+1)
	err := d.inBatches(jsonV2, s, math.MaxInt, nil)
	return d.spans, err
}

// inBatches calls use with so many spans at a time, for which it needs no more
// memory than for one batch. The last one stays in d.spans.
func (d *decoder) inBatches(f *format, s string, size int, use func([]zipkin.Span)) error {
	d.batch, d.use = size, use
	err := f.read(d, s)
	d.use = nil
	if err != nil {
		d.forget()
		return fmt.Errorf("%w reading List<Span> from %s", err, f.encoding)
	}
	return nil
}

// listV2 reads a list of JSON v2.
func (d *decoder) listV2(s string) error {
	d.begin(s)
	return d.each('[', ']', func(i int) error {
		d.index = i
		return d.span(d.open())
	})
}

// reset forgets the spans, so that their memory can be used again, unless it
// is unusually much.
func (d *decoder) reset() {
	if d.arena.isLarge() || d.v1.isLarge() {
		*d = decoder{fromReporter: d.fromReporter}
		return
	}
	d.begin("")
	d.forget()
	d.v1.forget()
}

// decodeTraces reads a list of traces, as GET /api/v2/traces answers.
func decodeTraces(s string) ([][]zipkin.Span, error) {
	d := decoder{arena: arena{batch: math.MaxInt}}
	d.begin(s)
	traces := [][]zipkin.Span{}
	err := d.each('[', ']', func(int) error {
		from := len(d.spans)
		err := d.each('[', ']', func(int) error {
			return d.span(d.open())
		})
		traces = append(traces, d.spans[from:len(d.spans):len(d.spans)])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%w reading List<List<Span>> from json", err)
	}
	return traces, nil
}
