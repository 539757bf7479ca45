package groups_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"runtime/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/groups"
)

func ExampleTasks() {
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		log.Fatal(err)
	}
	for range 3 {
		_, task := trace.NewTask(context.Background(), "visit")
		task.End()
	}
	trace.Stop()

	f, err := exectrace.FromBytes(b.Bytes())
	if err != nil {
		log.Fatal(err)
	}
	t, err := exectrace.Read(f)
	if err != nil {
		log.Fatal(err)
	}
	for _, g := range groups.Tasks(t) {
		fmt.Println(g.Count, g.Name, "of which", len(g.Lasted), "are complete; the slowest first:", g.Slowest[0].Name)
	}
	// Output: 3 visit of which 3 are complete; the slowest first: visit
}
