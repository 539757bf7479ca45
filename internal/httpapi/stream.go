package httpapi

import (
	"io"
	"net/http"
	"time"
)

// Stream returns a writer for an answer that takes as long as it takes: not the
// whole of it must be written within a time, but each part.
func Stream(w http.ResponseWriter, within time.Duration) io.Writer {
	return stream{w, http.NewResponseController(w), within}
}

type stream struct {
	w       io.Writer
	control *http.ResponseController
	within  time.Duration
}

func (s stream) Write(b []byte) (int, error) {
	s.control.SetWriteDeadline(time.Now().Add(s.within))
	return s.w.Write(b)
}
