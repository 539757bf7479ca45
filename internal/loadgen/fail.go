package loadgen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"example.com/tracelab/internal/display"
)

// maxReason bounds what an answer or an error says of itself, in characters.
const maxReason = 200

// cutOff is why a request that was under way when Run was stopped failed.
const cutOff = "stopped"

// failed is err in words that are the same for all requests that fail alike, so
// that they can be counted: vegeta passes on no more than a text.
func (s *sender) failed(err error) error {
	if s.ctx.Err() != nil {
		return errors.New(cutOff)
	}
	return errors.New(reason(err))
}

// unwrapped is the text of a failed request without what http.Client puts
// before it.
func unwrapped(text string) string {
	_, rest, found := strings.Cut(text, `"`+placeholder+`": `)
	if !found {
		return text
	}
	return rest
}

// reason leaves out of an error what is different each time, such as ports.
func reason(err error) string {
	var (
		op    *net.OpError
		name  *net.DNSError
		errno syscall.Errno
	)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("no answer within %s", AnswerWithin)
	case errors.As(err, &name):
		return fmt.Sprintf("%s: %s", name.Name, name.Err)
	case errors.As(err, &op) && op.Timeout():
		return op.Op + ": timeout"
	case errors.As(err, &op) && errors.As(err, &errno):
		return op.Op + ": " + errno.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed before the end of the answer"
	}
	return display.Text(err.Error(), maxReason)
}
