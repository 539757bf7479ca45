package gzipped

import (
	"compress/gzip"
	"net/http"
	"strings"
)

// Handler has what next answers compressed, if the client accepts it, it has at least
// From bytes, and it is text. What is compressed already, a part of a file, or without a
// body, is sent as it is.
func Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
		if r.Method == http.MethodHead || !Accepted(r) {
			next.ServeHTTP(w, r)
			return
		}
		a := &answer{ResponseWriter: w}
		next.ServeHTTP(a, r)
		a.end() // not of a handler that panics: its answer must not look whole
	})
}

// answer holds the beginning of an answer back until it is known whether the whole is to
// be compressed.
type answer struct {
	http.ResponseWriter
	status int // zero: the handler has sent nothing
	held   []byte
	plain  bool         // it is sent as it is
	z      *gzip.Writer // it is compressed
}

// WriteHeader notes the status of the answer.
func (a *answer) WriteHeader(status int) {
	switch {
	case status < 200 && status != http.StatusSwitchingProtocols:
		a.ResponseWriter.WriteHeader(status)
	case a.status == 0:
		if a.status = status; !a.worthwhile() {
			a.sendPlain()
		}
	}
}

// worthwhile reports whether an answer may be compressed, by its status and header.
func (a *answer) worthwhile() bool {
	switch a.status {
	case http.StatusSwitchingProtocols, http.StatusNoContent, http.StatusPartialContent, http.StatusNotModified:
		return false
	}
	h := a.Header()
	return h.Get("Content-Encoding") == "" && (h.Get("Content-Type") == "" || isText(h.Get("Content-Type")))
}

func isText(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.HasPrefix(kind, "text/") || kind == "application/json" || kind == "image/svg+xml"
}

// Write holds b back, or sends it.
func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	switch {
	case a.plain:
		return a.ResponseWriter.Write(b)
	case a.z != nil:
		return a.z.Write(b)
	}
	if a.held = append(a.held, b...); len(a.held) < From {
		return len(b), nil
	}
	return len(b), a.send()
}

// send sends what was held back, compressed if it is text.
func (a *answer) send() error {
	h := a.Header()
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", http.DetectContentType(a.held))
	}
	if !isText(h.Get("Content-Type")) {
		return a.sendPlain()
	}
	h.Set("Content-Encoding", "gzip")
	h.Del("Content-Length")
	h.Del("Accept-Ranges")
	if tag := h.Get("ETag"); tag != "" && !strings.HasPrefix(tag, "W/") {
		h.Set("ETag", "W/"+tag) // the bytes are others than those that are not compressed
	}
	a.ResponseWriter.WriteHeader(a.status)
	a.z = writers.Get().(*gzip.Writer)
	a.z.Reset(a.ResponseWriter)
	_, err := a.z.Write(a.held)
	a.held = nil
	return err
}

func (a *answer) sendPlain() error {
	a.plain = true
	a.ResponseWriter.WriteHeader(a.status)
	if len(a.held) == 0 {
		return nil
	}
	_, err := a.ResponseWriter.Write(a.held)
	a.held = nil
	return err
}

// FlushError sends what was written so far.
func (a *answer) FlushError() error {
	var err error
	switch {
	case a.status == 0 || a.plain:
	case a.z != nil:
		err = a.z.Flush()
	default:
		err = a.sendPlain()
	}
	if err != nil {
		return err
	}
	return http.NewResponseController(a.ResponseWriter).Flush()
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// end sends what is left. A client that has gone needs no error.
func (a *answer) end() {
	switch {
	case a.z != nil:
		a.z.Close()
		a.z.Reset(nil) // keeps no connection
		writers.Put(a.z)
	case a.status != 0 && !a.plain:
		a.sendPlain()
	}
}
