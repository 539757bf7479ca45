package stack

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// child is one service in a process of its own, started again when it dies.
type child struct {
	name    string
	program string            // this very binary
	env     map[string]string // beside what every child gets
	say     func(format string, args ...any)
}

// killAfter is how long a child has to end once it was asked to; it is a
// little more than the time that it gives itself.
const (
	stopWithin = 1200 * time.Millisecond
	killAfter  = 1600 * time.Millisecond
)

// keep runs the child until ctx ends. One that keeps dying before the stack was
// ever up has a reason that another start does not mend: keep then gives up.
func (c *child) keep(ctx context.Context, up *atomic.Bool) error {
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval, delays.MaxInterval = 100*time.Millisecond, 5*time.Second
	for deaths := 1; ; deaths++ {
		began := time.Now()
		err := c.runOnce(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if deaths == maxEarlyDeaths && !up.Load() {
			return fmt.Errorf("%s does not start (%w): its own words are above", c.name, err)
		}
		if time.Since(began) > 10*time.Second {
			delays.Reset()
		}
		delay := delays.NextBackOff()
		c.say("%s ended (%v); starting it again in %s", c.name, err, delay.Round(time.Millisecond))
		select {
		case <-ctx.Done():
		case <-time.After(delay):
		}
	}
}

// maxEarlyDeaths is how often a child may die before the stack is up.
const maxEarlyDeaths = 3

// runOnce is one life of the child: it ends when ctx does, because its
// lifeline is then let go, or by itself.
func (c *child) runOnce(ctx context.Context) error {
	cmd := exec.Command(c.program, "service", c.name) // not CommandContext, which kills and does not ask
	cmd.Env = c.environment()
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
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
// standard input. Processes that nobody started this way are left alone.
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
