package responsewriter

import (
	"bufio"
	"net"
	"net/http"
)

type unwrapper interface{ Unwrap() http.ResponseWriter }

// found says whether an http.ResponseController finds a way to flush and one to
// hijack.
func found(w http.ResponseWriter) (has int) {
	for {
		if _, ok := w.(interface{ FlushError() error }); ok {
			has |= flush
		}
		has |= optional(w) & (flush | hijack)
		inner, ok := w.(unwrapper)
		if !ok {
			return has
		}
		w = inner.Unwrap()
	}
}

// serverFlushes reports whether what an http.ResponseController finds to flush is a
// writer of net/http's server. It has sent the header also where it fails, as because
// the caller has gone with what came before.
func serverFlushes(w http.ResponseWriter) bool {
	for {
		if _, ok := w.(connection); ok {
			return true
		}
		inner, ok := w.(unwrapper)
		if _, fails := w.(interface{ FlushError() error }); fails || !ok || optional(w)&flush != 0 {
			return false
		}
		w = inner.Unwrap()
	}
}

// unwrapped is what a ResponseController meets behind a Writer, and before the
// writers around which that is.
type unwrapped struct{ *Writer }

// Unwrap returns the next writer.
func (u unwrapped) Unwrap() http.ResponseWriter { return u.ResponseWriter }

// The type for each set of what the next writers have and the next does not.
type (
	unwrappedF  struct{ unwrapped }
	unwrappedH  struct{ unwrapped }
	unwrappedFH struct{ unwrappedF }
)

func (u unwrappedF) FlushError() error                             { return u.flush() }
func (u unwrappedH) Hijack() (net.Conn, *bufio.ReadWriter, error)  { return u.hijack() }
func (u unwrappedFH) Hijack() (net.Conn, *bufio.ReadWriter, error) { return u.hijack() }
