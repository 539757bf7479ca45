// Command same compares what exectrace and golang.org/x/exp/trace read from execution
// traces, event by event:
//
//	go run ./interop/exectraces/same [-refused] [-every N] FILE...
//
// It prints a line for each file, and ends with status 1 if one of them differs.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/testbed/eventcmp"
)

func main() {
	var o eventcmp.Options
	flag.IntVar(&o.Every, "every", 100, "compare the JSON of one event of so `many`; 0: of none")
	refused := flag.Bool("refused", false, "the other decoder may refuse a part of a trace")
	flag.Parse()
	status := 0
	for _, path := range flag.Args() {
		result, err := compare(path, o)
		if err != nil {
			fmt.Printf("%s: DIFFERENT: %v\n", path, err)
		} else {
			fmt.Printf("%s: %s\n", path, result)
		}
		if err != nil || result.Refused != nil && !*refused {
			status = 1
		}
	}
	os.Exit(status)
}

// result is what was compared.
type result struct {
	eventcmp.Result
	eventcmp.Moved
}

func (r result) String() string { return fmt.Sprintf("%s; %s", r.Result, r.Moved) }

func compare(path string, o eventcmp.Options) (r result, err error) {
	theirs, err := os.Open(path)
	if err != nil {
		return r, err
	}
	defer theirs.Close()
	ours, err := exectrace.Open(path)
	if err != nil {
		return r, err
	}
	defer ours.Close()
	if r.Result, err = eventcmp.Compare(ours, bufio.NewReaderSize(theirs, 1<<20), o); err != nil {
		return r, err
	}
	if r.Refused == nil { // otherwise go tool trace has events wait for what does not come
		r.Moved, err = eventcmp.Times(ours)
	}
	return r, err
}
