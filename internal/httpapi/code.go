package httpapi

import (
	"net/http"

	"go.opencensus.io/trace"
)

// Code is the kind of a failure that a caller can act on. The same code
// chooses the HTTP status and the status of the span.
type Code string

// The codes. All else is Internal: logged, and hidden from the caller.
const (
	Invalid      Code = "invalid"      // the request is wrong: see Error.Field
	Unauthorized Code = "unauthorized" // the caller does not show the secret that is needed
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

// statusClientGone is for a caller that has gone and reads no answer: only the
// log and the span show it.
const statusClientGone = 499

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

// HTTPStatus is the status of an answer with the code; 0 for a code that is
// none of ours.
func (c Code) HTTPStatus() int { return status[c].http }
