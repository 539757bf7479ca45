package fetcher

import (
	"context"
	"time"

	"example.com/tracelab/internal/faults"
)

// prepare does what is to be done before a fetch.
func prepare(ctx context.Context) {
	if args, ok := faults.Here(ctx, "narrow-channel"); ok {
		end := faults.Measure(ctx, "narrow-channel")
		book(ctx, args.Duration("ms"))
		end()
	}
	if args, ok := faults.Here(ctx, "gc-pressure"); ok {
		end := faults.Measure(ctx, "gc-pressure")
		new(outline).write(ctx, args.Duration("ms"))
		end()
	}
}

// book enters a fetch into a register, after one that takes so long.
func book(ctx context.Context, takes time.Duration) {
	g := openRegister(ctx)
	defer g.close()
	first := make(chan struct{})
	go func() {
		defer close(first)
		g.enter(entry{takes})
	}()
	<-first
	g.enter(entry{})
}
