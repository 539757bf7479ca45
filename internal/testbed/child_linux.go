package testbed

import (
	"os/exec"
	"syscall"
)

// EndWithTest has the kernel kill a server whose test is killed, or panics,
// before it could stop it.
func EndWithTest(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
