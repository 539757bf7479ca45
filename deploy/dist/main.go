// Command dist makes what is given away of the program tracelab: for each system an
// archive, and the SHA-256 sums of all. Each program is checked, and started where this
// machine can start it. The same commit makes the same archives.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// targets are the systems, with those that this machine may start first.
var targets = []target{{"linux", "arm64"}, {"linux", "amd64"}, {"darwin", "arm64"}, {"darwin", "amd64"}, {"windows", "amd64"}, {"windows", "arm64"}}

// target is a system, as Go names it.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "/" + t.arch }

// program is the name of the program on the system.
func (t target) program() string {
	if t.os == "windows" {
		return "tracelab.exe"
	}
	return "tracelab"
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	out := flag.String("output", "dist", "the `folder` of the archives, which is emptied first")
	only := flag.String("targets", "", "a `list` of some of the systems, such as linux/amd64,windows/arm64 (default: all)")
	within := flag.Duration("within", time.Hour, "begin and build nothing more after this `time`, and say what is missing")
	flag.Parse()
	if err := run(ctx, *out, *only, *within); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out, only string, within time.Duration) error {
	wanted, err := choose(only)
	if err != nil {
		return err
	}
	if err := empty(out); err != nil {
		return err
	}
	building, stop := context.WithTimeout(ctx, within)
	defer stop()
	m := maker{dir: ".", pkg: "./cmd/tracelab", out: out}
	for _, t := range wanted {
		archive, err := m.make(building, t)
		if err != nil && building.Err() != nil && ctx.Err() == nil {
			fmt.Printf("%-14s NOT BUILT within %s\n", t, within)
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
		how, err := start(ctx, archive, t)
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(archive), err)
		}
		fmt.Printf("%-14s %s\n               %s\n", t, filepath.Base(archive), how)
	}
	return m.writeSums()
}

// choose reads a list of targets.
func choose(list string) (chosen []target, err error) {
	if list == "" {
		return targets, nil
	}
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(targets, func(t target) bool { return t.String() == name })
		if i < 0 {
			return nil, fmt.Errorf("-targets: %q is none of %v", name, targets)
		}
		if slices.Contains(chosen, targets[i]) {
			return nil, fmt.Errorf("-targets: %s is there twice: want each once", name)
		}
		chosen = append(chosen, targets[i])
	}
	return chosen, nil
}

// empty makes a folder, or removes from it what an earlier run made.
func empty(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, pattern := range []string{"tracelab_*.tar.gz", "tracelab_*.zip", sumsName} {
		old, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return err
		}
		for _, name := range old {
			err = errors.Join(err, os.Remove(name))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// here is the system of this machine.
func here() target { return target{runtime.GOOS, runtime.GOARCH} }
