package codec

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
	var d Decoder
	d.spans = slices.Grow(d.spans, len(s)/spanBytes+1)
	if err := d.Batches(JSONV2, s, math.MaxInt, nil); err != nil {
		return nil, err
	}
	return d.spans, nil
}

// Decoder reads lists of spans. Its memory can be used again, see Reset.
type Decoder struct {
	scanner
	arena
	local, remote knownEndpoint // of the span before
	v1            v1Span        // the one at hand
	fromReporter  bool          // and not what a server wrote: see spanID
	index         int           // of the span at hand, for errors
}

// NewDecoder returns a Decoder of what reporters send.
func NewDecoder() *Decoder { return &Decoder{fromReporter: true} }

// Spans are those of the last batch. They are good until Forget or Reset.
func (d *Decoder) Spans() []zipkin.Span { return d.spans }

// begin starts to read a text, and forgets the one before.
func (d *Decoder) begin(s string) {
	d.scanner = scanner{s: s}
	d.local, d.remote = knownEndpoint{}, knownEndpoint{}
}

// spanBytes is about the least that a span of a real program takes in JSON.
const spanBytes = 256

// Batches calls use with size spans at a time, and so needs no more memory than
// for one batch. The last batch stays in Spans. Its errors are Zipkin's own
// sentences; after one, Spans is empty.
func (d *Decoder) Batches(f *Format, s string, size int, use func([]zipkin.Span)) error {
	d.batch, d.use = size, use
	err := f.read(d, s)
	d.use = nil
	if err != nil {
		d.Forget()
		return fmt.Errorf("%w reading List<Span> from %s", err, f.encoding)
	}
	return nil
}

// listV2 reads a list of JSON v2.
func (d *Decoder) listV2(s string) error {
	d.begin(s)
	return d.each('[', ']', func(i int) error {
		d.index = i
		return d.span(d.open())
	})
}

// Reset forgets the spans, so that their memory can be used again, unless it
// is unusually much.
func (d *Decoder) Reset() {
	if d.arena.isLarge() || d.v1.isLarge() {
		*d = Decoder{fromReporter: d.fromReporter}
		return
	}
	d.begin("")
	d.Forget()
	d.v1.forget()
}

// DecodeTraces reads a list of traces, as GET /api/v2/traces answers.
func DecodeTraces(s string) ([][]zipkin.Span, error) {
	d := Decoder{arena: arena{batch: math.MaxInt}}
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
