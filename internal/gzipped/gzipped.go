// Package gzipped compresses answers for clients that accept it: at the fastest level,
// since they are near, and a smaller answer saves them little time.
package gzipped

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"sync"
)

// From is the size in bytes from which an answer is worth compressing.
const From = 2048

// writers are larger than most answers.
var writers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is right
	return z
}}

// Accepted reads Accept-Encoding: gzip is accepted where it is named, except with a
// weight of zero.
func Accepted(r *http.Request) bool {
	for _, line := range r.Header.Values("Accept-Encoding") {
		for part := range strings.SplitSeq(line, ",") {
			name, weight, _ := strings.Cut(part, ";")
			if strings.EqualFold(strings.TrimSpace(name), "gzip") && !isZeroWeight(weight) {
				return true
			}
		}
	}
	return false
}

func isZeroWeight(s string) bool {
	q, ok := strings.CutPrefix(strings.ReplaceAll(s, " ", ""), "q=")
	return ok && strings.Trim(q, "0.") == ""
}

// Write answers with a body that is compressed. A client that has gone needs no error.
func Write(w http.ResponseWriter, body []byte) {
	z := NewWriter(w)
	z.Write(body)
	z.Close()
}

// NewWriter begins an answer that is compressed, which the caller must close, also after
// an error, and not use any more.
func NewWriter(w http.ResponseWriter) io.WriteCloser {
	w.Header().Set("Content-Encoding", "gzip")
	w.Header().Add("Vary", "accept-encoding")
	z := writers.Get().(*gzip.Writer)
	z.Reset(w)
	return &writer{z}
}

type writer struct{ *gzip.Writer }

func (w *writer) Close() error {
	err := w.Writer.Close()
	w.Reset(nil)
	writers.Put(w.Writer)
	return err
}
