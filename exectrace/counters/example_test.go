package counters_test

import (
	"context"
	"fmt"
	"log"
	"runtime/trace"
	"time"

	"example.com/tracelab/exectrace/counters"
	"example.com/tracelab/exectrace/internal/recordtest"
)

// visits is a program of three tasks.
func visits() {
	for n := range 3 {
		ctx, task := trace.NewTask(context.Background(), "visit")
		trace.Log(ctx, "visitor", fmt.Sprint(n))
		task.End()
	}
}

func ExampleSummarize() {
	s, lost, err := counters.Summarize(recordtest.Record(visits))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Tasks, "tasks,", s.Logs, "logs,", len(lost), "parts lost")
	// Output: 3 tasks, 3 logs, 0 parts lost
}

func ExampleFollow() {
	most := 0
	_, err := counters.Follow(recordtest.Record(visits), func(after time.Duration, now counters.Values) {
		most = max(most, now.Goroutines.Running)
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("goroutines ran:", most > 0)
	// Output: goroutines ran: true
}
