package culprit

import (
	"context"
	"fmt"
	"slices"

	"example.com/tracelab/internal/analysis/compare"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// Ours is what package compare says of two sets.
func Ours(ctx context.Context, a, b [][]zipkin.Span) (*labapi.Comparison, error) {
	return compare.Sets(ctx, compare.Set{Label: "A", Traces: slices.Values(a)}, compare.Set{Label: "B", Traces: slices.Values(b)}, compare.Options{})
}

// AnswerOf is its verdict as that of any way to compare.
func AnswerOf(c *labapi.Comparison) Answer {
	return Answer{Operation{c.Verdict.Service, c.Verdict.Operation}, c.Verdict.Claimed}
}

// AddsUp says whether the rows of a comparison come to the change of the requests, and
// the parts of each row to the row.
func AddsUp(c *labapi.Comparison) error {
	sum := int64(0)
	for _, row := range c.Bridge {
		sum += row.DeltaUS
		if parts := row.CallsUS + row.SlowerUS + row.OverlapUS; parts != row.DeltaUS && row.Path != labapi.MixPath && row.Path != labapi.OtherPath {
			return fmt.Errorf("%s changed by %d µs, and its parts by %d", row.Path, row.DeltaUS, parts)
		}
	}
	if sum != c.DeltaRootUS {
		return fmt.Errorf("the rows come to %d µs, and the requests changed by %d", sum, c.DeltaRootUS)
	}
	return nil
}
