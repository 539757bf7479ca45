//go:build !linux

package exectrace_test

import (
	"testing"
	"time"
)

// sampleCPU has nothing to sample here.
func sampleCPU(*testing.T, time.Duration) {}

// nanosleep is not there.
var nanosleep func(time.Duration)
