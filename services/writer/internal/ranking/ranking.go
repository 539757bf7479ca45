// Package ranking reads what is visited most.
package ranking

import (
	"context"
	"errors"
	"strconv"

	"github.com/redis/go-redis/v9"

	"example.com/tracelab/services/writer/storeapi"
)

// Read reads n rows, one after the other. Rows without data are empty.
func Read(ctx context.Context, rdb redis.Cmdable, n int) error {
	for row := range n {
		err := rdb.Get(ctx, storeapi.OwnPrefix+"ranking:"+strconv.Itoa(row)).Err()
		if err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
	}
	return nil
}
