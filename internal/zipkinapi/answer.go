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
	o := newOutput(w, r)
	o.b = build(o.b)
	o.end()
	return nil
}

// piece is the number of bytes from which an answer is sent in pieces.
const piece = 1 << 16

// output is an answer that is under way. What is long is sent in pieces: it takes no more
// memory than one, and begins to arrive before it is complete.
type output struct {
	w  http.ResponseWriter
	r  *http.Request
	b  []byte         // not sent yet
	to io.WriteCloser // nil before the first piece
}

func newOutput(w http.ResponseWriter, r *http.Request) *output {
	buf := answers.Get().(*[]byte)
	w.Header().Set("Content-Type", "application/json")
	return &output{w: w, r: r, b: (*buf)[:0]}
}

// more sends a piece when there is enough of it. It reports false when the client has gone.
func (o *output) more() bool {
	if len(o.b) < piece {
		return true
	}
	if o.to == nil {
		o.to = plain{o.w}
		if gzipped.Accepted(o.r) {
			o.to = gzipped.NewWriter(o.w)
		}
	}
	_, err := o.to.Write(o.b)
	o.b = o.b[:0]
	return err == nil
}

// end sends what there is left.
func (o *output) end() {
	switch {
	case o.to != nil:
		o.to.Write(o.b)
		o.to.Close()
	case len(o.b) >= gzipped.From && gzipped.Accepted(o.r):
		gzipped.Write(o.w, o.b)
	default:
		o.w.Header().Set("Content-Length", strconv.Itoa(len(o.b)))
		o.w.Write(o.b)
	}
	if cap(o.b) <= 1<<20 {
		answers.Put(&o.b)
	}
}

// plain is an answer that is not compressed.
type plain struct{ io.Writer }

func (plain) Close() error { return nil }
