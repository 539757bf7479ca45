package zipkinapi

import (
	"cmp"
	"errors"
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

// span reads into the last of d.spans.
func (d *decoder) span() error {
	sp := &d.spans[len(d.spans)-1]
	tags, annotations := len(d.tags), len(d.annotations)
	var found struct{ traceID, id bool }
	err := d.each('{', '}', func(int) error {
		name, err := d.name()
		if err != nil {
			return err
		}
		switch name {
		case "traceId":
			found.traceID = true
			return d.traceID(&sp.TraceID)
		case "id":
			found.id = true
			return d.spanID(&sp.ID)
		}
		if d.null() {
			return nil
		}
		return d.optional(sp, name)
	})
	if err != nil {
		return err
	}
	if !found.traceID || !found.id {
		return missing(found.traceID, found.id)
	}
	sp.Tags = sortTags(d.tags[tags:])
	sp.Annotations = sortAnnotations(d.annotations[annotations:])
	settle(sp)
	return nil
}

func missing(traceID, id bool) error {
	switch {
	case id:
		return errors.New("Missing : traceId")
	case traceID:
		return errors.New("Missing : id")
	}
	return errors.New("Missing : traceId id")
}

// settle corrects what contradicts itself.
func settle(sp *store.Span) {
	if sp.ParentID == sp.ID {
		sp.ParentID = 0
	}
	if sp.Kind == store.Client {
		sp.Shared = false
	}
}

// optional reads the value of any field but the two that a span must have.
func (d *decoder) optional(sp *store.Span, name string) (err error) {
	switch name {
	case "parentId":
		err = d.parentID(&sp.ParentID)
	case "kind":
		err = d.kind(&sp.Kind)
	case "name":
		sp.Name, err = d.text()
		sp.Name = lower(sp.Name)
	case "timestamp":
		err = d.time(&sp.Timestamp)
	case "duration":
		err = d.time(&sp.Duration)
	case "localEndpoint":
		err = d.endpoint(&sp.Local)
	case "remoteEndpoint":
		err = d.endpoint(&sp.Remote)
	case "annotations":
		err = d.annotationList()
	case "tags":
		err = d.tagMap()
	case "debug":
		err = d.flag(&sp.Debug)
	case "shared":
		err = d.flag(&sp.Shared)
	default:
		err = d.skip(2)
	}
	return err
}

// flag sets v, which false does not undo.
func (d *decoder) flag(v *bool) error {
	b, err := d.boolean()
	*v = *v || b
	return err
}

func (d *decoder) kind(k *store.Kind) error {
	s, err := d.text()
	if err != nil {
		return err
	}
	for _, known := range [...]store.Kind{store.Client, store.Server, store.Producer, store.Consumer} {
		if s == string(known) {
			*k = known
			return nil
		}
	}
	return fmt.Errorf("No enum constant zipkin2.Span.Kind.%s", s)
}

// time reads µs, of which only the positive mean something.
func (d *decoder) time(v *int64) error {
	n, err := d.long()
	*v = max(n, 0)
	return err
}

func (d *decoder) tagMap() error {
	return d.each('{', '}', func(int) error {
		key, err := d.name()
		if err != nil {
			return err
		}
		if d.null() {
			return fmt.Errorf("No value at $[%d].tags.%s", d.index, key)
		}
		value, err := d.text()
		d.tags = append(d.tags, store.Tag{Key: key, Value: value})
		return err
	})
}

func (d *decoder) annotationList() error {
	return d.each('[', ']', func(i int) error {
		var a store.Annotation
		var timestamp, value bool
		last := ""
		err := d.each('{', '}', func(int) (err error) {
			if last, err = d.name(); err != nil {
				return err
			}
			switch last {
			case "timestamp":
				timestamp = true
				a.Timestamp, err = d.long()
			case "value":
				value = true
				a.Value, err = d.text()
			default:
				err = d.skip(4)
			}
			return err
		})
		if err == nil && !(timestamp && value) {
			err = fmt.Errorf("Incomplete annotation at $[%d].annotations[%d].%s", d.index, i, last)
		}
		d.annotations = append(d.annotations, a)
		return err
	})
}

// sortTags sorts by key in place. Of several tags with one key the last stays.
func sortTags(tags []store.Tag) []store.Tag {
	sorted := true
	for i := 1; i < len(tags) && sorted; i++ {
		sorted = compareUTF16(tags[i-1].Key, tags[i].Key) < 0
	}
	if !sorted {
		slices.Reverse(tags)
		slices.SortStableFunc(tags, func(a, b store.Tag) int { return compareUTF16(a.Key, b.Key) })
		tags = slices.CompactFunc(tags, func(a, b store.Tag) bool { return a.Key == b.Key })
	}
	return clipped(tags)
}

// sortAnnotations sorts by time and then value, in place, dropping duplicates.
func sortAnnotations(as []store.Annotation) []store.Annotation {
	compare := func(a, b store.Annotation) int {
		return cmp.Or(cmp.Compare(a.Timestamp, b.Timestamp), compareUTF16(a.Value, b.Value))
	}
	if len(as) > 1 {
		slices.SortFunc(as, compare)
		as = slices.Compact(as)
	}
	return clipped(as)
}

// clipped makes sure that appending to one span's slice does not overwrite the
// next one's, and that an empty one is nil.
func clipped[T any](s []T) []T {
	if len(s) == 0 {
		return nil
	}
	return slices.Clip(s)
}
