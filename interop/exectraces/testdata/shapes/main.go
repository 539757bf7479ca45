// Command shapes records execution traces, each of a program that does one thing:
//
//	shapes DIR SHAPE...
//
// It writes DIR/SHAPE.trace, or several of them with numbers. It is built by Go 1.22 and
// by later releases, for any system: what a release or a system does not have is in a
// file with a build constraint.
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/trace"
	"sort"
)

// shapes are what can be recorded.
var shapes = map[string]func(r *recorder) error{}

// shape makes one that is recorded from its beginning to its end.
func shape(name string, run func() error) {
	shapes[name] = func(r *recorder) error { return r.record("", run) }
}

// recorder writes the traces of a shape.
type recorder struct{ dir, name string }

// record traces what run does.
func (r *recorder) record(suffix string, run func() error) error {
	return r.file(suffix, func(w io.Writer) error {
		if err := trace.Start(w); err != nil {
			return err
		}
		defer trace.Stop()
		return run()
	})
}

// file has write write a trace.
func (r *recorder) file(suffix string, write func(w io.Writer) error) error {
	f, err := os.Create(filepath.Join(r.dir, r.name+suffix+".trace"))
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

func main() {
	if len(os.Args) < 2 {
		names := make([]string, 0, len(shapes))
		for name := range shapes {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			fmt.Println(name)
		}
		return
	}
	for _, name := range os.Args[2:] {
		run := shapes[name]
		if run == nil { // the others are recorded nevertheless
			continue
		}
		if err := run(&recorder{os.Args[1], name}); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
			os.Exit(1)
		}
	}
}
