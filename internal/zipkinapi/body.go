package zipkinapi

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

const (
	maxBody     = 10 << 20 // bytes on the wire, as Zipkin's default
	maxUnpacked = 64 << 20 // bytes after gunzip, where Zipkin has no bound
)

// readBody reads and unpacks the body of a POST, which is to be decoded as f.
func readBody(w http.ResponseWriter, r *http.Request, f *format) (string, *refusal) {
	wire, no := readWire(w, r, maxBody)
	if no != nil || wire == "" || !strings.Contains(r.Header.Get("Content-Encoding"), "gzip") {
		return wire, no
	}
	return gunzip(wire, f)
}

// readWire reads a body as it came, if it is not longer than limit.
func readWire(w http.ResponseWriter, r *http.Request, limit int64) (string, *refusal) {
	if r.ContentLength > limit {
		w.Header().Set("Connection", "close")
		return "", &refusal{tooLarge, http.StatusRequestEntityTooLarge, "413 Request Entity Too Large"}
	}
	wire, err := readText(http.MaxBytesReader(w, r.Body, limit), r.ContentLength, limit)
	if err != nil {
		return "", refuseRead(err)
	}
	return wire, nil
}

func refuseRead(err error) *refusal {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return &refusal{tooLarge, http.StatusRequestEntityTooLarge, "413 Request Entity Too Large"}
	}
	return &refusal{unreadable, http.StatusBadRequest, "Cannot read the body: " + err.Error()}
}

// gunzip unpacks a body. Of JSON that is cut short it yields what there is, and
// then the complaint is about the JSON, as in Zipkin. Protobuf has no end of its
// own that could be missed. What follows the gzip is ignored.
func gunzip(wire string, f *format) (string, *refusal) {
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
	case err == nil, errors.Is(err, gzip.ErrHeader), errors.Is(err, io.ErrUnexpectedEOF) && f != proto3:
		return body, nil
	}
	return "", &refusal{notGzip, http.StatusBadRequest, "Cannot gunzip spans: " + err.Error()}
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
