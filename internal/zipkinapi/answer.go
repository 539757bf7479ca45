package zipkinapi

import (
	"compress/gzip"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// anyText is the media type of Zipkin's own error texts, as Zipkin spells it.
const anyText = "text/*"

// fail answers with an error text of Zipkin's.
func fail(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", anyText)
	write(w, status, text)
}

// plain answers as the HTTP server below Zipkin does.
func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	write(w, status, text)
}

func write(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	io.WriteString(w, text)
}

// compressFrom is the size from which an answer is worth compressing.
const compressFrom = 2048

// answers pools the buffers that answers are built in.
var answers = sync.Pool{New: func() any { return new([]byte) }}

// answer sends the JSON that build appends, compressed if the client accepts it.
func answer(w http.ResponseWriter, r *http.Request, build func([]byte) []byte) {
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
