package atomicfile

import (
	"os"
	"os/signal"
	"syscall"
)

// holdSignals keeps the signals that ask the process to end from ending it until release
// is called. Who else has asked for them gets them as ever.
func holdSignals() (release func()) {
	held := make(chan os.Signal, 1)
	signal.Notify(held, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(held, syscall.SIGHUP)
	}
	return func() { signal.Stop(held) }
}
