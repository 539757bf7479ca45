package tracing

import (
	"io"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
)

// body ends a client's span with the answer's body.
type body struct {
	io.ReadCloser
	span        *span
	once        sync.Once
	closed      atomic.Bool
	unreachable runtime.Cleanup
	watched     bool
}

func endWithBody(rc io.ReadCloser, s *span) io.ReadCloser {
	if rc == http.NoBody || rc == nil {
		s.End()
		return rc
	}
	b := &body{ReadCloser: rc, span: s}
	if s.IsRecordingEvents() {
		// The span of a body that is neither read nor closed would never end.
		b.unreachable, b.watched = runtime.AddCleanup(b, endUnreachable, s), true
	}
	return b.view()
}

func endUnreachable(s *span) {
	s.Annotate(nil, "the answer's body was neither read to its end nor closed")
	s.End()
}

// end ends the span. What a read returns once the caller has closed the body is not
// an error of the call: it fails only if its context had ended by then. A proxy whose
// caller has left closes the body or reads an error from it, whichever comes first.
func (b *body) end(err error) {
	b.once.Do(func() {
		if b.watched {
			b.unreachable.Stop()
		}
		if b.closed.Load() {
			err = b.span.Context.Err()
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
	b.closed.Store(true)
	err := b.ReadCloser.Close()
	b.end(nil)
	return err
}
