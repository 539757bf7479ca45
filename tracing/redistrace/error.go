package redistrace

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/redis/go-redis/v9"
	"go.opencensus.io/trace"

	"example.com/tracelab/redact"
	"example.com/tracelab/tracing"
)

// codes are the first words of Redis's own errors, of the server and of its
// cluster and Sentinels. Only these are recorded: a script may answer with any
// word, and so with one of its arguments.
var codes = map[string]bool{
	"ASK": true, "BUSY": true, "BUSYGROUP": true, "BUSYKEY": true, "CLUSTERDOWN": true, "CROSSSLOT": true,
	"DENIED": true, "ERR": true, "EXECABORT": true, "INPROG": true, "IOERR": true, "LOADING": true,
	"MASTERDOWN": true, "MISCONF": true, "MOVED": true, "NOAUTH": true, "NOGOODSLAVE": true, "NOGROUP": true,
	"NOMASTERLINK": true, "NOPERM": true, "NOPROTO": true, "NOREPLICAS": true, "NOSCRIPT": true, "NOTBUSY": true,
	"NOTREADY": true, "OOM": true, "READONLY": true, "TRYAGAIN": true, "UNBLOCKED": true, "UNKILLABLE": true,
	"WRONGPASS": true, "WRONGTYPE": true,
}

// fail gives a span the status of err, without anything that was sent or stored.
func fail(span *trace.Span, err error) {
	var answer redis.Error
	if errors.As(err, &answer) && err != redis.TxFailedErr {
		span.AddAttributes(trace.StringAttribute("db.response.status_code", code(answer)))
	}
	tracing.SetError(span, safeError{err})
}

// errNotReturned is the error of a call that a panic, of another hook or of go-redis,
// ended.
var errNotReturned = errors.New("a panic ended the call")

// expected is the code of an answer that is a part of how a call succeeds, and empty for
// any other. Of EVALSHA it says that the script is to be sent, of a node that another one
// has the key.
func (h Hook) expected(operation string, err error) string {
	var answer redis.Error
	if !errors.As(err, &answer) {
		return ""
	}
	code := code(answer)
	switch {
	case code == "NOSCRIPT" && (operation == "EVALSHA" || operation == "EVALSHA_RO"):
		return code
	case h.node && (code == "MOVED" || code == "ASK"):
		return code
	}
	return ""
}

// code is the first word of what a server answered.
func code(answer redis.Error) string {
	if word, _, _ := strings.Cut(answer.Error(), " "); codes[word] {
		return word
	}
	return "unknown"
}

// safeError is an error whose text is safe to keep. It is what err is to
// errors.Is and to a question for a timeout, and hides err from errors.As, through
// which the text would be found again.
type safeError struct{ err error }

// Is makes a deadline and a cancellation known.
func (e safeError) Is(target error) bool { return errors.Is(e.err, target) }

// Timeout is that of a net.Error.
func (e safeError) Timeout() bool {
	var timeout interface{ Timeout() bool }
	return errors.As(e.err, &timeout) && timeout.Timeout()
}

// Temporary completes a net.Error.
func (e safeError) Temporary() bool { return false }

// Error is the text of an error that holds none of the caller's data, or else
// a description of it. An error answered by Redis repeats arguments ("unknown
// command … with args beginning with …"), one of go-redis's readers repeats
// replies ("can't parse int reply …").
func (e safeError) Error() string {
	for _, own := range []error{errNotReturned, redis.TxFailedErr, redis.ErrPoolTimeout, redis.ErrPoolExhausted, redis.ErrClosed,
		context.Canceled, context.DeadlineExceeded} {
		if errors.Is(e.err, own) {
			return own.Error()
		}
	}
	var network *net.OpError
	var address *net.AddrError
	var answer redis.Error
	switch {
	case errors.As(e.err, &address):
		return "the address cannot be dialled: " + address.Err // the rest is the address, which may be a URL with a password
	case errors.As(e.err, &network):
		return networkText(network)
	case errors.Is(e.err, redis.Nil): // of a Sentinel, about another question
		return "the server that was asked for is not known"
	case errors.As(e.err, &answer):
		return "redis answered with an error: " + code(answer)
	case errors.Is(e.err, io.EOF), errors.Is(e.err, io.ErrUnexpectedEOF):
		return "the server closed the connection"
	}
	return fmt.Sprintf("go-redis failed with a %T", e.err)
}

// networkText is an address, which may be a URL with a password by mistake, and the error
// of the system.
func networkText(e *net.OpError) string {
	text := redact.In(e.Error())
	var lookup *net.DNSError
	if errors.As(e, &lookup) && lookup.Name != "" {
		text = strings.ReplaceAll(text, lookup.Name, redact.Text(lookup.Name))
	}
	return text
}
