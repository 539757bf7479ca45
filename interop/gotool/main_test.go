package gotool

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"example.com/tracelab/internal/testbed/stacktest"
)

// childRole is the variable that makes this test a child of itself: what is no
// command is measured in a process of its own.
const childRole = "TRACELAB_GOTOOL_CHILD"

// children are what a child does, by its name, with its arguments.
var children = map[string]func(args []string) error{}

func TestMain(m *testing.M) {
	if os.Getenv(childRole) == "" {
		os.Exit(tested(m))
	}
	if err := children[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// scratch is where programs are built and traces are kept, for as long as this process
// runs.
var scratch string

func tested(m *testing.M) int {
	dir, err := os.MkdirTemp("", "gotool")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	scratch = dir
	return m.Run()
}

// build builds the program tracelab, once, and returns its path.
var build = sync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "tracelab")
	return path, stacktest.Build(path, false)
})

// tracelab is the path of the program, built from the sources.
func tracelab(t testing.TB) string {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}
