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

// answers pools the pieces that answers are built in.
var answers = sync.Pool{New: func() any { return new([]byte) }}

// answer sends the JSON that build appends, compressed if the client accepts it. It
// returns no error: a client that has gone needs none.
func answer(w http.ResponseWriter, r *http.Request, build func([]byte) []byte) error {
	o := newOutput(w, r)
	o.b = build(o.b)
	o.end()
	return nil
}

// piece is about the number of bytes of an answer that are one after the other in memory.
const piece = 1 << 16

// output is an answer that is under way. It is built in pieces that are used again, since
// one text that grows to the length of a long answer would be copied again and again. What
// is compressed is sent meanwhile; what is not, like Zipkin's, says first how long it is.
type output struct {
	w      http.ResponseWriter
	r      *http.Request
	b      []byte   // the last piece
	before [][]byte // the others
	length int      // of the others
	zip    io.WriteCloser
}

func newOutput(w http.ResponseWriter, r *http.Request) *output {
	w.Header().Set("Content-Type", "application/json")
	return &output{w: w, r: r, b: (*answers.Get().(*[]byte))[:0]}
}

// more begins another piece when the last is full. It reports false when the client has
// gone.
func (o *output) more() bool {
	if len(o.b) < piece {
		return true
	}
	if o.zip == nil && o.length == 0 && gzipped.Accepted(o.r) {
		o.zip = gzipped.NewWriter(o.w)
	}
	if o.zip != nil {
		_, err := o.zip.Write(o.b)
		o.b = o.b[:0]
		return err == nil
	}
	o.before, o.length = append(o.before, o.b), o.length+len(o.b)
	o.b = (*answers.Get().(*[]byte))[:0]
	return o.r.Context().Err() == nil
}

// end sends what is not sent yet.
func (o *output) end() {
	switch {
	case o.zip != nil:
		o.zip.Write(o.b)
		o.zip.Close()
	case o.length == 0 && len(o.b) >= gzipped.From && gzipped.Accepted(o.r):
		gzipped.Write(o.w, o.b)
	default:
		o.w.Header().Set("Content-Length", strconv.Itoa(o.length+len(o.b)))
		var err error
		for _, b := range append(o.before, o.b) {
			if err == nil {
				_, err = o.w.Write(b)
			}
		}
	}
	for _, b := range append(o.before, o.b) {
		if cap(b) <= 1<<20 {
			answers.Put(&b)
		}
	}
}
