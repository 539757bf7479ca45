package zipkinapi

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"example.com/tracelab/internal/store"
)

const (
	maxBody     = 10 << 20 // bytes on the wire, as Zipkin's default
	maxUnpacked = 64 << 20 // bytes after gunzip, where Zipkin has no bound
)

// ingest is POST /api/v2/spans.
type ingest struct {
	store    *store.Store
	decoders sync.Pool // of *decoder
	requests atomic.Int64
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

func (in *ingest) init(st *store.Store) {
	in.store = st
	in.decoders.New = func() any { return &decoder{fromReporter: true} }
}

// ServeHTTP stores the spans, all or none, and then answers 202.
func (in *ingest) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	in.requests.Add(1)
	body, no := readBody(w, r)
	if no == nil {
		no = in.accept(r, body)
	}
	if no != nil {
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
	if err := in.decodeAndStore(body); err != nil {
		return bad(err.Error())
	}
	return nil
}

const (
	bigBody  = 1 << 20 // bytes
	bigBatch = 1000    // spans
)

// decodeAndStore stores all spans or none. A span takes ten times the memory
// of the shortest JSON for one, so a big body is read twice, once to see that
// it is good, and stored in batches.
func (in *ingest) decodeAndStore(body string) error {
	d := in.decoders.Get().(*decoder)
	defer in.decoders.Put(d)
	defer d.reset()
	size := math.MaxInt
	if len(body) > bigBody {
		size = bigBatch
		if err := d.inBatches(body, size, func([]store.Span) {}); err != nil {
			return err
		}
		d.forget()
	}
	if err := d.inBatches(body, size, func(spans []store.Span) { in.store.Add(spans) }); err != nil {
		return err
	}
	in.store.Add(d.spans)
	return nil
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

// readBody reads and unpacks the body of a POST.
func readBody(w http.ResponseWriter, r *http.Request) (string, *refusal) {
	if r.ContentLength > maxBody {
		w.Header().Set("Connection", "close")
		return "", &refusal{tooLarge, http.StatusRequestEntityTooLarge, "413 Request Entity Too Large"}
	}
	wire, err := readText(http.MaxBytesReader(w, r.Body, maxBody), r.ContentLength, maxBody)
	if err != nil {
		return "", refuseRead(err)
	}
	if wire == "" || !strings.Contains(r.Header.Get("Content-Encoding"), "gzip") {
		return wire, nil
	}
	return gunzip(wire)
}

func refuseRead(err error) *refusal {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return &refusal{tooLarge, http.StatusRequestEntityTooLarge, "413 Request Entity Too Large"}
	}
	return &refusal{unreadable, http.StatusBadRequest, "Cannot read the body: " + err.Error()}
}

// gunzip unpacks a body. What is cut short yields what there is, and then the
// complaint is about the JSON, as in Zipkin.
func gunzip(wire string) (string, *refusal) {
	const gzipHeader = 10 // bytes; with fewer, Zipkin does not look at them
	z, err := gzip.NewReader(strings.NewReader(wire))
	if err != nil && len(wire) >= gzipHeader {
		return "", &refusal{notGzip, http.StatusBadRequest, "Input is not in the GZIP format"}
	}
	body := ""
	if err == nil {
		body, err = readText(z, 0, maxUnpacked)
	}
	switch {
	case errors.Is(err, errTooLong):
		return "", &refusal{tooLarge, http.StatusRequestEntityTooLarge,
			fmt.Sprintf("413 Request Entity Too Large: more than %d bytes after gunzip", maxUnpacked)}
	case body == "":
		return "", &refusal{notGzip, http.StatusBadRequest, "Cannot gunzip spans"}
	}
	return body, nil
}

var errTooLong = errors.New("too long")

// copies pools the buffers between a reader and a string.
var copies = sync.Pool{New: func() any { return new([32 << 10]byte) }}

// readText reads r to its end into one string, of about hint bytes if that is
// known. It returns what it has with the error.
func readText(r io.Reader, hint, limit int64) (string, error) {
	var b strings.Builder
	if hint > 0 {
		b.Grow(int(min(hint, limit)))
	}
	buf := copies.Get().(*[32 << 10]byte)
	defer copies.Put(buf)
	for {
		n, err := r.Read(buf[:])
		if int64(b.Len()+n) > limit {
			return "", errTooLong
		}
		b.Write(buf[:n])
		if err == io.EOF {
			return b.String(), nil
		}
		if err != nil {
			return b.String(), err
		}
	}
}
