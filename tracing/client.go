package tracing

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"runtime"
	"sync"
	"time"

	"go.opencensus.io/trace"

	"example.com/tracelab/tracing/propagation"
)

// Transport gives each request that it sends a CLIENT span, and sends the
// headers that carry the trace: B3 and W3C traceparent. Before Start and after
// Shutdown it only sends.
type Transport struct {
	// Base sends the request; nil is http.DefaultTransport.
	Base http.RoundTripper
	// Peer names the service that is called, for the span's remoteEndpoint;
	// nil, or an empty answer, is the host of the URL.
	Peer func(*http.Request) string
	// Propagation says what requests carry; the zero value is propagation.All. Use
	// NoBaggage for other people's servers, and None for those that must not learn
	// of the trace: it removes also the headers that a request comes with. The
	// CLIENT span is made all the same; what the server does is then not in its
	// trace.
	Propagation propagation.Policy
	// Connections has spans tell of their connections: the tag "connection" says
	// new or reused; annotations say when a name was looked up, when a new one was
	// dialled, connected and secured, and when the answer's first byte came.
	Connections bool
}

// RoundTrip ends its span when the body has been read to the end or closed, or
// is found to have been forgotten.
// The span is named after the method; a client that knows the route it calls
// says so in the request's Pattern, which then is the name, as in the server.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	tracer := active.Load()
	if tracer == nil {
		return t.base().RoundTrip(r)
	}
	s := &span{}
	var parent trace.SpanContext
	if p := tracer.FromContext(r.Context()); p != nil {
		parent = p.SpanContext()
	}
	name := r.Method
	if r.Pattern != "" {
		name = r.Pattern
	}
	tracer.start(s, r.Context(), name, parent, false, trace.StartOptions{SpanKind: trace.SpanKindClient})
	s.record(func(rec *recording) {
		rec.peer = t.peer(r)
		rec.set("http.method", r.Method)
		if r.Pattern != "" { // the path may hold what is nobody's business
			rec.set("http.route", r.Pattern)
		} else {
			rec.set("http.url", SafeURL(r.URL))
		}
	})
	resp, err := t.base().RoundTrip(t.outgoing(r, s))
	if err != nil {
		SetError(&s.public, cause(r.Context(), err))
		s.End()
		return resp, err
	}
	s.record(func(rec *recording) { rec.httpStatus(resp.StatusCode) })
	resp.Body = endWithBody(resp.Body, s)
	return resp, nil
}

// cause is err, or the end of ctx that it comes from. A Client with a Timeout
// takes a request back in two ways at once, and where the older one wins, the
// error says only that the request was cancelled.
func cause(ctx context.Context, err error) error {
	if errorCode(err) != trace.StatusCodeUnknown {
		return err
	}
	end := ctx.Err()
	if until, ok := ctx.Deadline(); ok && end == nil && !time.Now().Before(until) {
		end = context.DeadlineExceeded
	}
	if end == nil {
		return err
	}
	return fmt.Errorf("%w (%w)", end, err)
}

// CloseIdleConnections lets go of those that Base keeps; http.Client's method of
// the name asks for it.
func (t *Transport) CloseIdleConnections() {
	if keeper, ok := t.base().(interface{ CloseIdleConnections() }); ok {
		keeper.CloseIdleConnections()
	}
}

// outgoing is r with the headers for the next process; r itself is the caller's.
func (t *Transport) outgoing(r *http.Request, s *span) *http.Request {
	var ctx context.Context = s
	if t.Connections && s.IsRecordingEvents() {
		ctx = httptrace.WithClientTrace(s, (&connection{span: s}).trace())
	}
	out := r.Clone(ctx)
	t.Propagation.Inject(s.Context, s.sc, out.Header)
	return out
}

func (t *Transport) base() http.RoundTripper {
	if t.Base != nil {
		return t.Base
	}
	return http.DefaultTransport
}

func (t *Transport) peer(r *http.Request) string {
	if t.Peer != nil {
		if peer := t.Peer(r); peer != "" {
			return peer
		}
	}
	return r.URL.Hostname()
}

// body ends a client's span with the answer's body.
type body struct {
	io.ReadCloser
	span    *span
	once    sync.Once
	forgot  runtime.Cleanup
	watched bool
}

// endWithBody keeps the Writer of an upgraded connection, which callers look for.
func endWithBody(rc io.ReadCloser, s *span) io.ReadCloser {
	if rc == http.NoBody {
		s.End()
		return rc
	}
	b := &body{ReadCloser: rc, span: s}
	if s.IsRecordingEvents() {
		// A body that nobody reads or closes would hold its span for ever.
		b.forgot, b.watched = runtime.AddCleanup(b, endForgotten, s), true
	}
	if w, ok := rc.(io.Writer); ok {
		return struct {
			*body
			io.Writer
		}{b, w}
	}
	return b
}

func endForgotten(s *span) {
	s.Annotate(nil, "the answer's body was neither read to its end nor closed")
	s.End()
}

func (b *body) end(err error) {
	b.once.Do(func() {
		if b.watched {
			b.forgot.Stop()
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
