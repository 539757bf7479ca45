package lanes_test

import (
	"fmt"
	"log"
	"time"

	"example.com/tracelab/exectrace/internal/recordtest"
	"example.com/tracelab/exectrace/lanes"
)

func ExampleLanes_Columns() {
	// The sleep stands for a program that does nothing for most of the time.
	l, err := lanes.Read(recordtest.Record(func() { time.Sleep(20 * time.Millisecond) }))
	if err != nil {
		log.Fatal(err)
	}
	// The whole trace in ten columns, for each goroutine.
	width := l.Trace.Duration()/10 + 1
	var longest time.Duration
	for g := range l.Trace.Goroutines() {
		var slept time.Duration
		for _, c := range l.Columns(lanes.Lane{Kind: lanes.Goroutine, ID: int64(g.ID)}, l.Trace.Start, width, 10) {
			slept += c[lanes.Sleep]
		}
		longest = max(longest, slept)
	}
	fmt.Println("a goroutine slept for 20 ms or more:", longest >= 20*time.Millisecond)
	// Output: a goroutine slept for 20 ms or more: true
}
