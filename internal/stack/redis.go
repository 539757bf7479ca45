package stack

import (
	"context"
	"fmt"
	"time"

	"github.com/alicebob/miniredis/v2"
	"golang.org/x/sync/errgroup"
)

// embedRedis runs a Redis in this process until ctx ends and returns its address.
func embedRedis(ctx context.Context, group *errgroup.Group) (string, error) {
	m := miniredis.NewMiniRedis()
	if err := m.StartAddr("127.0.0.1:0"); err != nil {
		return "", fmt.Errorf("the embedded Redis: %w", err)
	}
	group.Go(func() error {
		defer m.Close()
		// miniredis leaves the passing of time to its owner; without it nothing
		// would ever expire.
		const step = time.Second
		tick := time.NewTicker(step)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
				m.FastForward(step)
			}
		}
	})
	return m.Addr(), nil
}
