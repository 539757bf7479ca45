package tracing

import (
	"crypto/rand"
	"io"
	"net/http"
	"sync"

	"go.opencensus.io/trace"
)

// Handler gives each request a SERVER span, whose parent is the caller's span
// if the headers name one, and answers with the header traceresponse.
//
// The span is named after the route: when next is a ServeMux, or anything else
// that can tell a request's pattern before serving it, the name is that
// pattern, otherwise the bare method. A status of 500 or more is an error; what
// a client did wrong is not. The span's status is set when the header is
// written, so a handler may say more by setting it afterwards.
func Handler(next http.Handler) http.Handler {
	router, _ := next.(interface {
		Handler(*http.Request) (http.Handler, string)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var pattern string
		if router != nil {
			_, pattern = router.Handler(r)
		}
		r, span := startServer(r, pattern)
		w.Header()[headerResponse] = []string{traceparent(span.SpanContext())}
		tw := &responseWriter{ResponseWriter: w, span: span}
		defer tw.end()
		next.ServeHTTP(tw, r)
		tw.returned = true
	})
}

func startServer(r *http.Request, pattern string) (*http.Request, *trace.Span) {
	name := pattern
	if name == "" {
		name = r.Method
	}
	kind := trace.WithSpanKind(trace.SpanKindServer)
	ctx, in := r.Context(), extract(r.Header)
	var span *trace.Span
	if in == (incoming{}) {
		ctx, span = trace.StartSpan(ctx, name, kind)
	} else {
		// A decision without ids is a parent without a span: the new span is a root
		// in a trace of its own, and the decision travels on.
		if in.TraceID == (trace.TraceID{}) {
			rand.Read(in.TraceID[:])
		}
		ctx, span = trace.StartSpanWithRemoteParent(ctx, name, in, kind)
	}
	if span.IsRecordingEvents() {
		span.AddAttributes(trace.StringAttribute("http.method", r.Method), place(pattern, "http.path", r.URL.Path))
	}
	return r.WithContext(ctx), span
}

// place is where a request went: its route, or, where none is known, what tag
// is otherwise. A route does not hold what a caller put into the path.
func place(pattern, tag, otherwise string) trace.Attribute {
	if pattern != "" {
		return trace.StringAttribute("http.route", pattern)
	}
	return trace.StringAttribute(tag, otherwise)
}

// responseWriter notes the status of an answer.
type responseWriter struct {
	http.ResponseWriter
	span     *trace.Span
	status   int
	returned bool
}

// Unwrap lets an http.ResponseController reach the server's own writer.
func (w *responseWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *responseWriter) WriteHeader(status int) {
	if w.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		w.setStatus(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *responseWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.setStatus(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}

// Flush sends the header, if need be as a 200.
func (w *responseWriter) Flush() {
	if w.status == 0 {
		w.setStatus(http.StatusOK)
	}
	http.NewResponseController(w.ResponseWriter).Flush()
}

func (w *responseWriter) setStatus(status int) {
	w.status = status
	setHTTPStatus(w.span, status)
}

func (w *responseWriter) end() {
	switch {
	case !w.returned: // net/http will drop the connection
		w.span.SetStatus(trace.Status{Code: trace.StatusCodeInternal, Message: "the handler panicked"})
	case w.status == 0:
		w.setStatus(http.StatusOK)
	}
	w.span.End()
}

// setHTTPStatus keeps the number, and calls 500 and more an error. The
// caller's 404 of a probe must not paint a trace red.
func setHTTPStatus(span *trace.Span, status int) {
	span.AddAttributes(trace.Int64Attribute("http.status_code", int64(status)))
	if status >= 500 {
		span.SetStatus(trace.Status{Code: spanCode(status), Message: http.StatusText(status)})
	}
}

func spanCode(status int) int32 {
	switch status {
	case http.StatusInternalServerError:
		return trace.StatusCodeInternal
	case http.StatusNotImplemented:
		return trace.StatusCodeUnimplemented
	case http.StatusBadGateway, http.StatusServiceUnavailable:
		return trace.StatusCodeUnavailable
	case http.StatusGatewayTimeout:
		return trace.StatusCodeDeadlineExceeded
	}
	return trace.StatusCodeUnknown
}

// Transport gives each request that it sends a CLIENT span and the headers
// that carry the trace.
type Transport struct {
	// Base sends the request; nil is http.DefaultTransport.
	Base http.RoundTripper
	// Peer names the service that is called, for the span's remoteEndpoint;
	// nil, or an empty answer, is the host of the URL.
	Peer func(*http.Request) string
}

// RoundTrip ends its span when the body has been read to the end or closed.
// The span is named after the method; a client that knows the route it calls
// says so in the request's Pattern, which then is the name, as in the server.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	name := r.Method
	if r.Pattern != "" {
		name = r.Pattern
	}
	ctx, span := trace.StartSpan(r.Context(), name, trace.WithSpanKind(trace.SpanKindClient))
	if span.IsRecordingEvents() {
		span.AddAttributes(Peer(t.peer(r)), trace.StringAttribute("http.method", r.Method), place(r.Pattern, "http.url", SafeURL(r.URL)))
	}
	r = r.Clone(ctx)
	inject(span.SpanContext(), r.Header)
	resp, err := t.base().RoundTrip(r)
	if err != nil {
		Fail(span, err)
		span.End()
		return resp, err
	}
	setHTTPStatus(span, resp.StatusCode)
	resp.Body = endWithBody(resp.Body, span)
	return resp, nil
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
	span *trace.Span
	once sync.Once
}

// endWithBody keeps the Writer of an upgraded connection, which callers look for.
func endWithBody(rc io.ReadCloser, span *trace.Span) io.ReadCloser {
	b := &body{ReadCloser: rc, span: span}
	if w, ok := rc.(io.Writer); ok {
		return struct {
			*body
			io.Writer
		}{b, w}
	}
	return b
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.once.Do(func() {
			if err != io.EOF {
				Fail(b.span, err)
			}
			b.span.End()
		})
	}
	return n, err
}

func (b *body) Close() error {
	err := b.ReadCloser.Close()
	b.once.Do(b.span.End)
	return err
}
