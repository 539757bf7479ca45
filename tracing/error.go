package tracing

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"

	"go.opencensus.io/trace"

	"example.com/tracelab/redact"
)

// SetError gives a span the status of err. A deadline and a cancellation have
// codes of their own, so that a trace shows who gave up. A nil err leaves the
// status as it is; a nil span, as one that is not recorded, takes none.
//
// The span has the text of err, with every URL in it redacted. What else the text
// repeats, as errors of databases repeat values, is reported as it is.
func SetError(span *trace.Span, err error) {
	if err == nil || !span.IsRecordingEvents() {
		return
	}
	span.SetStatus(trace.Status{Code: errorCode(err), Message: safeMessage(err)})
}

func errorCode(err error) int32 {
	var timeout net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return trace.StatusCodeCancelled
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		return trace.StatusCodeDeadlineExceeded
	}
	return trace.StatusCodeUnknown
}

// safeMessage leaves out the URL that net/http puts before an error, and what may be
// secret in any other.
func safeMessage(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return redact.Error(err).Error()
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
