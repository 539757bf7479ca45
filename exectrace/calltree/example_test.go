package calltree_test

import (
	"fmt"
	"log"
	"time"

	"example.com/tracelab/exectrace/calltree"
	"example.com/tracelab/exectrace/internal/recordtest"
	"example.com/tracelab/exectrace/lanes"
)

// In which calls did goroutines sleep?
func Example() {
	l, err := lanes.Read(recordtest.Record(func() {
		time.Sleep(30 * time.Millisecond) // what the program does
	}))
	if err != nil {
		log.Fatal(err)
	}
	p := calltree.Sum(l, calltree.Selection{From: l.Trace.Start, To: l.Trace.End})
	tree := p.Tree(calltree.Measure{State: lanes.Sleep}, calltree.Filter{Find: "calltree_test.Example"})
	f := tree.Functions(false)[0]
	fmt.Println(f.Name, time.Duration(f.Self) >= 30*time.Millisecond)
	// Output: time.Sleep true
}
