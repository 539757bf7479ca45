package stats_test

import (
	"bytes"
	"fmt"
	"log"
	"runtime/trace"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/stats"
)

// Where did the time of the goroutines go?
func Example() {
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		log.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond) // what is recorded
	trace.Stop()

	f, err := exectrace.FromBytes(b.Bytes())
	if err != nil {
		log.Fatal(err)
	}
	t, err := exectrace.Read(f)
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
