// Package redistrace traces the commands of go-redis v9:
//
//	rdb := redis.NewClient(&redis.Options{Addr: "localhost:6379"})
//	redistrace.Hook{}.AddTo(rdb)
//
// A command, a pipeline or a transaction has one CLIENT span, with its retries,
// its redirects within a cluster and the connection that it may have to wait for
// inside. Keys, values and passwords are never recorded.
package redistrace

import (
	"context"
	"net"

	"github.com/redis/go-redis/v9"
	"go.opencensus.io/trace"

	"example.com/tracelab/redact"
	"example.com/tracelab/tracing"
)

// Hook is a redis.Hook; give it to the AddHook of a Client, also one that asks
// Sentinels, or of a ClusterClient. It records the names of commands that Redis and its
// modules have, any other as COMMAND, and never arguments, nor the error messages of a
// server, which repeat them: these hold keys, values and passwords. It opens no trace of
// its own: work without a span in its context, such as the pool's own dialling, leaves no
// span.
//
// An EVALSHA of a script that Redis does not know yet is no error: Script.Run sends the
// script then. A command that had to wait for a new connection has an annotation, but for
// those of a cluster, whose nodes are clients of their own.
//
// What go-redis does past its hooks leaves no span. The commands of an AutoPipeline are
// sent in batches without the context of those who called, but for some that it sends by
// themselves. The Watch of a ClusterClient or a Ring, with all that is done on its Tx, and
// its subscriptions and ForEach functions are work of the nodes' clients, which do not
// have the hook: AddTo gives it to them.
type Hook struct {
	// Peer names the server in the service graph; empty is "redis".
	Peer string

	node bool // it is that of a node, whose client is not what people call
}

// AddTo adds the hook to a client, and to the nodes of a ClusterClient or a Ring. Call it
// before the client is used: nodes that are known already go without.
func (h Hook) AddTo(client redis.UniversalClient) {
	client.AddHook(h)
	if nodes, has := client.(interface{ OnNewNode(func(*redis.Client)) }); has {
		h.node = true
		nodes.OnNewNode(func(node *redis.Client) { node.AddHook(h) })
	}
}

var _ redis.Hook = Hook{}

// within marks the context of what a command makes go-redis do: the set-up of a
// connection, a question for the map of a cluster, an attempt on a node.
type within struct{}

func untraced(ctx context.Context) bool {
	return trace.FromContext(ctx) == nil || ctx.Value(within{}) != nil
}

// DialHook traces a dial in the context of its caller, which is a
// subscription's. The pools dial in a context of their own.
func (h Hook) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (conn net.Conn, err error) {
		if untraced(ctx) {
			return next(ctx, network, addr)
		}
		ctx, span := h.start(ctx, "DIAL")
		span.AddAttributes(trace.StringAttribute("server.address", redact.Text(addr)))
		err = errNotReturned
		defer func() { end(span, err) }()
		return next(ctx, network, addr)
	}
}

// ProcessHook traces a command.
func (h Hook) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) (err error) {
		if untraced(ctx) || setup(cmd) || h.node && ofCluster(cmd) {
			if cmd.Name() == "hello" && ctx.Value(within{}) != nil {
				trace.FromContext(ctx).Annotate(nil, "new connection")
			}
			return next(ctx, cmd)
		}
		operation := operation(cmd)
		ctx, span := h.start(ctx, operation)
		err = errNotReturned
		defer func() {
			failure := err // what is returned stays
			if code := h.expected(operation, err); code != "" {
				span.AddAttributes(trace.StringAttribute("db.response.status_code", code))
				failure = nil
			}
			end(span, failure)
		}()
		return next(ctx, cmd)
	}
}

// ProcessPipelineHook traces a pipeline or a transaction as one span.
func (h Hook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) (err error) {
		if untraced(ctx) || allSetup(cmds) {
			return next(ctx, cmds)
		}
		operation, size := "PIPELINE", len(cmds)
		if size > 2 && cmds[0].Name() == "multi" {
			operation, size = "MULTI", size-2 // go-redis adds MULTI and EXEC to a transaction
		}
		ctx, span := h.start(ctx, operation)
		span.AddAttributes(trace.Int64Attribute("db.operation.batch.size", int64(size)))
		err = errNotReturned
		defer func() { end(span, firstFailure(err, cmds)) }()
		return next(ctx, cmds)
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
	return context.WithValue(ctx, within{}, true), span
}

func end(span *trace.Span, err error) {
	if err != nil && err != redis.Nil { // Nil means that there is no such key
		fail(span, err)
	}
	span.End()
}
