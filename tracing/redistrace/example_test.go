package redistrace_test

import (
	"context"
	"fmt"

	"github.com/alicebob/miniredis/v2"
	"github.com/openzipkin/zipkin-go/model"
	"github.com/openzipkin/zipkin-go/reporter/recorder"
	"github.com/redis/go-redis/v9"
	"go.opencensus.io/trace"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/redistrace"
)

// A client's commands become spans of the trace in their context. The recorder
// takes the place of a Zipkin server, which Config.ZipkinURL would name.
func Example() {
	server := miniredis.NewMiniRedis()
	if err := server.Start(); err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	spans := recorder.NewReporter()
	tr, err := tracing.Start(tracing.Config{Service: "shop", Sampler: "always", Reporter: spans})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer tr.Shutdown(context.Background())

	client := redis.NewClient(&redis.Options{Addr: server.Addr()})
	defer client.Close()
	client.AddHook(redistrace.Hook{})

	ctx, span := trace.StartSpan(context.Background(), "checkout")
	client.Set(ctx, "basket:7", "three apples", 0)
	client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.Get(ctx, "basket:7")
		p.Del(ctx, "basket:7")
		return nil
	})
	span.End()

	for _, s := range spans.Flush() {
		if s.Kind == model.Client {
			fmt.Println(s.Kind, s.Name, "to", s.RemoteEndpoint.ServiceName)
		}
	}
	// Output:
	// CLIENT SET to redis
	// CLIENT MULTI to redis
}
