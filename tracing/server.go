package tracing

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"go.opencensus.io/trace"

	"example.com/tracelab/tracing/propagation"
	"example.com/tracelab/tracing/responsewriter"
)

// headerResponse is of https://www.w3.org/TR/trace-context-2/.
const headerResponse = "Traceresponse"

// Handler gives each request a SERVER span, whose parent is the caller's span
// if the headers name one, and answers with the header traceresponse: once, with
// its own, whatever a handler or a server behind it writes there. It
// accepts B3 (single and multiple headers) and W3C traceparent, in this order, as
// propagation.Extract says, and keeps the caller's tracestate and baggage for what
// Transport sends. Before Start and
// after Shutdown requests pass untouched.
//
// A span of this process that the request's context has outweighs the headers, as
// where a program calls its own handler. A request that comes through several
// Handlers has one span.
//
// The span is named after its method and route: the pattern by which an
// http.ServeMux below chose the handler, or that another router sets in its request.
// Without one the span's name is the bare method. A middleware between Handler and the
// router that replaces the request, as by http.Request.WithContext, hides the pattern;
// chi's router replaces it too. So put Handler next to the router, or there a
// second time:
//
//	middleware(tracing.Handler(mux))
//	tracing.Handler(middleware(tracing.Handler(mux)))
//	router.Use(middleware, tracing.Handler) // of chi, as the last middleware
//
// The innermost pattern is the route. Within http.StripPrefix it lacks the prefix.
//
// When the span begins the route is known only where next itself is an
// http.ServeMux, or has its method Handler; elsewhere the span begins with the bare
// method as its name. What needs the route then, the rules of a Sampler by route and
// Root.Name, has that one.
//
// The span's tags are http.method, http.status_code and http.route, or http.path
// where there is no route. A query is never recorded. A status of 500
// or more is an error; what a client did wrong is not. The span's status is set
// when the header is written, so a handler may say more by setting it
// afterwards. After Hijack the response is the handler's own: its status is in the
// span if it is written through the buffer that Hijack returns, and otherwise 101
// if the request asked for an upgrade.
//
// A handler's http.ResponseWriter has the optional interfaces that it would have
// without Handler, and no others.
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
				name = spanName(r.Method, pattern)
			}
		}
		x := t.startServer(r, name, local)
		defer x.end()
		next.ServeHTTP(x.writer.Wrap(w, x.request, x), x.request)
		x.returned = true
	})
}

// exchange is one request and its answer under a span: all that the middleware
// needs, in one allocation.
type exchange struct {
	span     span
	began    string // the name that the span began with
	writer   responsewriter.Writer
	original *http.Request // the server's
	request  *http.Request // the handler's
	response [1]string     // the header traceresponse
	returned bool
}

func (t *tracer) startServer(r *http.Request, name string, local *trace.Span) *exchange {
	x := &exchange{original: r, began: name}
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
		x.span.rec.calledFrom(r, t.proxies)
	}
	x.response[0] = propagation.FormatTraceparent(x.span.sc)
	x.request = r.WithContext(&x.span)
	return x
}

// Sending sets the header traceresponse, which names the span of this process.
// A proxy adds that of the server behind it, or clears all headers after a 1xx:
// so it is set again whenever headers are sent.
func (x *exchange) Sending(header http.Header) {
	for name := range header {
		if len(name) == len(headerResponse) && name != headerResponse && strings.EqualFold(name, headerResponse) {
			delete(header, name) // of a handler that sets the map itself
		}
	}
	if header != nil { // a writer that discards all may have none
		header[headerResponse] = x.response[:]
	}
}

// Sent notes the status that the caller was sent.
func (x *exchange) Sent(status int) {
	x.span.record(func(r *recording) {
		r.httpStatus(status)
		if err := x.span.Context.Err(); err != nil && status >= 500 {
			r.status = gone(x.span.Context) // nobody waits any more for what failed
		}
	})
}

// end runs when the handler has returned or panicked.
func (x *exchange) end() {
	thrown := recover()
	if x.returned {
		x.writer.Returned()
	}
	x.span.record(func(rec *recording) {
		x.outcome(rec, thrown)
		x.route(rec)
	})
	x.giveBack()
	x.span.End()
	if thrown != nil {
		panic(thrown) // for net/http, which drops the connection
	}
}

// outcome is the span's status where the one of HTTP does not say all.
func (x *exchange) outcome(rec *recording, thrown any) {
	aborted := thrown == http.ErrAbortHandler
	switch {
	case thrown != nil && !aborted:
		rec.status = trace.Status{Code: trace.StatusCodeInternal, Message: "the handler panicked"}
	case thrown == nil && !x.returned:
		rec.status = trace.Status{Code: trace.StatusCodeInternal, Message: "the handler ended its goroutine"}
	case rec.status.Code != 0:
	case x.writer.Late():
		rec.status = trace.Status{Code: trace.StatusCodeDeadlineExceeded, Message: "the time to write the response was over"}
	case x.span.Context.Err() != nil && !x.writer.Hijacked(): // of which net/http says nothing certain
		rec.status = gone(x.span.Context)
	case aborted:
		rec.status = trace.Status{Code: trace.StatusCodeAborted, Message: "the handler aborted the response"}
	}
}

// gone is the status of a request whose context has ended.
func gone(ctx context.Context) trace.Status {
	code, cause := errorCode(ctx.Err()), context.Cause(ctx)
	switch {
	case cause != ctx.Err(): // a middleware around this one gave a reason
		return trace.Status{Code: code, Message: safeMessage(cause)}
	case code == trace.StatusCodeDeadlineExceeded:
		return trace.Status{Code: code, Message: "the time for the request was over"}
	}
	// net/http cancels alike where its own limits are over, and the caller waits for a 408.
	return trace.Status{Code: code, Message: "the request was cancelled, as when the caller has gone or the server's time to read or write is over"}
}

// route names the span and says where the request went.
func (x *exchange) route(rec *recording) {
	method := x.request.Method
	rec.set("http.method", method)
	pattern := x.request.Pattern
	if inner, ok := rec.tag("http.route"); ok {
		pattern = inner
	}
	if pattern == "" && rec.name != method {
		pattern = rec.name
	}
	if pattern == "" {
		if x.request.URL != nil { // a request made by hand may have none
			rec.set("http.path", cmp.Or(x.request.URL.Path, "/"))
		}
		return
	}
	if rec.name == x.began { // the handler gave it no other
		rec.name = spanName(method, pattern)
	}
	rec.set("http.route", pattern)
}

// spanName is a pattern with the method in front, which some patterns begin with.
func spanName(method, pattern string) string {
	if before, _, ok := strings.Cut(pattern, "/"); ok && strings.ContainsAny(before, " \t") {
		return pattern
	}
	return method + " " + pattern
}

// giveBack sets in the server's request what handlers set in theirs: the
// middlewares around this one read the pattern, and the server removes the files of
// a form. It writes only what is new, since some serve one request twice at once.
func (x *exchange) giveBack() {
	to, from := x.original, x.request
	if to.Pattern != from.Pattern {
		to.Pattern = from.Pattern
	}
	if to.Form == nil && from.Form != nil {
		to.Form, to.PostForm = from.Form, from.PostForm
	}
	if to.MultipartForm == nil && from.MultipartForm != nil {
		to.MultipartForm = from.MultipartForm
	}
}
