package gotool

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/testbed/workload"
)

// sample is a trace that is made to be measured with.
type sample struct {
	kind   string  // of its program
	amount float64 // bytes, or goroutines if kind is about them
}

// The kernel counts a parent's memory as its child's until it runs another
// program: that is why this process stays small, and a child makes the trace.
func init() {
	children = map[string]func(args []string) error{
		"record": recordLarge,
		"read":   readEvents,
		"events": func(args []string) error { return withFile(args[0], ourEvents) },
		"index": func(args []string) error {
			return withFile(args[0], func(f *exectrace.File) error { _, err := exectrace.Read(f); return err })
		},
		"heap": func(args []string) error { return withFile(args[0], heap) },
	}
}

// recordLarge makes a trace: its kind, how much of it, and where to.
func recordLarge(args []string) error {
	amount, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil {
		return err
	}
	f, err := os.Create(args[2])
	if err != nil {
		return err
	}
	defer f.Close()
	var b []byte
	switch kind := args[0]; kind {
	case "goroutines":
		b, err = workload.Record(kind, int(amount/2000))
	case "jobs":
		b, err = workload.Record(kind, int(amount/1000))
	case "flight":
		b, err = workload.Snapshot(int(amount), "http")
	case "mixed":
		return workload.RecordTo(f, amount, workload.Kinds()...)
	default:
		return workload.RecordTo(f, amount, kind)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return err
}

func withFile(path string, do func(f *exectrace.File) error) error {
	f, err := exectrace.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return do(f)
}

func ourEvents(f *exectrace.File) error {
	for _, err := range f.Events() {
		if err != nil {
			return err
		}
	}
	return nil
}

// heap prints how many bytes of the heap are in use while an index is held.
func heap(f *exectrace.File) error {
	x, err := exectrace.Read(f)
	if err != nil {
		return err
	}
	runtime.GC()
	runtime.GC()
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	fmt.Println(now.HeapInuse)
	runtime.KeepAlive(x)
	return nil
}

// readEvents reads with the decoder alone.
func readEvents(args []string) error {
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
}
