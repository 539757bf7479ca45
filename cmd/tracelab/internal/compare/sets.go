package compare

import (
	"context"
	"fmt"

	"example.com/tracelab/cmd/tracelab/internal/source"
	"example.com/tracelab/internal/analysis/collect"
	"example.com/tracelab/internal/cli"
)

// sets finds traces in files, and all else in a Zipkin.
type sets struct{ origin }

// Find implements question.Finder.
func (s sets) Find(ctx context.Context, text string) (*collect.Found, error) {
	if isFile(text) {
		return readFile(ctx, text)
	}
	reader, err := s.zipkin(ctx)
	if err != nil {
		return nil, err
	}
	return reader.Find(ctx, text)
}

// readFile reads the traces of a file.
func readFile(ctx context.Context, path string) (*collect.Found, error) {
	found, spans := &collect.Found{Label: path}, 0
	for trace, err := range source.File(path) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		if spans += len(trace); spans > maxSpans {
			return nil, cli.Status{Code: cli.Usage, Err: fmt.Errorf("%s has more than %d spans: save fewer", path, maxSpans)}
		}
		found.Traces = append(found.Traces, trace)
	}
	if len(found.Traces) == 0 {
		return nil, fmt.Errorf("%s has no spans: %w", path, collect.ErrNothing)
	}
	return found, nil
}
