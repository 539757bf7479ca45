package tracing

import (
	"io"
	"net/http"
	"runtime"
	"sync"
)

// body ends a client's span with the answer's body.
type body struct {
	io.ReadCloser
	span        *span
	once        sync.Once
	unreachable runtime.Cleanup
	watched     bool
}

// endWithBody keeps the Writer of an upgraded connection, which callers look for.
func endWithBody(rc io.ReadCloser, s *span) io.ReadCloser {
	if rc == http.NoBody {
		s.End()
		return rc
	}
	b := &body{ReadCloser: rc, span: s}
	if s.IsRecordingEvents() {
		// The span of a body that is neither read nor closed would never end.
		b.unreachable, b.watched = runtime.AddCleanup(b, endUnreachable, s), true
	}
	if w, ok := rc.(io.Writer); ok {
		return struct {
			*body
			io.Writer
		}{b, w}
	}
	return b
}

func endUnreachable(s *span) {
	s.Annotate(nil, "the answer's body was neither read to its end nor closed")
	s.End()
}

func (b *body) end(err error) {
	b.once.Do(func() {
		if b.watched {
			b.unreachable.Stop()
		}
		if err != nil && err != io.EOF {
			SetError(&b.span.public, cause(b.span.Context, err))
		}
		b.span.End()
	})
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.end(err)
	}
	return n, err
}

func (b *body) Close() error {
	err := b.ReadCloser.Close()
	b.end(nil)
	return err
}
