package gotool

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/testbed/workload"
)

var rounds = flag.Int("rounds", 0, "measure what reading a large trace costs, in so many rounds")

// costs are what is measured, in turn: a line for each. A goal is checked if it
// is not zero.
var costs = []struct {
	name    string
	command func(p programs, path string) []string
	memory  int64   // at most so much
	share   float64 // at most so much of the tool's processor time, for a profile of one kind
}{
	{"raw reader, events dropped", func(p programs, path string) []string { return []string{p.self, "read", path} }, 0, 0},
	{"exectrace's events, dropped", func(p programs, path string) []string { return []string{p.self, "events", path} }, 0, 0},
	{"exectrace's index", func(p programs, path string) []string { return []string{p.self, "index", path} }, 0, 0},
	{"tracelab exec profile all", func(p programs, path string) []string {
		return []string{p.tracelab, "exec", "profile", "all", path}
	}, 100 << 20, .5},
	{"the same --as-go-tool", func(p programs, path string) []string {
		return []string{p.tracelab, "exec", "profile", "all", path, "--as-go-tool"}
	}, 0, 0},
	{tools, func(p programs, path string) []string { return []string{p.tool, "-pprof=net", path} }, 0, 0},
}

const tools = "go tool trace -pprof=net"

// programs are the paths of what is measured. self is this test: what is no
// command runs in it as a child.
type programs struct{ self, tracelab, tool string }

// The kernel counts a parent's memory as its child's until it runs another
// program: that is why this process stays small, and a child makes the trace.
func init() { children = costChildren }

var costChildren = map[string]func(args []string) error{
	"record": func(args []string) error {
		for size := 1000; ; size += 200 {
			b, err := workload.Record("http", size)
			if err != nil {
				return err
			}
			if len(b) >= largeTrace {
				return os.WriteFile(args[0], b, 0o600)
			}
		}
	},
	"events": func(args []string) error {
		f, err := exectrace.Open(args[0])
		if err != nil {
			return err
		}
		defer f.Close()
		for _, err := range f.Events() {
			if err != nil {
				return err
			}
		}
		return nil
	},
	"index": func(args []string) error {
		f, err := exectrace.Open(args[0])
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = exectrace.Read(f)
		return err
	},
	"read": func(args []string) error {
		f, err := os.Open(args[0])
		if err != nil {
			return err
		}
		defer f.Close()
		r, err := trace.NewReader(f)
		for err == nil {
			_, err = r.ReadEvent()
		}
		if err == io.EOF {
			return nil
		}
		return err
	},
}

const largeTrace = 25 << 20

// cost is what a process took.
type cost struct {
	cpu, wall time.Duration
	memory    int64 // at its most, in bytes
}

// TestCost measures in rounds, so that what else the machine does hits all alike.
func TestCost(t *testing.T) {
	if *rounds == 0 {
		t.Skip("it takes minutes: run it with -rounds 5, or make measure-exec")
	}
	dir := t.TempDir()
	p := programs{os.Args[0], tracelab(t), toolPath(t)}
	path := filepath.Join(dir, "large.trace")
	run(t, p.self, "record", path)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	taken := make([][]cost, len(costs))
	for range *rounds {
		for i, c := range costs {
			taken[i] = append(taken[i], run(t, c.command(p, path)...))
		}
	}
	t.Logf("a trace of %.1f MB, medians of %d rounds\n%s", float64(info.Size())/1e6, *rounds, table(taken, info.Size()))
	check(t, taken)
}

func table(taken [][]cost, size int64) string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "CPU\tMB/s\twall\tmax RSS\t  program")
	for i, c := range costs {
		m := median(taken[i])
		rate := float64(size) / 1e6 / m.cpu.Seconds()
		fmt.Fprintf(w, "%.2f s\t%.1f\t%.2f s\t%d MB\t  %s\n", m.cpu.Seconds(), rate, m.wall.Seconds(), m.memory>>20, c.name)
	}
	w.Flush()
	return text.String()
}

// check holds what must be true on any machine.
func check(t *testing.T, taken [][]cost) {
	var tool cost
	for i, c := range costs {
		if c.name == tools {
			tool = median(taken[i])
		}
	}
	for i, c := range costs {
		m := median(taken[i])
		if c.memory > 0 && m.memory > c.memory {
			t.Errorf("%s takes %d MB: want %d at most", c.name, m.memory>>20, c.memory>>20)
		}
		if share := float64(m.cpu) / float64(tool.cpu); c.share > 0 && share > c.share {
			t.Errorf("%s takes %.2f of the processor time of %s: want %.2f at most", c.name, share, tools, c.share)
		}
	}
}

// run runs a command to its end.
func run(t *testing.T, command ...string) cost {
	t.Helper()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), childRole+"=1", "GOGC=100", "GOMEMLIMIT=off", "GODEBUG=")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, &stderr)
	}
	s := cmd.ProcessState
	return cost{s.UserTime() + s.SystemTime(), time.Since(start), s.SysUsage().(*syscall.Rusage).Maxrss << 10}
}

// median is of each figure by itself.
func median(list []cost) cost {
	return cost{
		middle(list, func(c cost) time.Duration { return c.cpu }),
		middle(list, func(c cost) time.Duration { return c.wall }),
		middle(list, func(c cost) int64 { return c.memory }),
	}
}

func middle[T cmp.Ordered](list []cost, figure func(cost) T) T {
	figures := make([]T, len(list))
	for i, c := range list {
		figures[i] = figure(c)
	}
	slices.Sort(figures)
	return figures[len(figures)/2]
}
