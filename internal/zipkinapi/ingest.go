package zipkinapi

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkin/codec"

	"example.com/tracelab/internal/store"
)

// ingest stores the spans that reporters send.
type ingest struct {
	store    *store.Store
	decoders sync.Pool // of *codec.Decoder
	http     traffic
	grpc     traffic
	rejected [len(reasons)]atomic.Int64
}

// reason is why a request was rejected.
type reason int

const (
	tooLarge reason = iota
	unreadable
	notGzip
	wrongType
	malformed
)

// reasons are the names of the reasons in the metrics.
var reasons = [...]string{
	tooLarge:   "too_large",
	unreadable: "unreadable",
	notGzip:    "not_gzip",
	wrongType:  "wrong_type",
	malformed:  "malformed",
}

// rejection is the answer to a request of which nothing was stored.
type rejection struct {
	reason reason
	status int
	text   string
}

// requests is the number of requests over all transports.
func (in *ingest) requests() int64 { return in.http.messages.Load() + in.grpc.messages.Load() }

func (in *ingest) init(st *store.Store) {
	in.store = st
	in.decoders.New = func() any { return codec.NewDecoder() }
}

// v1 is POST /api/v1/spans.
func (in *ingest) v1(w http.ResponseWriter, r *http.Request) error {
	return in.post(w, r, codec.JSONV1)
}

// v2 is POST /api/v2/spans. Without the media type of protobuf it is JSON.
func (in *ingest) v2(w http.ResponseWriter, r *http.Request) error {
	f := codec.JSONV2
	if isMedia(r.Header.Get("Content-Type"), "application/x-protobuf") {
		f = codec.Proto3
	}
	return in.post(w, r, f)
}

// post stores the spans, all or none, and then answers 202.
func (in *ingest) post(w http.ResponseWriter, r *http.Request, f *codec.Format) error {
	in.http.messages.Add(1)
	b := bodies.Get().(*body)
	defer b.release()
	text, no := b.read(w, r, f)
	if no == nil {
		in.http.received(text)
		no = in.accept(f, r.Header.Get("Content-Type"), text)
	}
	if no != nil {
		in.reject(no, &in.http)
		return &answerError{no.status, strings.Clone(no.text), anyText} // it may quote the body, which is released
	}
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// accept checks in the order that Zipkin does.
func (in *ingest) accept(f *codec.Format, contentType, body string) *rejection {
	if body == "" || body == "[]" {
		return nil
	}
	if isMedia(contentType, "application/x-thrift") && (f == codec.JSONV1 || codec.IsThrift(body)) {
		return &rejection{wrongType, http.StatusUnsupportedMediaType, fmt.Sprintf("Cannot read spans as %s: send JSON, or application/x-protobuf to /api/v2/spans", contentType)}
	}
	if err := f.Check(body); err != nil {
		return bad(err.Error())
	}
	return in.take(f, body, &in.http)
}

// take stores what is in a body.
func (in *ingest) take(f *codec.Format, body string, t *traffic) *rejection {
	spans, err := in.decodeAndStore(f, body)
	if err != nil {
		return bad(err.Error())
	}
	t.stored(spans)
	return nil
}

// reject counts a request of which nothing was stored.
func (in *ingest) reject(no *rejection, t *traffic) {
	t.messagesDropped.Add(1)
	in.rejected[no.reason].Add(1)
}

// batch is the number of spans of a message that are in memory at a time: a span
// takes ten times the memory of its shortest encoding.
const batch = 4096

// decodeAndStore stores all spans or none, and returns their number. A message of
// more than one batch is read twice: the first time only to validate it.
func (in *ingest) decodeAndStore(f *codec.Format, body string) (spans int, err error) {
	d := in.decoders.Get().(*codec.Decoder)
	defer in.decoders.Put(d)
	defer d.Reset()
	big := false
	if err := d.Batches(f, body, batch, func([]zipkin.Span) { big = true }); err != nil {
		return 0, err
	}
	if big {
		d.Forget()
		err = d.Batches(f, body, batch, func(full []zipkin.Span) {
			in.store.Add(full)
			spans += len(full)
		})
	}
	in.store.Add(d.Spans())
	return spans + len(d.Spans()), err
}

// isMedia reports whether a Content-Type is want, with or without parameters.
func isMedia(contentType, want string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(media), want)
}

func bad(text string) *rejection { return &rejection{malformed, http.StatusBadRequest, text} }
