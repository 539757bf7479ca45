// Command same compares what exectrace and golang.org/x/exp/trace read from execution
// traces, event by event:
//
//	go run ./interop/exectraces/same [-earlier] [-refused] [-every N] FILE...
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
	flag.BoolVar(&o.EarlierTimes, "earlier", false, "times may be earlier in ours, where the other decoder moved events")
	flag.IntVar(&o.Every, "every", 100, "compare the JSON of one event of so `many`; 0: of none")
	refused := flag.Bool("refused", false, "the other decoder may refuse a part of a trace")
	flag.Parse()
	status := 0
	for _, path := range flag.Args() {
		result, err := compare(path, o)
		if err != nil {
			status = 1
			fmt.Printf("%s: DIFFERENT: %v\n", path, err)
			continue
		}
		if result.Refused != nil && !*refused {
			status = 1
		}
		fmt.Printf("%s: %s\n", path, result)
	}
	os.Exit(status)
}

func compare(path string, o eventcmp.Options) (eventcmp.Result, error) {
	theirs, err := os.Open(path)
	if err != nil {
		return eventcmp.Result{}, err
	}
	defer theirs.Close()
	ours, err := exectrace.Open(path)
	if err != nil {
		return eventcmp.Result{}, err
	}
	defer ours.Close()
	return eventcmp.Compare(ours, bufio.NewReaderSize(theirs, 1<<20), o)
}
