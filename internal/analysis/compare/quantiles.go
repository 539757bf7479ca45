package compare

import (
	"context"

	"example.com/tracelab/internal/analysis/stat"
	"example.com/tracelab/internal/labapi"
)

// findQuantile describes the change of a quantile of the durations.
func (s *sample) findQuantile(ctx context.Context, p stat.Plan, q float64) (*labapi.QuantileChange, error) {
	if q == 0 {
		return nil, nil
	}
	x, y := s.x.roots(), s.y.roots()
	delta, low, high, err := stat.QuantileDifference(ctx, p, x, y, q)
	if err != nil {
		return nil, err
	}
	return &labapi.QuantileChange{
		Quantile: q, AUS: stat.Quantile(x, q), BUS: stat.Quantile(y, q), DeltaUS: delta, LowUS: low, HighUS: high,
	}, nil
}
