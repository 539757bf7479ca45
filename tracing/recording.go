package tracing

import (
	"fmt"
	"maps"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/openzipkin/zipkin-go/model"
	"go.opencensus.io/trace"
)

// Bounds of one span. Tags of the span say what exceeded them.
const (
	maxTags        = 64
	maxAnnotations = 64
	maxText        = 4 << 10 // bytes of each text: a method, and so a name, is the caller's
)

// Tags for what exceeded the bounds. The names are OpenTelemetry's.
const (
	tagDroppedTags        = "otel.dropped_attributes_count"
	tagDroppedAnnotations = "otel.dropped_events_count"
)

// recording is the data of a span until it ends; its span's mutex guards it.
type recording struct {
	name        string
	kind        int
	zipkinKind  model.Kind     // one that OpenCensus does not have
	peer        string         // the service at the other end
	peerAt      netip.AddrPort // its address, as far as it is known
	peerText    string         // the same as text, where that is none: read when the span is reported
	parent      trace.SpanID
	start       time.Time
	status      trace.Status
	tags        []tag
	annotations []annotation

	droppedTags, droppedAnnotations int

	completion completion // while the span is reported

	// Room for a usual span, so that its tags cost no allocation.
	tagRoom        [8]tag
	annotationRoom [2]annotation
}

type tag struct{ key, value string }

type annotation struct {
	at         time.Time
	text       string
	attributes []trace.Attribute
}

func newRecording(name string, kind int, parent trace.SpanID, start time.Time) *recording {
	r := recordings.Get().(*recording)
	r.name, r.kind, r.parent, r.start = name, kind, parent, start
	r.tags, r.annotations = r.tagRoom[:0], r.annotationRoom[:0]
	return r
}

// recordings are those of spans that ended, empty. A recording is the largest part
// of a span, and nothing that is reported points into it.
var recordings = sync.Pool{New: func() any { return new(recording) }}

func (r *recording) free() {
	*r = recording{}
	recordings.Put(r)
}

// textBytes is how large the recording's texts are.
func (r *recording) textBytes() int {
	n := len(r.name) + len(r.peer) + len(r.status.Message)
	for i := range r.tags {
		n += len(r.tags[i].key) + len(r.tags[i].value)
	}
	for i := range r.annotations {
		n += len(r.annotations[i].text) + maxText*len(r.annotations[i].attributes)
	}
	return n
}

// attribute keeps an attribute as the tag that it will be.
func (r *recording) attribute(a *trace.Attribute) {
	switch key := a.Key(); key {
	case kindAttribute:
		r.zipkinKind = model.Kind(attributeText(a.Value()))
	case peerAttribute:
		r.peer = truncate(attributeText(a.Value()))
	default:
		r.set(key, attributeText(a.Value()))
	}
}

// set keeps a tag; the last value of a key stays.
func (r *recording) set(key, value string) {
	key, value = truncate(key), truncate(value)
	for i := range r.tags {
		if r.tags[i].key == key {
			r.tags[i].value = value
			return
		}
	}
	if len(r.tags) >= maxTags {
		r.droppedTags++
		return
	}
	r.tags = append(r.tags, tag{key, value})
}

// tag returns the value of a key.
func (r *recording) tag(key string) (string, bool) {
	for i := range r.tags {
		if r.tags[i].key == key {
			return r.tags[i].value, true
		}
	}
	return "", false
}

// annotate keeps an annotation. The first stay: they show how the span began.
func (r *recording) annotate(at time.Time, text string, attributes []trace.Attribute) {
	if len(r.annotations) >= maxAnnotations {
		r.droppedAnnotations++
		return
	}
	r.annotations = append(r.annotations, annotation{at, truncate(text), slices.Clone(attributes)}) // the caller's may change
}

// linkAttributes are the attributes of a link, in order.
func linkAttributes(all map[string]any) (attributes []trace.Attribute) {
	for _, key := range slices.Sorted(maps.Keys(all)) {
		attributes = append(attributes, trace.StringAttribute(key, attributeText(all[key])))
	}
	return attributes
}

// truncate bounds a value, and appends by how much.
func truncate(s string) string {
	if len(s) <= maxText {
		return s
	}
	end := maxText
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "… (" + strconv.Itoa(len(s)-end) + " more bytes)"
}

// attributeText is an attribute's value as a tag's. OpenCensus has these four
// types; whatever else comes is shown as well as can be.
func attributeText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Sprint(v)
		}
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}
