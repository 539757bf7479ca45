package chrome_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"runtime/trace"

	"example.com/tracelab/exectrace/chrome"
	"example.com/tracelab/exectrace/internal/recordtest"
)

// The file that Write writes can be opened in https://ui.perfetto.dev.
func ExampleExport() {
	f := recordtest.Record(func() {
		_, task := trace.NewTask(context.Background(), "visit")
		task.End()
	})
	x, err := chrome.Read(f, chrome.Options{})
	if err != nil {
		log.Fatal(err)
	}
	var out bytes.Buffer
	n, err := x.Write(&out)
	if err != nil {
		log.Fatal(err)
	}
	var written struct {
		TraceEvents []struct{ Name, Ph string }
	}
	if err := json.Unmarshal(out.Bytes(), &written); err != nil {
		log.Fatal(err)
	}
	fmt.Println("all events are there:", len(written.TraceEvents) == n)
	for _, ev := range written.TraceEvents {
		if ev.Name == "visit" {
			fmt.Println(ev.Name, ev.Ph)
		}
	}
	// Output:
	// all events are there: true
	// visit b
	// visit e
}
