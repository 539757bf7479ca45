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

// statusLine reads the status at the beginning of what is written to a connection, or
// after the informational responses there.
type statusLine struct {
	to   io.Writer // the connection, or the statusLine of a Writer around that of this one
	of   *Writer
	seen []byte
	done bool
}

const (
	statusLineLength = len("HTTP/1.1 101")
	mostSeen         = 16 << 10 // bytes of an informational response
)

// Write writes b to the connection.
func (s *statusLine) Write(b []byte) (int, error) {
	if !s.done {
		s.seen = append(s.seen, b...)
		s.read()
	}
	return s.to.Write(b)
}

func (s *statusLine) read() {
	for len(s.seen) >= statusLineLength {
		status, err := strconv.Atoi(string(s.seen[len("HTTP/1.1 "):statusLineLength]))
		if err != nil || !bytes.HasPrefix(s.seen, []byte("HTTP/1.")) {
			break
		}
		if final(status, s.of.request) {
			s.of.tell(0, status)
			break
		}
		_, rest, ended := bytes.Cut(s.seen, []byte("\r\n\r\n"))
		if !ended && len(s.seen) > mostSeen {
			break
		} else if !ended {
			return // until more of it comes
		}
		s.seen = rest
	}
	if s.done = len(s.seen) >= statusLineLength; s.done {
		s.seen = nil
	}
}

// ReadFrom is for a bufio.Writer that copies a file.
func (s *statusLine) ReadFrom(src io.Reader) (int64, error) {
	if !s.done {
		return io.Copy(struct{ io.Writer }{s}, src)
	}
	return io.Copy(s.to, src)
}
