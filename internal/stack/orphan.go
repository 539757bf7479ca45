package stack

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// endWithGoRun ends the returned context when `go run` is killed. It passes
// neither SIGKILL nor SIGTERM on, and would leave the program running behind
// the terminal. Other parents may end before their children as they like.
func endWithGoRun(ctx context.Context) context.Context {
	self, err := os.Executable()
	if err != nil || !strings.Contains(filepath.ToSlash(self), "/go-build") {
		return ctx
	}
	ctx, cancel := context.WithCancel(ctx)
	parent := os.Getppid()
	go func() {
		defer cancel()
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for os.Getppid() == parent {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}()
	return ctx
}
