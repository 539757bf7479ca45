package codec

import (
	"cmp"
	"fmt"
	"slices"

	"example.com/tracelab/internal/zipkin"
)

// conversion converts a v1 span to one span for each service that took part in it,
// as Zipkin's V1SpanConverter does. Services are distinguished by name.
type conversion struct {
	spans []zipkin.Span // the first also has what happened at no known service

	// When a call and a message were sent and received: client send and
	// receive, server receive and send, message send and receive, wire send
	// and receive.
	cs, cr, sr, ss, ms, mr, ws, wr event
}

// event is an annotation that begins or ends a span. The zero event did not
// happen.
type event struct {
	timestamp int64
	endpoint  zipkin.Endpoint // never the unknown one
}

func (e event) happened() bool { return e.endpoint != zipkin.Endpoint{} }

// convert appends to a the spans that v is converted to.
func (v *v1Span) convert(a *arena) error {
	slices.SortStableFunc(v.annotations, func(a, b v1Annotation) int {
		return cmp.Or(cmp.Compare(a.timestamp, b.timestamp), zipkin.CompareNames(a.value, b.value))
	})
	slices.SortStableFunc(v.tags, func(a, b v1Tag) int { return zipkin.CompareNames(a.key, b.key) })
	v.spans = append(v.spans, v.same)
	v.assignAnnotations()
	v.setTimes()
	v.assignTags()
	if len(v.spans) > maxServices {
		return fmt.Errorf("More than %d services in a span", maxServices)
	}
	return v.finish(a)
}

// maxServices bounds how many services can take part in one v1 span, of which
// two are the rule: each costs many times the memory of its name.
const maxServices = 256

// of returns the span of the service at e, which may be a new one. The first
// span takes the first service that is known.
func (v *v1Span) of(e zipkin.Endpoint) int32 {
	unknown := zipkin.Endpoint{}
	if e == unknown {
		return 0
	}
	if first := &v.spans[0]; first.Local == unknown {
		first.Local = e
		return 0
	}
	for i := range v.spans {
		if v.spans[i].Local.ServiceName == e.ServiceName {
			return int32(i)
		}
	}
	return v.fork(e)
}

// fork begins a span of the service at e. When a service has two, because it
// called itself, of finds the earlier one. It adds one span above maxServices, so
// that convert sees that there are too many.
func (v *v1Span) fork(e zipkin.Endpoint) int32 {
	if len(v.spans) <= maxServices {
		v.spans = append(v.spans, v.same)
		v.spans[len(v.spans)-1].Local = e
	}
	return int32(len(v.spans) - 1)
}

// assignAnnotations assigns each annotation to the span of its service, except for
// those that begin or end a span.
func (v *v1Span) assignAnnotations() {
	kept := v.annotations[:0]
	for _, a := range v.annotations {
		e := v.endpoints[a.endpoint]
		a.owner = v.of(e)
		if a.endpoint == 0 || !v.noteEvent(a, e) {
			kept = append(kept, a)
		}
	}
	v.annotations = kept
}

// noteEvent keeps an annotation that begins or ends a span, if its service is
// known.
func (v *v1Span) noteEvent(a v1Annotation, e zipkin.Endpoint) bool {
	kind := &v.spans[a.owner].Kind
	var at *event
	switch a.value {
	case "cs":
		at, *kind = &v.cs, zipkin.Client
	case "cr":
		at, *kind = &v.cr, zipkin.Client
	case "sr":
		at, *kind = &v.sr, zipkin.Server
	case "ss":
		at, *kind = &v.ss, zipkin.Server
	case "ms":
		at, *kind = &v.ms, zipkin.Producer
	case "mr":
		at, *kind = &v.mr, zipkin.Consumer
	case "ws":
		at = &v.ws
	case "wr":
		at = &v.wr
	default:
		return false
	}
	*at = event{a.timestamp, e}
	return true
}

// annotate adds an event to a span as an annotation.
func (v *v1Span) annotate(owner int32, e event, value string) {
	if e.happened() {
		v.annotations = append(v.annotations, v1Annotation{timestamp: e.timestamp, value: value, owner: owner})
	}
}

// finish appends the spans to a, each with what it owns.
func (v *v1Span) finish(a *arena) error {
	if len(v.spans) > 1 {
		slices.SortStableFunc(v.annotations, func(a, b v1Annotation) int { return cmp.Compare(a.owner, b.owner) })
		slices.SortStableFunc(v.tags, func(a, b v1Tag) int { return cmp.Compare(a.owner, b.owner) })
	}
	annotations, tags := v.annotations, v.tags
	for i := range v.spans {
		*a.open() = v.spans[i]
		for ; len(annotations) > 0 && annotations[0].owner == int32(i); annotations = annotations[1:] {
			a.annotations = append(a.annotations, zipkin.Annotation{Timestamp: annotations[0].timestamp, Value: annotations[0].value})
		}
		for ; len(tags) > 0 && tags[0].owner == int32(i); tags = tags[1:] {
			a.tags = append(a.tags, zipkin.Tag{Key: tags[0].key, Value: tags[0].value})
		}
		if err := a.close(true, true); err != nil {
			return err
		}
	}
	return nil
}
