package tracing

import (
	"context"
	"net/http"
	"reflect"

	"go.opencensus.io/trace"
)

// requestKey finds, in a context, the nearest span of a request: that of a Handler.
type requestKey struct{}

// localParent is the span of this process in a request's context, or nil: a
// program calls its own handler, or other instrumentation is around ours. It
// outweighs the headers, which may name the same caller once more.
//
// A span that began before the request's connection does not count. It comes from
// http.Server.BaseContext, as that of main may, and has no part in the request.
func (t *tracer) localParent(ctx context.Context) *trace.Span {
	parent := t.FromContext(ctx)
	if parent == nil {
		return nil
	}
	s, ours := parent.Internal().(*span)
	if ours && ctx.Value(http.LocalAddrContextKey) != nil && s.Context.Value(http.LocalAddrContextKey) == nil {
		return nil
	}
	return parent
}

// spanOf is the span that a Handler gave to r already, or nil. Requests are the
// same where they share their headers: a handler may have copied the rest.
func spanOf(r *http.Request) *span {
	s, _ := r.Context().Value(requestKey{}).(*span)
	if s == nil || reflect.ValueOf(s.header).Pointer() != reflect.ValueOf(r.Header).Pointer() {
		return nil
	}
	return s
}

// nestedKind is the kind of a request's span below parent. A second SERVER span
// in a row would say that the service called itself.
func nestedKind(parent *trace.Span) int {
	kind := trace.SpanKindServer
	if s, ours := parent.Internal().(*span); ours {
		s.record(func(r *recording) {
			if r.kind == trace.SpanKindServer {
				kind = trace.SpanKindUnspecified
			}
		})
	}
	return kind
}

// again serves a request that has a span of a Handler further out. What the mux
// below chose is the route; the innermost knows most.
func (s *span) again(next http.Handler, w http.ResponseWriter, r *http.Request) {
	next.ServeHTTP(w, r)
	s.record(func(rec *recording) {
		if _, known := rec.tag("http.route"); r.Pattern != "" && !known {
			rec.set("http.route", r.Pattern)
		}
	})
}
