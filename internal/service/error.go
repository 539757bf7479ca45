package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"go.opencensus.io/trace"
)

// Code is the kind of a failure that a caller can act on. The same code
// chooses the HTTP status and marks the span.
type Code string

// The codes. All else is Internal: logged, and hidden from the caller.
const (
	Invalid      Code = "invalid"      // the request is wrong: see Error.Field
	Unauthorized Code = "unauthorized" // the caller does not show the secret that is wanted
	Forbidden    Code = "forbidden"    // the service is not set to do this
	NotFound     Code = "not_found"    // there is no such thing
	NotAllowed   Code = "not_allowed"  // the path has no such method
	TooLarge     Code = "too_large"    // the request is larger than its bound
	Unavailable  Code = "unavailable"  // a dependency is down: try again later
	Unreachable  Code = "unreachable"  // another service gave no usable answer
	Timeout      Code = "timeout"      // another service gave no answer in time
	Internal     Code = "internal"     // a defect of this service
	Canceled     Code = "canceled"     // the caller has gone
	Busy         Code = "backpressure" // a bounded queue is full: try again later
)

// status maps each code to what HTTP and the span say.
var status = map[Code]struct {
	http int
	span int32
}{
	Invalid:      {http.StatusBadRequest, trace.StatusCodeInvalidArgument},
	Unauthorized: {http.StatusUnauthorized, trace.StatusCodeUnauthenticated},
	Forbidden:    {http.StatusForbidden, trace.StatusCodePermissionDenied},
	NotFound:     {http.StatusNotFound, trace.StatusCodeNotFound},
	NotAllowed:   {http.StatusMethodNotAllowed, trace.StatusCodeUnimplemented},
	TooLarge:     {http.StatusRequestEntityTooLarge, trace.StatusCodeInvalidArgument},
	Unavailable:  {http.StatusServiceUnavailable, trace.StatusCodeUnavailable},
	Unreachable:  {http.StatusBadGateway, trace.StatusCodeUnavailable},
	Timeout:      {http.StatusGatewayTimeout, trace.StatusCodeDeadlineExceeded},
	Internal:     {http.StatusInternalServerError, trace.StatusCodeInternal},
	Canceled:     {statusClientGone, trace.StatusCodeCancelled},
	Busy:         {http.StatusServiceUnavailable, trace.StatusCodeResourceExhausted},
}

// Error is a failure that is told to the caller.
type Error struct {
	Code    Code
	Field   string // the parameter that is wrong
	Service string // the dependency that failed
	Detail  string // one sentence: the thing, the value, what to do
	Err     error  // the cause, for the log only
	Visits  any    // what was done before the failure, told with it
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Detail + ": " + e.Err.Error()
	}
	return e.Detail
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// InvalidField says what is wrong with a parameter.
func InvalidField(field, format string, args ...any) *Error {
	return &Error{Code: Invalid, Field: field, Detail: fmt.Sprintf(format, args...)}
}

// Failed says that a dependency did not do its part, by what err is.
func Failed(dependency string, otherwise Code, err error) *Error {
	e := &Error{Code: otherwise, Service: dependency, Err: err, Detail: dependency + " does not answer"}
	switch {
	case errors.Is(err, context.Canceled):
		e.Code, e.Detail = Canceled, "the caller has gone"
	case isTimeout(err):
		if otherwise == Unreachable {
			e.Code = Timeout
		}
		e.Detail = dependency + " did not answer in time"
	}
	return e
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &t) && t.Timeout()
}

// AsError returns the Error in err's chain, or an Internal one that hides err.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: Internal, Detail: "an internal error; the log has it under this trace id", Err: err}
}

// Problem is the body of every error answer (RFC 9457).
type Problem struct {
	Type    string `json:"type"`
	Title   string `json:"title"`
	Status  int    `json:"status"`
	Detail  string `json:"detail"`
	Code    Code   `json:"code"`
	Field   string `json:"field,omitempty"`
	Service string `json:"service,omitempty"`
	TraceID string `json:"traceId,omitempty"`
	// TraceURL shows the trace, where the service knows of a UI.
	TraceURL string `json:"traceUrl,omitempty"`
	Visits   any    `json:"visits,omitempty"`
}

const problemType = "application/problem+json"

// WriteError answers with a problem document for err, marks the span, and logs
// what is not the caller's doing.
func WriteError(w http.ResponseWriter, r *http.Request, err error) { writeError(w, r, err, nil) }

// traceURL is the page of a request's trace.
type traceURL func(r *http.Request, span trace.SpanContext) string

func writeError(w http.ResponseWriter, r *http.Request, err error, page traceURL) {
	e := AsError(err)
	s := status[e.Code]
	p := Problem{Type: "about:blank", Title: http.StatusText(s.http), Status: s.http, Detail: e.Detail,
		Code: e.Code, Field: e.Field, Service: e.Service, Visits: e.Visits}
	if s.http == statusClientGone {
		p.Title = "Client Closed Request"
	}
	span := trace.FromContext(r.Context())
	if span != nil {
		sc := span.SpanContext()
		p.TraceID = sc.TraceID.String()
		if page != nil {
			p.TraceURL = page(r, sc)
		}
	}
	w.Header().Set("Content-Type", problemType)
	writeJSON(w, s.http, p)
	Mark(span, e)
	switch {
	case e.Code == Canceled:
	case s.http >= 500:
		slog.ErrorContext(r.Context(), "request failed", "route", route(r), "status", s.http, "err", e)
	default:
		slog.DebugContext(r.Context(), "request refused", "route", route(r), "status", s.http, "err", e)
	}
}

// route is where a request went, without what the caller put into the path.
func route(r *http.Request) string {
	if r.Pattern != "" {
		return r.Pattern
	}
	return r.Method + " " + r.URL.Path
}

// statusClientGone is what nobody reads any more; the log and the span do.
const statusClientGone = 499

// Mark gives a span the status of err. What a caller did wrong marks nothing:
// it is not the service that failed.
func Mark(span *trace.Span, err error) {
	e := AsError(err)
	if span == nil || status[e.Code].http < statusClientGone {
		return
	}
	span.SetStatus(trace.Status{Code: status[e.Code].span, Message: e.Detail})
	if e.Service != "" {
		span.AddAttributes(trace.StringAttribute("error.service", e.Service))
	}
}

// WriteJSON answers 200 with v.
func WriteJSON(w http.ResponseWriter, v any) { WriteJSONStatus(w, http.StatusOK, v) }

// WriteJSONStatus answers with v and a status.
func WriteJSONStatus(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	writeJSON(w, status, v)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false) // URLs stay readable in a terminal
	enc.SetIndent("", "  ")
	enc.Encode(v)
}
