//go:build !linux

package testbed

import "os/exec"

// endWithTest does nothing: only Linux ends a child with its parent.
func endWithTest(*exec.Cmd) {}
