// Package redistrace traces go-redis v9 commands: one CLIENT span for a
// command, a pipeline or a transaction, with its retries inside.
package redistrace

import (
	"context"
	"errors"
	"net"
	"strings"

	"github.com/redis/go-redis/v9"
	"go.opencensus.io/trace"

	"example.com/tracelab/tracing"
)

// Hook is a redis.Hook; give it to a client's AddHook. It records the names of
// commands and never their arguments, which hold values and passwords. It opens
// no trace of its own: work without a span in its context, such as the pool's
// own dialling, leaves no span.
type Hook struct {
	// Peer names the server in the service graph; empty is "redis".
	Peer string
}

var _ redis.Hook = Hook{}

// DialHook traces a dial that a command waits for.
func (h Hook) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		if trace.FromContext(ctx) == nil {
			return next(ctx, network, addr)
		}
		ctx, span := h.start(ctx, "DIAL")
		span.AddAttributes(trace.StringAttribute("server.address", addr))
		conn, err := next(ctx, network, addr)
		end(span, err)
		return conn, err
	}
}

// ProcessHook traces a command.
func (h Hook) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if trace.FromContext(ctx) == nil || setup(cmd) {
			return next(ctx, cmd)
		}
		ctx, span := h.start(ctx, strings.ToUpper(cmd.Name()))
		err := next(ctx, cmd)
		end(span, err)
		return err
	}
}

// ProcessPipelineHook traces a pipeline or a transaction as one span.
func (h Hook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if trace.FromContext(ctx) == nil || len(cmds) > 0 && setup(cmds[0]) {
			return next(ctx, cmds)
		}
		operation, size := "PIPELINE", len(cmds)
		if size > 2 && strings.EqualFold(cmds[0].Name(), "multi") {
			operation, size = "MULTI", size-2 // go-redis adds MULTI and EXEC to a transaction
		}
		ctx, span := h.start(ctx, operation)
		span.AddAttributes(trace.Int64Attribute("db.operation.batch.size", int64(size)))
		err := next(ctx, cmds)
		end(span, err)
		return err
	}
}

func (h Hook) start(ctx context.Context, operation string) (context.Context, *trace.Span) {
	peer := h.Peer
	if peer == "" {
		peer = "redis"
	}
	ctx, span := trace.StartSpan(ctx, operation, trace.WithSpanKind(trace.SpanKindClient))
	span.AddAttributes(tracing.Peer(peer),
		trace.StringAttribute("db.system", "redis"),
		trace.StringAttribute("db.operation.name", operation))
	return ctx, span
}

// setup tells the commands that go-redis sends by itself on a new connection.
// Old servers refuse some of them, which is no error of the request.
func setup(cmd redis.Cmder) bool {
	switch strings.ToLower(cmd.Name()) {
	case "hello", "client", "auth", "select", "readonly", "command":
		return true
	}
	return false
}

func end(span *trace.Span, err error) {
	if err != nil && !errors.Is(err, redis.Nil) { // Nil says that there is no such key
		tracing.Fail(span, err)
	}
	span.End()
}
