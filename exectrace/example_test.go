package exectrace_test

import (
	"context"
	"fmt"
	"log"
	"runtime/trace"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/recordtest"
)

// checkout is a program of one task.
func checkout() {
	ctx, task := trace.NewTask(context.Background(), "checkout")
	trace.WithRegion(ctx, "pay", func() {
		trace.Log(ctx, "order", "4711")
		time.Sleep(50 * time.Millisecond) // what the task does
	})
	task.End()
}

func Example() {
	t, err := exectrace.Read(recordtest.Record(checkout))
	if err != nil {
		log.Fatal(err)
	}
	for k := range t.Tasks() {
		if k.Begun {
			fmt.Println("task", k.Name)
		}
	}
	for r := range t.Regions() {
		fmt.Println("region", r.Type, "took 50 ms or more:", r.End.Sub(r.Start) >= 50*time.Millisecond)
	}
	for l := range t.Logs() {
		fmt.Println("log", l.Category, l.Message)
	}
	// Output:
	// task checkout
	// region pay took 50 ms or more: true
	// log order 4711
}

// What was a task's time spent on? The segments have no gaps, from its begin to its
// end.
func ExampleTrace_Breakdown() {
	t, err := exectrace.Read(recordtest.Record(checkout))
	if err != nil {
		log.Fatal(err)
	}
	for k := range t.Tasks() {
		if !k.Begun || !k.Ended {
			continue
		}
		var all time.Duration
		spent := map[exectrace.SegmentState]time.Duration{}
		for _, s := range t.Breakdown(k) {
			spent[s.State] += s.End.Sub(s.Start)
			all += s.End.Sub(s.Start)
		}
		fmt.Println("it slept for 40 ms or more:", spent[exectrace.SegmentSleep] >= 40*time.Millisecond)
		fmt.Println("it adds up:", all == k.End.Sub(k.Start))
	}
	// Output:
	// it slept for 40 ms or more: true
	// it adds up: true
}

// Events are read in bounded memory, even those of a trace that is too large for Read.
func ExampleFile_Events() {
	sleeps := 0
	for ev, err := range recordtest.Record(checkout).Events() {
		if err != nil {
			log.Fatal(err)
		}
		if change, ok := ev.Transition(); ok && change.From == "Running" && change.To == "Waiting" && change.Reason == "sleep" {
			sleeps++
		}
	}
	fmt.Println("a goroutine went to sleep:", sleeps > 0)
	// Output: a goroutine went to sleep: true
}
