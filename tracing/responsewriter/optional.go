package responsewriter

import (
	"io"
	"net/http"
	"time"
)

// What a writer may have besides the methods of http.ResponseWriter, that its users
// ask for by a type assertion.
const (
	flush = 1 << iota
	hijack
	closeNotify
	push
	readFrom
)

// view returns a writer with what the inner one has. It allocates nothing: its
// type is a struct with one pointer.
func (w *Writer) view() http.ResponseWriter {
	has := optional(w.ResponseWriter)
	if _, ok := w.ResponseWriter.(connection); ok {
		switch has {
		case flush | hijack | closeNotify | readFrom:
			return http1{withFHCR{withFHC{withFH{withF{w}}}}}
		case flush | closeNotify | push:
			return http2{withFCP{withFC{withF{w}}}}
		}
	}
	return views[has](w)
}

func optional(w http.ResponseWriter) (has int) {
	if _, ok := w.(http.Flusher); ok {
		has |= flush
	}
	if _, ok := w.(http.Hijacker); ok {
		has |= hijack
	}
	if _, ok := w.(http.CloseNotifier); ok {
		has |= closeNotify
	}
	if _, ok := w.(http.Pusher); ok {
		has |= push
	}
	if _, ok := w.(io.ReaderFrom); ok {
		has |= readFrom
	}
	return has
}

// withinTimeoutHandler reports whether the inner writer is that of an
// http.TimeoutHandler, by its methods.
func (w *Writer) withinTimeoutHandler() bool {
	_, wraps := w.ResponseWriter.(unwrapper)
	return !wraps && optional(w.ResponseWriter) == push
}

// connection is what the writers of net/http's own server have in addition. Of
// other writers it is found by Unwrap.
type connection interface {
	FlushError() error
	WriteString(string) (int, error)
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
	EnableFullDuplex() error
}

// The writers of net/http's own server, for HTTP/1 and HTTP/2.
type (
	http1 struct{ withFHCR }
	http2 struct{ withFCP }
)

func (w http1) SetReadDeadline(t time.Time) error  { return w.connection().SetReadDeadline(t) }
func (w http1) SetWriteDeadline(t time.Time) error { return w.connection().SetWriteDeadline(t) }
func (w http1) EnableFullDuplex() error            { return w.connection().EnableFullDuplex() }
func (w http2) SetReadDeadline(t time.Time) error  { return w.connection().SetReadDeadline(t) }
func (w http2) SetWriteDeadline(t time.Time) error { return w.connection().SetWriteDeadline(t) }
func (w http2) EnableFullDuplex() error            { return w.connection().EnableFullDuplex() }

func (w *Writer) connection() connection { return w.ResponseWriter.(connection) }

func (w *Writer) closeNotify() <-chan bool {
	return w.ResponseWriter.(http.CloseNotifier).CloseNotify()
}

func (w *Writer) push(target string, o *http.PushOptions) error {
	return w.ResponseWriter.(http.Pusher).Push(target, o)
}

// readFrom lets the server copy a file without passing its bytes through here.
func (w *Writer) readFrom(src io.Reader) (int64, error) {
	w.beforeBody()
	n, err := w.ResponseWriter.(io.ReaderFrom).ReadFrom(src)
	w.wrote(n > 0, err) // a copy of nothing sends no header
	return n, err
}
