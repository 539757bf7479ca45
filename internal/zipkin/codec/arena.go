package codec

import (
	"cmp"
	"errors"
	"slices"

	"example.com/tracelab/internal/zipkin"
)

// arena holds the spans that were read of a list, whatever its format, and
// brings each into the form that zipkin.Span describes: between open and close
// a reader fills the fields, and appends to tags and annotations.
type arena struct {
	spans       []zipkin.Span
	tags        []zipkin.Tag        // of all spans, one after the other
	annotations []zipkin.Annotation // likewise

	batch int // at most that many spans, then they are passed to use
	use   func([]zipkin.Span)

	firstTag, firstAnnotation int // of the span that is open
}

// open begins a span. The pointer is valid until the next is opened.
func (a *arena) open() *zipkin.Span {
	if len(a.spans) == a.batch {
		a.use(a.spans)
		a.Forget()
	}
	a.firstTag, a.firstAnnotation = len(a.tags), len(a.annotations)
	a.spans = append(a.spans, zipkin.Span{})
	return &a.spans[len(a.spans)-1]
}

// close ends a span, checks that its ids were found, and corrects contradictions.
func (a *arena) close(traceID, id bool) error {
	switch {
	case !traceID && !id:
		return errors.New("Missing : traceId id")
	case !traceID:
		return errors.New("Missing : traceId")
	case !id:
		return errors.New("Missing : id")
	}
	sp := &a.spans[len(a.spans)-1]
	sp.Tags = sortTags(a.tags[a.firstTag:])
	sp.Annotations = sortAnnotations(a.annotations[a.firstAnnotation:])
	if sp.ParentID == sp.ID {
		sp.ParentID = 0
	}
	if sp.Kind == zipkin.Client {
		sp.Shared = false
	}
	return nil
}

// Forget drops the spans and keeps their memory.
func (a *arena) Forget() {
	clear(a.spans)
	clear(a.tags)
	clear(a.annotations)
	a.spans, a.tags, a.annotations = a.spans[:0], a.tags[:0], a.annotations[:0]
}

// isLarge reports whether the memory is more than is worth keeping.
func (a *arena) isLarge() bool {
	const usual = 4096
	return cap(a.spans) > usual || cap(a.tags) > 10*usual || cap(a.annotations) > 10*usual
}

// sortTags sorts by key in place. Of several tags with one key the last stays.
func sortTags(tags []zipkin.Tag) []zipkin.Tag {
	const few = 16
	sorted := 0 // number at the start that are
	for sorted < len(tags) && (sorted == 0 || zipkin.CompareNames(tags[sorted-1].Key, tags[sorted].Key) < 0) {
		sorted++
	}
	switch {
	case sorted == len(tags):
	case len(tags) <= few:
		tags = insertTags(tags, sorted)
	default:
		slices.Reverse(tags)
		slices.SortStableFunc(tags, func(a, b zipkin.Tag) int { return zipkin.CompareNames(a.Key, b.Key) })
		tags = slices.CompactFunc(tags, func(a, b zipkin.Tag) bool { return a.Key == b.Key })
	}
	return clipped(tags)
}

// insertTags sorts tags of which the first so many are sorted. Spans have few
// tags, and those that a reporter keeps in a map come in any order.
func insertTags(tags []zipkin.Tag, sorted int) []zipkin.Tag {
	for _, t := range tags[sorted:] {
		at, order := sorted, 1
		for ; at > 0; at-- {
			if order = zipkin.CompareNames(tags[at-1].Key, t.Key); order <= 0 {
				break
			}
		}
		if order == 0 {
			tags[at-1] = t
			continue
		}
		copy(tags[at+1:sorted+1], tags[at:sorted])
		tags[at] = t
		sorted++
	}
	return tags[:sorted]
}

// sortAnnotations sorts by time and then value, in place, dropping duplicates.
func sortAnnotations(as []zipkin.Annotation) []zipkin.Annotation {
	compare := func(a, b zipkin.Annotation) int {
		return cmp.Or(cmp.Compare(a.Timestamp, b.Timestamp), zipkin.CompareNames(a.Value, b.Value))
	}
	if len(as) > 1 {
		slices.SortFunc(as, compare)
		as = slices.Compact(as)
	}
	return clipped(as)
}

// clipped limits the capacity of s, so that appending to one span's slice does
// not overwrite the next one's. An empty slice becomes nil.
func clipped[T any](s []T) []T {
	if len(s) == 0 {
		return nil
	}
	return slices.Clip(s)
}
