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

	"example.com/tracelab/tracing"
)

// codes are the first words of Redis's own errors, of the server and of its
// cluster and Sentinels. Only these are told: a script may answer with any
// word, and so with one of its arguments.
var codes = map[string]bool{
	"ASK": true, "BUSY": true, "BUSYGROUP": true, "BUSYKEY": true, "CLUSTERDOWN": true, "CROSSSLOT": true,
	"DENIED": true, "ERR": true, "EXECABORT": true, "INPROG": true, "IOERR": true, "LOADING": true,
	"MASTERDOWN": true, "MISCONF": true, "MOVED": true, "NOAUTH": true, "NOGOODSLAVE": true, "NOGROUP": true,
	"NOMASTERLINK": true, "NOPERM": true, "NOPROTO": true, "NOREPLICAS": true, "NOSCRIPT": true, "NOTBUSY": true,
	"NOTREADY": true, "OOM": true, "READONLY": true, "TRYAGAIN": true, "UNBLOCKED": true, "UNKILLABLE": true,
	"WRONGPASS": true, "WRONGTYPE": true,
}

// fail marks a span as failed, in words that repeat nothing that was sent or
// stored.
func fail(span *trace.Span, err error) {
	var answer redis.Error
	if errors.As(err, &answer) && err != redis.TxFailedErr {
		span.AddAttributes(trace.StringAttribute("db.response.status_code", code(answer)))
	}
	tracing.SetError(span, told{err})
}

// code is the first word of what a server answered.
func code(answer redis.Error) string {
	if word, _, _ := strings.Cut(answer.Error(), " "); codes[word] {
		return word
	}
	return "unknown"
}

// told is an error whose text is safe to keep, and which otherwise is what it
// is to errors.Is and to those who ask for a timeout. It hides what it wraps
// from errors.As, through which the text would be found again.
type told struct{ err error }

// Is makes a deadline and a cancellation known.
func (t told) Is(target error) bool { return errors.Is(t.err, target) }

// Timeout is that of a net.Error.
func (t told) Timeout() bool {
	var timeout interface{ Timeout() bool }
	return errors.As(t.err, &timeout) && timeout.Timeout()
}

// Temporary completes a net.Error.
func (t told) Temporary() bool { return false }

// Error is the text of an error that holds none of the caller's data, or else
// a description of it. An error answered by Redis repeats arguments ("unknown
// command … with args beginning with …"), one of go-redis's readers repeats
// replies ("can't parse int reply …").
func (t told) Error() string {
	for _, own := range []error{redis.TxFailedErr, redis.ErrPoolTimeout, redis.ErrPoolExhausted, redis.ErrClosed,
		context.Canceled, context.DeadlineExceeded} {
		if errors.Is(t.err, own) {
			return own.Error()
		}
	}
	var network *net.OpError
	var answer redis.Error
	switch {
	case errors.As(t.err, &network):
		return network.Error() // an address, and what the system says of it
	case errors.Is(t.err, redis.Nil): // of a Sentinel, about another question
		return "the server that was asked for is not known"
	case errors.As(t.err, &answer):
		return "redis answered with an error: " + code(answer)
	case errors.Is(t.err, io.EOF), errors.Is(t.err, io.ErrUnexpectedEOF):
		return "the server closed the connection"
	}
	return fmt.Sprintf("go-redis failed with a %T", t.err)
}
