package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"

	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
)

// child is one service in a process of its own, started again when it ends.
type child struct {
	name    string
	program string            // this very binary
	env     map[string]string // in addition to what every child gets
	logf    func(format string, args ...any)
	log     *lastLine // the child's standard output and error
	restart restarts
}

// restarts says when a child that ends is started again, and when no more.
type restarts struct {
	first, longest time.Duration // between an end and the next start
	quick          time.Duration // one that ran no longer than this ended quickly
	most           int           // quick ends in a row
	mostHopeless   int           // likewise, where another start changes nothing
}

// usualRestarts outlast a port that is not free again yet: between ten quick ends
// there are eight seconds.
var usualRestarts = restarts{first: 100 * time.Millisecond, longest: 5 * time.Second, quick: 10 * time.Second, most: 10, mostHopeless: 3}

// killAfter is how long a child has to end once it was asked to; it is a
// little more than the time that it gives itself.
const (
	stopWithin = 1200 * time.Millisecond
	killAfter  = 1600 * time.Millisecond
)

// supervise runs the child until ctx ends. One that keeps ending quickly has a
// reason that another start does not remove: supervise then gives up, sooner where
// the stack was never up or where the child says that its settings are wrong.
func (c *child) supervise(ctx context.Context, up *atomic.Bool) error {
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval, delays.MaxInterval = c.restart.first, c.restart.longest
	for quick, hopeless := 0, 0; ; {
		began := time.Now()
		err := c.runOnce(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if quick++; up.Load() && time.Since(began) > c.restart.quick {
			quick, hopeless = 1, 0
			delays.Reset()
		}
		if hopeless++; up.Load() && !c.isUsage(err) {
			hopeless = 0
		}
		if quick >= c.restart.most || hopeless >= c.restart.mostHopeless {
			return fmt.Errorf("%s ended %d times in a row soon after its start, the last time with %w: %s", c.name, quick, err, c.log)
		}
		delay := delays.NextBackOff()
		c.logf("%s ended (%v); starting it again in %s", c.name, err, display.Duration(delay))
		select {
		case <-ctx.Done():
		case <-time.After(delay):
		}
	}
}

// isUsage reports whether the child ended because its settings are wrong.
func (c *child) isUsage(err error) bool {
	exit, ok := errors.AsType[*exec.ExitError](err)
	return ok && exit.ExitCode() == cli.Usage && c.log.saysUsage()
}

// runOnce runs the child once: until ctx ends, because its lifeline is then
// closed, or until it ends by itself.
func (c *child) runOnce(ctx context.Context) error {
	cmd := exec.Command(c.program, "service", c.name) // not CommandContext, which kills and does not ask
	cmd.Env = c.environment()
	c.log.begin()
	cmd.Stdout, cmd.Stderr = c.log, c.log
	detach(cmd)
	lifeline, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	var once sync.Once
	release := func() { once.Do(func() { lifeline.Close() }) }
	defer context.AfterFunc(ctx, func() {
		release()
		time.AfterFunc(killAfter, func() { cmd.Process.Kill() }) // does nothing to one that has ended
	})()
	err = cmd.Wait()
	release()
	if err == nil {
		err = fmt.Errorf("exit status 0")
	}
	return err
}

// environment is ours, so that a setting of one service reaches it, with what
// the stack decides on top: of two values of a variable the last counts.
func (c *child) environment() []string {
	env := append(os.Environ(), lifelineVariable+"=1")
	for k, v := range c.env {
		env = append(env, k+"="+v)
	}
	return env
}

const lifelineVariable = "TRACELAB_LIFELINE"

// Lifeline ends the returned context when the parent that this process was
// started by is gone, however it went: the parent holds the other end of
// standard input. It does nothing in a process that was started otherwise.
func Lifeline(ctx context.Context) context.Context {
	if os.Getenv(lifelineVariable) == "" {
		return ctx
	}
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	return ctx
}
