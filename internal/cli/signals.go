package cli

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// Patience is for a command that has to save something before it ends. It returns a
// context that ends with the second Ctrl-C, which without it ends the process at once; so
// does a reader of its output that has gone. The command then has to end in bounded time.
type Patience func() context.Context

// signals are those that ask the process to end: Ctrl-C, the one of kill and timeout, and
// the one of a terminal that is closed.
type signals struct {
	first, second context.Context
	stop          func()
	patient       atomic.Bool
}

func awaitSignals() *signals {
	received := make(chan os.Signal, 2)
	signal.Notify(received, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		signal.Notify(received, syscall.SIGHUP)
	}
	first, endFirst := context.WithCancel(context.Background())
	second, endSecond := context.WithCancel(context.Background())
	s := &signals{first: first, second: second, stop: func() {
		signal.Stop(received)
		endFirst()
		endSecond()
	}}
	go func() {
		select {
		case <-received:
		case <-first.Done():
			return
		}
		if !s.patient.Load() {
			signal.Stop(received)
			endFirst()
			return
		}
		endFirst()
		select {
		case <-received:
			endSecond()
		case <-second.Done():
		}
	}()
	return s
}

// patience is Patience.
func (s *signals) patience() context.Context {
	s.patient.Store(true)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // a write then fails
	return s.second
}
