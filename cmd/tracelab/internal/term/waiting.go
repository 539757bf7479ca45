package term

import (
	"fmt"
	"io"
	"os"
	"time"
)

// Waiting says, once it has lasted a second, what is waited for: as a bar that moves
// on a terminal, and elsewhere, such as in a log, in one line. stop ends it.
func Waiting(what string) (stop func()) { return waiting(os.Stderr, onTerminal(), what) }

func waiting(out io.Writer, terminal bool, what string) (stop func()) {
	if terminal {
		return wait(out, true, what, 0)
	}
	said := make(chan struct{})
	late := time.AfterFunc(appears, func() {
		defer close(said)
		fmt.Fprintln(out, what+" …")
	})
	return func() {
		if !late.Stop() {
			<-said
		}
	}
}
