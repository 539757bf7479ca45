package zipkinapi

import (
	"compress/gzip"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// write answers with a text.
func write(w http.ResponseWriter, status int, text string) error {
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	io.WriteString(w, text)
	return nil
}

// compressFrom is the size from which an answer is worth compressing.
const compressFrom = 2048

// answers pools the buffers that answers are built in.
var answers = sync.Pool{New: func() any { return new([]byte) }}

// answer sends the JSON that build appends, compressed if the client accepts it. It
// returns no error: a client that has gone needs none.
func answer(w http.ResponseWriter, r *http.Request, build func([]byte) []byte) error {
	buf := answers.Get().(*[]byte)
	*buf = build((*buf)[:0])
	w.Header().Set("Content-Type", "application/json")
	if len(*buf) >= compressFrom && acceptsGzip(r) {
		compress(w, *buf)
	} else {
		w.Header().Set("Content-Length", strconv.Itoa(len(*buf)))
		w.Write(*buf)
	}
	if cap(*buf) <= 1<<20 {
		answers.Put(buf)
	}
	return nil
}

// compressors pools gzip writers, which are larger than most answers.
var compressors = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	return z
}}

func compress(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Encoding", "gzip")
	w.Header().Add("Vary", "accept-encoding")
	z := compressors.Get().(*gzip.Writer)
	z.Reset(w)
	z.Write(body)
	z.Close()
	compressors.Put(z)
}

// acceptsGzip reads Accept-Encoding: gzip is accepted where it is named, except
// with a weight of zero.
func acceptsGzip(r *http.Request) bool {
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
