package gotool

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var (
	rounds   = flag.Int("rounds", 0, "measure what reading large traces costs, in so many rounds")
	long     = flag.Bool("long", false, "measure with the trace of millions of goroutines, too")
	scale    = flag.Float64("scale", 1, "how large the traces are, of what they are to be: to try it out")
	baseline = flag.String("baseline", "", "a directory with an earlier tracelab, of go build, and gotool.test, of go test -c: they are measured, too, in turn with today's")
)

// programs are the paths of what is measured. self is this test: what is no command runs
// in it as a child.
type programs struct{ self, tracelab, tool string }

// row is a line of a table: something that is measured.
type row struct {
	name    string
	command func(p programs, path string) []string
	// A goal is checked if it is not zero, with the trace of the first table alone.
	memory int64   // at most so many bytes
	share  float64 // at most so much of the tool's processor time, for a profile of one kind
	// most is the size of the largest trace that is read, in bytes; 0: of any. The tool
	// takes eighty times as much memory.
	most int64
}

// reading are the rows for what reads a whole trace.
var reading = []row{
	{name: "x/exp/trace's reader, events dropped", command: func(p programs, path string) []string { return []string{p.self, "read", path} }},
	{name: "exectrace's events, dropped", command: func(p programs, path string) []string { return []string{p.self, "events", path} }},
	{name: "exectrace's index", command: func(p programs, path string) []string { return []string{p.self, "index", path} }},
	verb(100<<20, .5, "profile", "all"),
	{name: tools, command: func(p programs, path string) []string { return []string{p.tool, "-pprof=net", path} }, most: 64e6},
}

const tools = "go tool trace -pprof=net"

// verb is a row for a command of tracelab.
func verb(memory int64, share float64, args ...string) row {
	command := func(p programs, path string) []string {
		return slices.Concat([]string{p.tracelab, "exec"}, args, []string{path})
	}
	return row{strings.Join(append([]string{"tracelab exec"}, args...), " "), command, memory, share, 0}
}

// tables are what is measured: traces, and rows for each.
var tables = []struct {
	title string
	sample
	rows []row
	long bool // only with -long
}{
	{"an HTTP service", sample{"http", 30e6}, reading, false},
	{"a snapshot of a flight recorder", sample{"flight", 38e6}, reading, false},
	{"a bit of everything", sample{"mixed", 160e6}, reading, false},
	{"900,000 goroutines", sample{"goroutines", 900_000}, reading, false},
	{"verbs, an HTTP service", sample{"http", 105e6}, []row{
		verb(0, 0, "profile", "all", "--from", "1s", "--to", "1.1s"),
		verb(0, 0, "export", "chrome", "--from", "1s", "--to", "1.01s", "-o", os.DevNull),
		verb(0, 0, "goroutines", "--goroutine", "1"),
		verb(0, 0, "summary", "--at", "1s"),
		verb(0, 0, "summary"),
	}, false},
	{"verbs, 4.8 million goroutines with tasks and regions", sample{"jobs", 4_800_000}, []row{
		verb(0, 0, "goroutines"), verb(0, 0, "tasks"), verb(0, 0, "regions"),
	}, true},
}

// TestCost measures in rounds, so that what else the machine does hits all alike.
func TestCost(t *testing.T) {
	if *rounds == 0 {
		t.Skip("it takes many minutes: run it with -rounds 5, or make measure-exec")
	}
	today := programs{os.Args[0], tracelab(t), toolPath(t)}
	for i, table := range tables {
		if table.long && !*long {
			continue
		}
		path := filepath.Join(t.TempDir(), "large.trace")
		run(t, today.self, "record", table.kind, fmt.Sprint(int64(table.amount**scale)), path)
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		m := newMeasure(today, table.rows, path, info.Size())
		m.run(t)
		t.Logf("%s: a trace of %.1f MB, medians of %d rounds\n%s", table.title, float64(m.size)/1e6, *rounds, m)
		if i == 0 && *scale >= 1 {
			m.check(t)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}
