package groups_test

import (
	"context"
	"fmt"
	"log"
	"runtime/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/groups"
	"example.com/tracelab/exectrace/internal/recordtest"
)

func ExampleTasks() {
	t, err := exectrace.Read(recordtest.Record(func() {
		for range 3 {
			_, task := trace.NewTask(context.Background(), "visit")
			task.End()
		}
	}))
	if err != nil {
		log.Fatal(err)
	}
	for _, g := range groups.Tasks(t) {
		fmt.Println(g.Count, g.Name, "of which", len(g.Lasted), "are complete; the slowest first:", g.Slowest[0].Name)
	}
	// Output: 3 visit of which 3 are complete; the slowest first: visit
}
