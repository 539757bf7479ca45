package testbed

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"
)

// Server is a process that a test can stop and start again at its address.
type Server struct {
	Args []string // program first
	Env  []string // beside the test's own, each as NAME=value

	t      testing.TB
	within time.Duration
	ready  func(context.Context) error
	cmd    *exec.Cmd
	log    Output
}

// NewServer is a server that is still to be started, and ends with the test. It
// answers once ready returns nil, which has to be within the time.
func NewServer(t testing.TB, within time.Duration, ready func(context.Context) error, args ...string) *Server {
	s := &Server{t: t, Args: args, within: within, ready: ready}
	t.Cleanup(s.Stop)
	return s
}

// Start starts the server, if it is not running, and waits until it answers.
func (s *Server) Start() {
	s.t.Helper()
	if s.cmd != nil {
		return
	}
	s.cmd = exec.Command(s.Args[0], s.Args[1:]...)
	s.cmd.Env = append(os.Environ(), s.Env...)
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	EndWithTest(s.cmd)
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), s.within)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := s.ready(ctx)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			s.t.Fatalf("%s does not answer after %s: %v\n%s", s.Args[0], s.within, err, s.log.String())
		case <-tick.C:
		}
	}
}

// Running reports whether the server was started and not stopped since.
func (s *Server) Running() bool { return s.cmd != nil }

// Stop kills the server, if it is running, and waits for its end.
func (s *Server) Stop() {
	if s.cmd != nil {
		s.cmd.Process.Kill()
		s.cmd.Wait()
		s.cmd = nil
	}
}
