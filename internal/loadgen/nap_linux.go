package loadgen

import (
	"syscall"
	"time"
)

// nap has the system's timer end a sleep, which is late by some 60 µs. It may end early.
func nap(d time.Duration) {
	if d > 0 {
		left := syscall.NsecToTimespec(int64(d))
		syscall.Nanosleep(&left, nil)
	}
}
