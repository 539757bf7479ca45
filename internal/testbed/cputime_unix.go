//go:build unix

package testbed

import (
	"syscall"
	"time"
)

// CPUTime is what the process has used of all cores, the collector included: on a busy
// machine the only figure that can be compared.
func CPUTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
