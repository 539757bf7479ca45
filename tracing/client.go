package tracing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"slices"
	"time"

	"go.opencensus.io/trace"

	"example.com/tracelab/tracing/propagation"
)

// Transport gives each request that it sends a CLIENT span, and sends the
// headers that carry the trace: B3, and W3C traceparent with tracestate. Before Start and after
// Shutdown it only sends.
type Transport struct {
	// Base sends the request; nil is http.DefaultTransport.
	Base http.RoundTripper
	// Peer names the service that is called, for the span's remoteEndpoint;
	// nil, or an empty answer, is the host of the URL. An IP address there names no
	// service: it is the address of the remoteEndpoint, with the port.
	Peer func(*http.Request) string
	// Propagation says what requests carry; the zero value is propagation.All. Use
	// NoBaggage for other people's servers, and None for those that must not learn
	// of the trace: it removes also the headers that a request comes with. The
	// CLIENT span is made all the same; what the server does is then not in its
	// trace.
	Propagation propagation.Policy
	// Connections adds to a span how its request got a connection: the tag
	// "connection" is new or reused; annotations mark when a name was looked up, when
	// a new connection was dialled, connected and secured, and when the response's
	// first byte came.
	Connections bool
}

// RoundTrip sends a request under a CLIENT span. The span ends when the body of
// the response has been read to its end or closed, or is garbage-collected unread.
//
// The span is named after the method. A client that knows the route it calls
// sets the request's Pattern, which then is in the name, as in the server; a request
// that a proxy hands on has the Pattern of the proxy's route.
//
// The span's tags are http.method, http.status_code and http.route, or without
// a Pattern http.url, as SafeURL writes it: set the Pattern where a path holds what must
// not be stored. It is an error if no
// response comes, one with a status of 500 or more, or one whose body cannot be read
// or is closed, before its end, once the context of the request has ended.
//
// The body of the response has the methods Write, CloseWrite, WriteTo and ReadFrom if it
// has them without Transport, and no others.
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
	method := cmp.Or(r.Method, http.MethodGet)
	name := method
	if r.Pattern != "" {
		name = spanName(method, r.Pattern)
	}
	tracer.start(s, r.Context(), name, parent, false, trace.StartOptions{SpanKind: trace.SpanKindClient})
	returned := false
	defer s.endUnless(&returned)
	s.record(func(rec *recording) { t.describe(rec, r, method) })
	out := t.outgoing(r, s)
	resp, err := t.base().RoundTrip(out)
	returned = true
	if err != nil {
		SetError(&s.public, cause(r.Context(), err))
		s.End()
		return resp, err
	}
	return answered(s, resp, out, r), nil
}

// endUnless ends the span of a call whose RoundTripper, or Peer, panicked or ended its
// goroutine. Nobody else would.
func (s *span) endUnless(returned *bool) {
	if !*returned {
		s.SetStatus(trace.Status{Code: trace.StatusCodeInternal, Message: "sending the request panicked"})
		s.End()
	}
}

// describe notes what is known before the request is sent. A request without a URL
// is left to Base, whose error says so.
func (t *Transport) describe(rec *recording, r *http.Request, method string) {
	rec.set("http.method", method)
	if r.URL == nil {
		return
	}
	service, at := t.peer(r)
	rec.peer, rec.peerAt = truncate(service), at
	if r.Pattern != "" { // the path may hold what must not be stored
		rec.set("http.route", r.Pattern)
	} else {
		rec.set("http.url", SafeURL(r.URL))
	}
}

// answered returns the response that Base gave, with r as its request.
func answered(s *span, resp *http.Response, out, r *http.Request) *http.Response {
	if resp == nil { // which a RoundTripper must not do, and http.Client reports
		SetError(&s.public, errors.New("the RoundTripper returned neither a response nor an error"))
		s.End()
		return nil
	}
	s.record(func(rec *recording) { rec.httpStatus(resp.StatusCode) })
	if resp.Request == out {
		resp.Request = r
	}
	resp.Body = endWithBody(resp.Body, s)
	return resp
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

// CloseIdleConnections closes those of Base. http.Client.CloseIdleConnections
// calls it.
func (t *Transport) CloseIdleConnections() {
	if keeper, ok := t.base().(interface{ CloseIdleConnections() }); ok {
		keeper.CloseIdleConnections()
	}
}

// outgoing is r with the headers for the next process; r itself is the caller's,
// and so are its trailers, which it may set until its body has been read.
func (t *Transport) outgoing(r *http.Request, s *span) *http.Request {
	var ctx context.Context = s
	if t.Connections && s.IsRecordingEvents() {
		ctx = httptrace.WithClientTrace(s, (&connection{span: s}).trace())
	}
	out := r.WithContext(ctx)
	if r.Header != nil { // without one, net/http returns an error
		out.Header = copied(r.Header)
		t.Propagation.Inject(s.Context, s.sc, out.Header)
	}
	return out
}

// copied is h for others to add to and to replace in, with room for what carries a trace.
// Its lines are the caller's, as long as the request is.
func copied(h http.Header) http.Header {
	const carrying = 4 // headers, usually
	c := make(http.Header, len(h)+carrying)
	for name, lines := range h {
		c[name] = slices.Clip(lines) // what is appended is copied
	}
	return c
}

func (t *Transport) base() http.RoundTripper {
	if t.Base != nil {
		return t.Base
	}
	return http.DefaultTransport
}

// peer is who is called: a service, an address or both.
func (t *Transport) peer(r *http.Request) (service string, at netip.AddrPort) {
	host := r.URL.Hostname()
	at = addressOf(r.URL)
	if t.Peer != nil {
		service = t.Peer(r)
	}
	if service == "" {
		service = host
	}
	if service == host && at.IsValid() {
		service = ""
	}
	return service, at
}
