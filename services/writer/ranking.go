package writer

import (
	"context"
	"errors"
	"strconv"

	"github.com/redis/go-redis/v9"

	"example.com/tracelab/internal/faults"
)

// rank reads the ranking of what is visited most, a row after the other. Rows
// that nobody has filled are empty.
func (w *writer) rank(ctx context.Context, args faults.Args, _ string) error {
	for row := range args.Int("n") {
		err := w.redis.Get(ctx, ownPrefix+"ranking:"+strconv.Itoa(row)).Err()
		if err != nil && !errors.Is(err, redis.Nil) {
			return unavailable(err)
		}
	}
	return nil
}
