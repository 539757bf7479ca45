package counters_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"runtime/trace"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/counters"
)

// record is the execution trace of a program of three tasks.
func record() *exectrace.File {
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		log.Fatal(err)
	}
	for n := range 3 {
		ctx, task := trace.NewTask(context.Background(), "visit")
		trace.Log(ctx, "visitor", fmt.Sprint(n))
		task.End()
	}
	trace.Stop()
	f, err := exectrace.FromBytes(b.Bytes())
	if err != nil {
		log.Fatal(err)
	}
	return f
}

func ExampleSummarize() {
	s, lost, err := counters.Summarize(record())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Tasks, "tasks,", s.Logs, "logs,", len(lost), "parts lost")
	// Output: 3 tasks, 3 logs, 0 parts lost
}

func ExampleFollow() {
	most := 0
	_, err := counters.Follow(record(), func(after time.Duration, now counters.Values) {
		most = max(most, now.Goroutines.Running)
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("goroutines ran:", most > 0)
	// Output: goroutines ran: true
}
