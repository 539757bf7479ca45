// Package responsewriter wraps an http.ResponseWriter, to know which status was
// sent, and without changing what its user can do:
//
//	var answer responsewriter.Writer
//	next.ServeHTTP(answer.Wrap(w, r, nil), r)
//	answer.Returned()
//	answer.Status()
//
// What Wrap returns has the optional interfaces of net/http that the writer
// around which it is has, and no others: docs/decisions/0022 has the table.
package responsewriter

import (
	"errors"
	"io"
	"net/http"
	"os"
	"sync/atomic"
)

// An Observer is told the status of a response, and when its header is sent.
type Observer interface {
	// Sending is called with the header before it is sent, or may be, also for a 1xx,
	// and at the beginning. After Hijack, when the handler sends it, it is called
	// whenever that asks for the header.
	Sending(http.Header)
	// Sent is called with the final status when the header is sent, so not for a 1xx
	// but 101. It is called a second time where an http.TimeoutHandler around the
	// Writer has answered in the place of its user, and by whichever goroutine
	// writes.
	Sent(status int)
}

// Writer is around the http.ResponseWriter of one response. Its zero value is for
// Wrap; it must not be copied after that.
type Writer struct {
	http.ResponseWriter
	request  *http.Request
	observer Observer
	status   atomic.Int32
	taken    atomic.Bool // by Hijack
	late     atomic.Bool
	line     *statusLine // after Hijack
}

// Wrap returns a writer to w for the handler of r. It tells o, unless that is nil,
// which status is sent.
func (w *Writer) Wrap(inner http.ResponseWriter, r *http.Request, o Observer) http.ResponseWriter {
	w.ResponseWriter, w.request, w.observer = inner, r, o
	w.sending()
	return w.view()
}

// Returned says that the handler has returned, after which net/http sends the
// header of a response that has none, as a 200.
func (w *Writer) Returned() {
	if w.taken.Load() {
		if w.request.Header.Get("Upgrade") != "" {
			w.tell(0, http.StatusSwitchingProtocols) // what is written to the connection itself is not seen
		}
		return
	}
	if w.request.Context().Err() != nil && w.withinTimeoutHandler() {
		if _, err := w.Write(nil); err != nil { // the http.TimeoutHandler has answered
			return
		}
	}
	if w.status.Load() == 0 {
		w.sending()
		w.note(http.StatusOK)
	}
}

// Status is the status that was sent; 0 is none, or one that is not known, as of
// a connection that was taken over for something else than an upgrade.
func (w *Writer) Status() int { return int(w.status.Load()) }

// Hijacked reports whether the handler has taken the connection over.
func (w *Writer) Hijacked() bool { return w.taken.Load() }

// Late reports whether writing failed because the time for it was over.
func (w *Writer) Late() bool { return w.late.Load() }

// Header returns the header of the response.
func (w *Writer) Header() http.Header {
	if w.taken.Load() {
		w.sending()
	}
	return w.ResponseWriter.Header()
}

// WriteHeader sends the header. It is noted afterwards: net/http panics for a
// status that there is not.
func (w *Writer) WriteHeader(status int) {
	w.sending()
	w.ResponseWriter.WriteHeader(status)
	switch {
	case final(status, w.request):
		w.note(status)
	case w.withinTimeoutHandler(): // it keeps the first status, whichever that is, and sends a 200 after a 1xx
		w.note(http.StatusOK)
	}
}

// final reports whether no other status comes after this one; HTTP/2 does not know
// 101.
func final(status int, r *http.Request) bool {
	return status >= 200 || status == http.StatusSwitchingProtocols && r.ProtoMajor == 1
}

// Write sends the header, if need be as a 200, and b.
func (w *Writer) Write(b []byte) (int, error) {
	w.beforeBody()
	n, err := w.ResponseWriter.Write(b)
	w.wrote(n > 0 || err == nil, err)
	return n, err
}

// WriteString is Write for io.WriteString, which uses Write where there is no
// WriteString.
func (w *Writer) WriteString(s string) (int, error) {
	w.beforeBody()
	n, err := io.WriteString(w.ResponseWriter, s)
	w.wrote(n > 0 || err == nil, err)
	return n, err
}

// Unwrap returns the writer around which w is, for http.ResponseController, which
// calls all that is not here there. A way to flush or hijack that only it would find
// leads through w nevertheless.
func (w *Writer) Unwrap() http.ResponseWriter {
	switch found(w.ResponseWriter) &^ optional(w.ResponseWriter) {
	case flush:
		return unwrappedF{unwrapped{w}}
	case hijack:
		return unwrappedH{unwrapped{w}}
	case flush | hijack:
		return unwrappedFH{unwrappedF{unwrapped{w}}}
	}
	return w.ResponseWriter
}

func (w *Writer) flush() error {
	w.beforeBody()
	err := http.NewResponseController(w.ResponseWriter).Flush()
	w.wrote(err == nil || serverFlushes(w.ResponseWriter), err)
	return err
}

// wrote notes how writing went. What failed before its first byte has sent no
// header, unless the header itself is why it failed.
func (w *Writer) wrote(sent bool, err error) {
	if sent || errors.Is(err, http.ErrContentLength) {
		w.note(http.StatusOK)
	}
	switch {
	case err == nil:
	case errors.Is(err, http.ErrHandlerTimeout):
		w.late.Store(true)
		w.tell(w.status.Load(), http.StatusServiceUnavailable) // which http.TimeoutHandler has sent
	case errors.Is(err, os.ErrDeadlineExceeded):
		w.late.Store(true)
	}
}

// beforeBody is for what sends the header if that was not sent.
func (w *Writer) beforeBody() {
	if w.status.Load() == 0 {
		w.sending()
	}
}

func (w *Writer) sending() {
	if w.observer != nil {
		w.observer.Sending(w.ResponseWriter.Header())
	}
}

// note keeps the first status, unless the connection is another's.
func (w *Writer) note(status int) {
	if w.status.Load() == 0 && !w.taken.Load() {
		w.tell(0, status)
	}
}

func (w *Writer) tell(before int32, status int) {
	if w.status.CompareAndSwap(before, int32(status)) && w.observer != nil {
		w.observer.Sent(status)
	}
}
