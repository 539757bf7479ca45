package gotool

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"
)

// cost is what a process took.
type cost struct {
	cpu, wall time.Duration
	memory    int64 // at its most, in bytes
}

// measure is a table in the making.
type measure struct {
	path    string
	size    int64
	entries []*entry
}

// entry is a row for one program, of today or of the baseline.
type entry struct {
	row
	earlier bool
	run     []string // the command
	taken   []cost
	held    int64 // bytes of the heap that are in use while the index is held
}

func newMeasure(today programs, rows []row, path string, size int64) *measure {
	m := &measure{path: path, size: size}
	before := programs{filepath.Join(*baseline, "gotool.test"), filepath.Join(*baseline, "tracelab"), today.tool}
	for _, r := range rows {
		if r.most > 0 && size > r.most {
			continue
		}
		m.entries = append(m.entries, &entry{row: r, run: r.command(today, path)})
		if *baseline != "" && r.name != tools {
			m.entries = append(m.entries, &entry{row: r, earlier: true, run: r.command(before, path)})
		}
	}
	return m
}

// run takes turns.
func (m *measure) run(t *testing.T) {
	for range *rounds {
		for _, e := range m.entries {
			c, _ := run(t, e.run...)
			e.taken = append(e.taken, c)
		}
	}
	for _, e := range m.entries {
		if len(e.run) > 1 && e.run[1] == "index" {
			_, out := run(t, e.run[0], "heap", m.path)
			held, err := strconv.ParseInt(strings.TrimSpace(out), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			e.held = held
		}
	}
}

// String is the table.
func (m *measure) String() string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "CPU\tMB/s\twall\tmax RSS\theap / file\t  program")
	for _, e := range m.entries {
		c := median(e.taken)
		held := ""
		if e.held > 0 {
			held = fmt.Sprintf("%.2f", float64(e.held)/float64(m.size))
		}
		name := e.name
		if e.earlier {
			name += " (baseline)"
		}
		rate := float64(m.size) / 1e6 / c.cpu.Seconds()
		fmt.Fprintf(w, "%.2f s\t%.1f\t%.2f s\t%d MB\t%s\t  %s\n", c.cpu.Seconds(), rate, c.wall.Seconds(), c.memory>>20, held, name)
	}
	w.Flush()
	return text.String()
}

// check holds what must be true on any machine.
func (m *measure) check(t *testing.T) {
	var tool cost
	for _, e := range m.entries {
		if e.name == tools {
			tool = median(e.taken)
		}
	}
	for _, e := range m.entries {
		if e.earlier {
			continue
		}
		c := median(e.taken)
		if e.memory > 0 && c.memory > e.memory {
			t.Errorf("%s takes %d MB: want %d at most", e.name, c.memory>>20, e.memory>>20)
		}
		if share := float64(c.cpu) / float64(tool.cpu); e.share > 0 && share > e.share {
			t.Errorf("%s takes %.2f of the processor time of %s: want %.2f at most", e.name, share, tools, e.share)
		}
	}
}

// run runs a command to its end, and returns what it printed.
func run(t *testing.T, command ...string) (cost, string) {
	t.Helper()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), childRole+"=1", "GOGC=100", "GOMEMLIMIT=off", "GODEBUG=")
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, &stderr)
	}
	s := cmd.ProcessState
	return cost{s.UserTime() + s.SystemTime(), time.Since(start), s.SysUsage().(*syscall.Rusage).Maxrss << 10}, stdout.String()
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
