package zipkinapi

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"example.com/tracelab/internal/store"
)

// ingest is POST /api/v2/spans.
type ingest struct {
	store    *store.Store
	decoders sync.Pool // of *decoder
	http     traffic
	grpc     traffic
	rejected [len(rejections)]atomic.Int64
}

// rejection is why nothing of a request was stored.
type rejection int

const (
	tooLarge rejection = iota
	unreadable
	notGzip
	wrongType
	malformed
)

// rejections names them for the metrics.
var rejections = [...]string{
	tooLarge:   "too_large",
	unreadable: "unreadable",
	notGzip:    "not_gzip",
	wrongType:  "wrong_type",
	malformed:  "malformed",
}

// refusal is a request that is answered with an error.
type refusal struct {
	why    rejection
	status int
	text   string
}

// requests is how many there were over any transport.
func (in *ingest) requests() int64 { return in.http.messages.Load() + in.grpc.messages.Load() }

func (in *ingest) init(st *store.Store) {
	in.store = st
	in.decoders.New = func() any { return &decoder{fromReporter: true} }
}

// ServeHTTP stores the spans, all or none, and then answers 202.
func (in *ingest) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	in.http.messages.Add(1)
	body, no := readBody(w, r)
	if no == nil {
		in.http.received(body)
		no = in.accept(r, body)
	}
	if no != nil {
		in.http.messagesDropped.Add(1)
		in.rejected[no.why].Add(1)
		fail(w, no.status, no.text)
		return
	}
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusAccepted)
}

// accept checks in the order that Zipkin does.
func (in *ingest) accept(r *http.Request, body string) *refusal {
	switch contentType := r.Header.Get("Content-Type"); {
	case body == "", body == "[]":
		return nil
	case isMedia(contentType, "application/x-protobuf"), isMedia(contentType, "application/x-thrift"):
		return &refusal{wrongType, http.StatusUnsupportedMediaType,
			fmt.Sprintf("Cannot read spans as %s: send Zipkin's JSON v2 as application/json", contentType)}
	case !looksLikeList(body):
		return bad("Expected a JSON_V2 encoded list\n")
	case strings.Contains(body, `yAnnotations"`):
		return bad("Expected a JSON_V2 encoded list, but received: JSON_V1\n")
	}
	spans, err := in.decodeAndStore(body)
	if err != nil {
		return bad(err.Error())
	}
	in.http.stored(spans)
	return nil
}

// batch is how many spans of a message are in memory at a time: a span takes
// ten times the memory of the shortest text for one.
const batch = 4096

// decodeAndStore stores all spans or none, and tells how many there were. A
// message of more than one batch is read twice, first to see that it is good.
func (in *ingest) decodeAndStore(body string) (spans int, err error) {
	d := in.decoders.Get().(*decoder)
	defer in.decoders.Put(d)
	defer d.reset()
	big := false
	if err := d.inBatches(body, batch, func([]store.Span) { big = true }); err != nil {
		return 0, err
	}
	if big {
		d.forget()
		err = d.inBatches(body, batch, func(full []store.Span) {
			in.store.Add(full)
			spans += len(full)
		})
	}
	in.store.Add(d.spans)
	return spans + len(d.spans), err
}

func bad(text string) *refusal { return &refusal{malformed, http.StatusBadRequest, text} }

// looksLikeList tells a list of any of Zipkin's encodings from something else.
func looksLikeList(body string) bool {
	switch body[0] {
	case '[', 0x0b, 0x0c:
		return true
	case 0x0a:
		return len(body) > 1 && body[1] != 0
	}
	return false
}

func isMedia(contentType, want string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(media), want)
}
