//go:build unix

package overhead

import (
	"syscall"
	"time"
)

const canMeasure = true

// processorTime is what this process has had, in user and in system mode.
func processorTime() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
