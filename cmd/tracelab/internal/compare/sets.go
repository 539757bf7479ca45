package compare

import (
	"context"

	"example.com/tracelab/cmd/tracelab/internal/source"
	"example.com/tracelab/internal/analysis/collect"
	"example.com/tracelab/internal/zipkin"
)

// sets finds traces in files, and all else in a Zipkin.
type sets struct{ origin }

// Find implements question.Finder.
func (s sets) Find(ctx context.Context, text string) (*collect.Found, error) {
	if isFile(text) {
		return readFile(ctx, text), nil
	}
	reader, err := s.zipkin(ctx)
	if err != nil {
		return nil, err
	}
	return reader.Find(ctx, text)
}

// readFile reads the traces of a file.
func readFile(ctx context.Context, path string) *collect.Found {
	return collect.New(path, func(yield func([]zipkin.Span, error) bool) {
		for trace, err := range source.File(path) {
			if err == nil {
				err = ctx.Err()
			}
			if !yield(trace, err) || err != nil {
				return
			}
		}
	}, path+" has no spans")
}
