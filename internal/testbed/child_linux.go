package testbed

import (
	"errors"
	"net"
	"os/exec"
	"sync"
	"syscall"
)

// EndWithTest has the kernel kill a server whose test is killed, or panics,
// before it could stop it.
func EndWithTest(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

// claims are the sockets that stand for ports: one that is collected would be closed.
var claims sync.Map

// claimed reports whether a port is this process' from now on. It is by a socket of a name
// without a file, which the kernel gives to one process, and drops with it.
func claimed(port string) bool {
	ln, err := net.Listen("unix", "@tracelab-test-port-"+port)
	if err == nil {
		claims.Store(port, ln)
	}
	return !errors.Is(err, syscall.EADDRINUSE)
}
