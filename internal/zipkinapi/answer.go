package zipkinapi

import (
	"io"
	"net/http"
	"strconv"
	"sync"

	"example.com/tracelab/internal/gzipped"
)

// write answers with a text.
func write(w http.ResponseWriter, status int, text string) error {
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	io.WriteString(w, text)
	return nil
}

// answers pools the buffers that answers are built in.
var answers = sync.Pool{New: func() any { return new([]byte) }}

// answer sends the JSON that build appends, compressed if the client accepts it. It
// returns no error: a client that has gone needs none.
func answer(w http.ResponseWriter, r *http.Request, build func([]byte) []byte) error {
	buf := answers.Get().(*[]byte)
	*buf = build((*buf)[:0])
	w.Header().Set("Content-Type", "application/json")
	if len(*buf) >= gzipped.From && gzipped.Accepted(r) {
		gzipped.Write(w, *buf)
	} else {
		w.Header().Set("Content-Length", strconv.Itoa(len(*buf)))
		w.Write(*buf)
	}
	if cap(*buf) <= 1<<20 {
		answers.Put(buf)
	}
	return nil
}
