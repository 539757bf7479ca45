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
	for g := range l.Trace.Goroutines() {
		for i, c := range l.Columns(lanes.Lane{Kind: lanes.Goroutine, ID: int64(g.ID)}, l.Trace.Start, width, 10) {
			if i == 5 && c[lanes.Sleep] == width {
				fmt.Println("a goroutine sleeps in all of the sixth column")
			}
		}
	}
	// Output: a goroutine sleeps in all of the sixth column
}
