//go:build unix

package stack

import (
	"os/exec"
	"syscall"
)

// detach puts a child in a process group of its own, so that a Ctrl-C in the
// terminal reaches the parent alone, which then ends its children in order.
func detach(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
