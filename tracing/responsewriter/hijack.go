package responsewriter

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"strconv"
)

// hijack hands the connection over. From then on the response is what the handler
// writes to it. The connection is handed over as it is, so that only what is
// written through the buffer is seen.
func (w *Writer) hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.sending()
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return conn, rw, err
	}
	w.taken.Store(true)
	if w.status.Load() == 0 && rw != nil && rw.Writer.Buffered() == 0 {
		w.line = &statusLine{to: conn, of: w}
		if other, ok := w.ResponseWriter.(interface{ statusLine() *statusLine }); ok && other.statusLine() != nil {
			w.line.to = other.statusLine()
		}
		rw.Writer.Reset(w.line)
	}
	return conn, rw, nil
}

func (w *Writer) statusLine() *statusLine { return w.line }

// statusLine reads the status at the beginning of what is written to a connection.
type statusLine struct {
	to   io.Writer // the connection, or the statusLine of a Writer around that of this one
	of   *Writer
	line []byte
	done bool
}

const statusLineLength = len("HTTP/1.1 101")

// Write writes b to the connection.
func (s *statusLine) Write(b []byte) (int, error) {
	if !s.done {
		s.line = append(s.line, b[:min(len(b), statusLineLength-len(s.line))]...)
		if s.done = len(s.line) == statusLineLength; s.done {
			s.read()
		}
	}
	return s.to.Write(b)
}

func (s *statusLine) read() {
	if !bytes.HasPrefix(s.line, []byte("HTTP/1.")) {
		return
	}
	if status, err := strconv.Atoi(string(s.line[len("HTTP/1.1 "):])); err == nil && final(status, s.of.request) {
		s.of.tell(0, status)
	}
}

// ReadFrom is for a bufio.Writer that copies a file.
func (s *statusLine) ReadFrom(src io.Reader) (int64, error) {
	if !s.done {
		return io.Copy(struct{ io.Writer }{s}, src)
	}
	return io.Copy(s.to, src)
}
