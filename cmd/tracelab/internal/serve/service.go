package serve

import (
	"context"

	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/stack"
	"example.com/tracelab/services/fetcher"
	"example.com/tracelab/services/gateway"
	"example.com/tracelab/services/writer"
)

// Service runs one service in this process, with the flags that the
// service's own program has. It ends with the parent that started it, if one
// did.
type Service struct {
	Gateway gatewayService `cmd:"" help:"Run the gateway, which takes visits."`
	Fetcher fetcherService `cmd:"" help:"Run the fetcher, which fetches URLs."`
	Writer  writerService  `cmd:"" help:"Run the writer, which writes to Redis."`
}

// Help is shown by tracelab service --help.
func (s *Service) Help() string {
	return `The images run each service as a program of its own: gateway, fetcher, writer.

Examples:
  tracelab service fetcher
  tracelab service gateway --help`
}

type gatewayService struct{ gateway.Config }

// Help is shown by tracelab service gateway --help.
func (s *gatewayService) Help() string {
	return `Examples:
  tracelab service gateway --fetcher-url http://127.0.0.1:8081 \
    --writer-url http://127.0.0.1:8082
  tracelab service gateway --sampler 'POST /visits=always; 0.1'
  tracelab service gateway --healthcheck  # whether the one at --addr is ready`
}

// Run serves until ctx ends.
func (s *gatewayService) Run(ctx context.Context, streams cli.Streams) error {
	s.Log = streams.Err
	return s.Config.Run(stack.Lifeline(ctx))
}

type fetcherService struct{ fetcher.Config }

// Help is shown by tracelab service fetcher --help.
func (s *fetcherService) Help() string {
	return `Examples:
  tracelab service fetcher --allow-targets 127.0.0.1:8083
  tracelab service fetcher --fetch-timeout 1s --max-redirects 0`
}

// Run serves until ctx ends.
func (s *fetcherService) Run(ctx context.Context, streams cli.Streams) error {
	s.Log = streams.Err
	return s.Config.Run(stack.Lifeline(ctx))
}

type writerService struct{ writer.Config }

// Help is shown by tracelab service writer --help.
func (s *writerService) Help() string {
	return `Examples:
  tracelab service writer --redis 127.0.0.1:6379
  tracelab service writer --redis 127.0.0.1:26379 --redis-master main  # a Sentinel`
}

// Run serves until ctx ends.
func (s *writerService) Run(ctx context.Context, streams cli.Streams) error {
	s.Log = streams.Err
	return s.Config.Run(stack.Lifeline(ctx))
}
