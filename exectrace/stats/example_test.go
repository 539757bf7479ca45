package stats_test

import (
	"fmt"
	"log"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/recordtest"
	"example.com/tracelab/exectrace/stats"
)

// Where did the time of the goroutines go?
func Example() {
	t, err := exectrace.Read(recordtest.Record(func() {
		time.Sleep(50 * time.Millisecond) // what the program does
	}))
	if err != nil {
		log.Fatal(err)
	}
	var all stats.Stats
	for g := range t.Goroutines() {
		all.Add(stats.Of(t, g))
	}
	fmt.Println("slept for 50 ms or more:", all.Waited(stats.WaitSleep) >= 50*time.Millisecond)
	// Output: slept for 50 ms or more: true
}
