package zipkinapi

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"example.com/tracelab/internal/zipkin/codec"
)

const (
	maxBody     = 10 << 20 // bytes on the wire, as Zipkin's default
	maxUnpacked = 64 << 20 // bytes after gunzip, where Zipkin has no bound
)

// body reads the body of one request after the other. Its texts are valid until
// release: the next request is read into the same memory. The store copies what
// it keeps.
type body struct {
	wire, unpacked buffer
	source         strings.Reader // of unzip
	unzip          gzip.Reader
}

var bodies = sync.Pool{New: func() any { return new(body) }}

// release puts b back into the pool.
func (b *body) release() {
	b.wire.reset()
	b.unpacked.reset()
	b.source.Reset("")
	bodies.Put(b)
}

// read reads and unpacks the body of a POST, which is to be decoded as f.
func (b *body) read(w http.ResponseWriter, r *http.Request, f *codec.Format) (string, *rejection) {
	wire, no := b.readWire(w, r, maxBody)
	if no != nil || wire == "" || !strings.Contains(r.Header.Get("Content-Encoding"), "gzip") {
		return wire, no
	}
	return b.gunzip(wire, f)
}

// readWire reads a body as it came, if it is not longer than limit.
func (b *body) readWire(w http.ResponseWriter, r *http.Request, limit int64) (string, *rejection) {
	if r.ContentLength > limit {
		w.Header().Set("Connection", "close")
		return "", &rejection{tooLarge, http.StatusRequestEntityTooLarge, "413 Request Entity Too Large"}
	}
	if err := b.wire.read(http.MaxBytesReader(w, r.Body, limit), r.ContentLength, limit); err != nil {
		return "", rejectRead(err)
	}
	return b.wire.text(), nil
}

func rejectRead(err error) *rejection {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return &rejection{tooLarge, http.StatusRequestEntityTooLarge, "413 Request Entity Too Large"}
	}
	return &rejection{unreadable, http.StatusBadRequest, "Cannot read the body: " + err.Error()}
}

// gunzip unpacks a body. Of truncated JSON it returns what there is, so that the
// error is one of the JSON, as in Zipkin. Protobuf has no end mark, so that
// truncation would not be noticed. What follows the gzip is ignored.
func (b *body) gunzip(wire string, f *codec.Format) (string, *rejection) {
	const gzipHeader = 10 // bytes; with fewer, Zipkin does not look at them
	b.source.Reset(wire)
	err := b.unzip.Reset(&b.source)
	if err != nil && len(wire) >= gzipHeader {
		return "", &rejection{notGzip, http.StatusBadRequest, "Input is not in the GZIP format"}
	}
	text := ""
	if err == nil {
		err = b.unpacked.read(&b.unzip, 0, maxUnpacked)
		text = b.unpacked.text()
	}
	switch {
	case errors.Is(err, errTooLong):
		return "", &rejection{tooLarge, http.StatusRequestEntityTooLarge,
			fmt.Sprintf("413 Request Entity Too Large: more than %d bytes after gunzip", maxUnpacked)}
	case text == "":
		return "", &rejection{notGzip, http.StatusBadRequest, "Cannot gunzip spans"}
	case err == nil, errors.Is(err, gzip.ErrHeader), errors.Is(err, io.ErrUnexpectedEOF) && f != codec.Proto3:
		return text, nil
	}
	return "", &rejection{notGzip, http.StatusBadRequest, "Cannot gunzip spans: " + err.Error()}
}
