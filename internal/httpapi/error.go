// Package httpapi is how an HTTP API of the workshop is made: a table of routes
// whose handlers return an error, one type of error that becomes a problem
// document (RFC 9457) and the status of the span, health checks, and metrics of
// the requests.
package httpapi

import (
	"context"
	"errors"
	"fmt"

	"go.opencensus.io/trace"
)

// Error is a failure that the answer describes.
type Error struct {
	Code    Code
	Field   string // the parameter that is wrong
	Service string // the dependency that failed
	Detail  string // one sentence: the thing, the value, what to do
	Err     error  // the cause, for the log only; nil where Detail says everything

	// Extensions are further members of the problem document, by name, such as
	// what was done before the failure. Their names are unlike those of Problem's own.
	Extensions map[string]any
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

// Failed says that a dependency did not do its part. The code is Canceled or
// Timeout where err says so, and otherwise the one given.
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

// Mark gives a span the status of err. What a caller did wrong marks nothing:
// it is not the service that failed.
func Mark(span *trace.Span, err error) {
	e := AsError(err)
	if span == nil || e.Code.HTTPStatus() < statusClientGone {
		return
	}
	span.SetStatus(trace.Status{Code: status[e.Code].span, Message: e.Detail})
	if e.Service != "" {
		span.AddAttributes(trace.StringAttribute("error.service", e.Service))
	}
}
