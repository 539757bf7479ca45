package codec

import (
	"fmt"

	"example.com/tracelab/internal/zipkin"
)

// span reads a span into sp, the last that was opened.
func (d *Decoder) span(sp *zipkin.Span) error {
	var traceID, id bool
	more, err := d.enter('{', '}')
	for more {
		name, err := d.name()
		if err != nil {
			return err
		}
		switch name {
		case "traceId":
			traceID = true
			err = d.traceID(&sp.TraceID)
		case "id":
			id = true
			err = d.spanID(&sp.ID)
		default:
			err = d.optional(sp, name)
		}
		if err != nil {
			return err
		}
		if more, err = d.next('}'); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	return d.close(traceID, id)
}

// optional reads the value of any field but the two that a span must have.
func (d *Decoder) optional(sp *zipkin.Span, name string) (err error) {
	if d.null() {
		return nil
	}
	switch name {
	case "parentId":
		err = d.parentID(&sp.ParentID)
	case "kind":
		err = d.kind(&sp.Kind)
	case "name":
		sp.Name, err = d.text()
		sp.Name = zipkin.LowerName(sp.Name)
	case "timestamp":
		err = d.time(&sp.Timestamp)
	case "duration":
		err = d.time(&sp.Duration)
	case "localEndpoint":
		err = d.endpoint(&sp.Local, &d.local)
	case "remoteEndpoint":
		err = d.endpoint(&sp.Remote, &d.remote)
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
func (d *Decoder) flag(v *bool) error {
	b, err := d.boolean()
	*v = *v || b
	return err
}

func (d *Decoder) kind(k *zipkin.Kind) error {
	s, err := d.text()
	if err != nil {
		return err
	}
	for _, known := range [...]zipkin.Kind{zipkin.Client, zipkin.Server, zipkin.Producer, zipkin.Consumer} {
		if s == string(known) {
			*k = known
			return nil
		}
	}
	return fmt.Errorf("No enum constant zipkin2.Span.Kind.%s", s)
}

// time reads µs, of which only the positive mean something.
func (d *Decoder) time(v *int64) error {
	n, err := d.long()
	*v = max(n, 0)
	return err
}

func (d *Decoder) tagMap() error {
	more, err := d.enter('{', '}')
	for more {
		key, err := d.name()
		if err != nil {
			return err
		}
		if d.null() {
			return fmt.Errorf("No value at $[%d].tags.%s", d.index, key)
		}
		value, err := d.text()
		if err != nil {
			return err
		}
		d.tags = append(d.tags, zipkin.Tag{Key: key, Value: value})
		if more, err = d.next('}'); err != nil {
			return err
		}
	}
	return err
}

func (d *Decoder) annotationList() error {
	return d.each('[', ']', func(i int) error {
		a, err := d.annotation(i, nil)
		d.annotations = append(d.annotations, a)
		return err
	})
}

// annotation reads one, and where it happened into e, unless that is nil.
func (d *Decoder) annotation(i int, e *zipkin.Endpoint) (a zipkin.Annotation, err error) {
	var timestamp, value bool
	last := ""
	err = d.each('{', '}', func(int) (err error) {
		if last, err = d.name(); err != nil {
			return err
		}
		switch {
		case last == "timestamp":
			timestamp = true
			a.Timestamp, err = d.long()
		case last == "value":
			value = true
			a.Value, err = d.text()
		case last == "endpoint" && e != nil:
			if !d.null() {
				err = d.endpoint(e, &d.local)
			}
		default:
			err = d.skip(4)
		}
		return err
	})
	if err == nil && !(timestamp && value) {
		err = fmt.Errorf("Incomplete annotation at $[%d].annotations[%d].%s", d.index, i, last)
	}
	return a, err
}
