package testbed

import (
	"os/exec"
	"syscall"
)

// endWithTest has the kernel kill a server whose test is killed, or panics,
// before it could stop it.
func endWithTest(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
