package zipkinapi

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"example.com/tracelab/internal/store"
)

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
