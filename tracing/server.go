package tracing

import (
	"bufio"
	"cmp"
	"io"
	"net"
	"net/http"
	"strconv"

	"go.opencensus.io/trace"

	"example.com/tracelab/tracing/propagation"
)

// headerResponse is of https://www.w3.org/TR/trace-context-2/.
const headerResponse = "Traceresponse"

// Handler gives each request a SERVER span, whose parent is the caller's span
// if the headers name one, and answers with the header traceresponse: once, with
// its own, whatever a handler or a server behind it writes there. It
// accepts B3 (single and multiple headers) and W3C traceparent, in this order,
// and keeps the caller's baggage for what Transport sends. Before Start and
// after Shutdown requests pass untouched.
//
// A span of this process that the request's context has outweighs the headers, as
// where a program calls its own handler. A request that comes through several
// Handlers has one span.
//
// The span is named after its route: the pattern by which an http.ServeMux
// below chose the handler, or the bare method where none did. A status of 500
// or more is an error; what a client did wrong is not. The span's status is set
// when the header is written, so a handler may say more by setting it
// afterwards.
func Handler(next http.Handler) http.Handler {
	router, _ := next.(interface {
		Handler(*http.Request) (http.Handler, string)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := active.Load()
		if t == nil {
			next.ServeHTTP(w, r)
			return
		}
		local := t.localParent(r.Context())
		if local != nil {
			if s := spanOf(r); s != nil {
				s.again(next, w, r)
				return
			}
		}
		// The mux sets the pattern while it serves, which is too late for what depends
		// on it at the start of the span, and free for all else.
		name := r.Method
		if router != nil && t.needsRoute() {
			if _, pattern := router.Handler(r); pattern != "" {
				name = pattern
			}
		}
		x := t.startServer(w, r, name, local)
		defer x.end()
		next.ServeHTTP(x, x.request)
		x.returned = true
	})
}

// exchange is one request and its answer under a span: all that the middleware
// needs, in one allocation. It is the http.ResponseWriter of the handler.
type exchange struct {
	http.ResponseWriter
	span     span
	request  *http.Request // the handler's
	response [1]string     // the header traceresponse
	status   int
	hijacked bool
	returned bool
}

func (t *tracer) startServer(w http.ResponseWriter, r *http.Request, name string, local *trace.Span) *exchange {
	x := &exchange{ResponseWriter: w}
	ctx, carried := propagation.ExtractBaggage(r.Context(), r.Header)
	parent, readable := propagation.Extract(r.Header)
	if !readable || !carried {
		t.badHeaders.Add(1)
	}
	remote, kind := true, trace.SpanKindServer
	if local != nil {
		parent, remote, kind = local.SpanContext(), false, nestedKind(local)
	}
	x.span.header = r.Header
	t.start(&x.span, ctx, name, parent, remote, trace.StartOptions{SpanKind: kind})
	if x.span.rec != nil && kind == trace.SpanKindServer {
		x.span.rec.peerAt = addressed(callerOf(r, t.proxies))
	}
	x.response[0] = propagation.FormatTraceparent(x.span.sc)
	x.respond()
	x.request = r.WithContext(&x.span)
	return x
}

// Unwrap lets an http.ResponseController reach the server's own writer.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// respond sets the header traceresponse, which names the span of this process.
// A proxy adds that of the server behind it, or clears all headers after a 1xx:
// so it is set again whenever headers are sent.
func (x *exchange) respond() { x.ResponseWriter.Header()[headerResponse] = x.response[:] }

// Header returns the headers of the answer. After Hijack the handler writes them
// itself, so they are right each time that it looks.
func (x *exchange) Header() http.Header {
	if x.hijacked {
		x.respond()
	}
	return x.ResponseWriter.Header()
}

// WriteHeader notes the final status; 1xx come before it, but for a switch of
// protocols.
func (x *exchange) WriteHeader(status int) {
	if x.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		x.setStatus(status)
	} else {
		x.respond()
	}
	x.ResponseWriter.WriteHeader(status)
}

// Write sends the header, if need be as a 200.
func (x *exchange) Write(b []byte) (int, error) {
	if x.status == 0 {
		x.setStatus(http.StatusOK)
	}
	return x.ResponseWriter.Write(b)
}

// Flush sends what there is, if need be a 200.
func (x *exchange) Flush() {
	if x.status == 0 {
		x.setStatus(http.StatusOK)
	}
	http.NewResponseController(x.ResponseWriter).Flush()
}

// ReadFrom lets the server copy a file without passing its bytes through here.
func (x *exchange) ReadFrom(src io.Reader) (int64, error) {
	if x.status == 0 {
		x.setStatus(http.StatusOK)
	}
	return io.Copy(x.ResponseWriter, src)
}

// Hijack is for handlers that use http.Hijacker and not a ResponseController. The
// span ends when the handler returns.
func (x *exchange) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(x.ResponseWriter).Hijack()
	x.hijacked = err == nil
	if err == nil && x.status == 0 {
		x.setStatus(http.StatusSwitchingProtocols)
	}
	return conn, rw, err
}

func (x *exchange) setStatus(status int) {
	x.respond()
	x.status = status
	x.span.record(func(r *recording) { r.httpStatus(status) })
}

// end runs when the handler has returned or panicked.
func (x *exchange) end() {
	if x.status == 0 && x.returned {
		x.setStatus(http.StatusOK)
	}
	x.span.record(func(rec *recording) {
		if !x.returned { // net/http drops the connection
			rec.status = trace.Status{Code: trace.StatusCodeInternal, Message: "the handler panicked"}
		} else if err := x.span.Context.Err(); err != nil && rec.status.Code == 0 {
			rec.status = trace.Status{Code: errorCode(err), Message: "the caller has gone"}
		}
		rec.set("http.method", x.request.Method)
		pattern := x.request.Pattern
		if inner, ok := rec.tag("http.route"); ok {
			pattern = inner
		}
		if pattern == "" && rec.name != x.request.Method {
			pattern = rec.name
		}
		if pattern == "" {
			rec.set("http.path", cmp.Or(x.request.URL.Path, "/"))
			return
		}
		if rec.name == x.request.Method {
			rec.name = pattern
		}
		rec.set("http.route", pattern)
	})
	x.span.End()
}

// httpStatus keeps the number, and calls 500 and more an error. The caller's
// 404 of a probe must not paint a trace red.
func (r *recording) httpStatus(status int) {
	r.set("http.status_code", statusText(status))
	if status >= 500 {
		r.status = trace.Status{Code: spanCode(status), Message: http.StatusText(status)}
	}
}

// statusText is the number without an allocation for the usual ones.
func statusText(status int) string {
	switch status {
	case 200:
		return "200"
	case 404:
		return "404"
	case 500:
		return "500"
	}
	return strconv.Itoa(status)
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
