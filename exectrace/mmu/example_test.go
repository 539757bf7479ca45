package mmu_test

import (
	"bytes"
	"fmt"
	"log"
	"runtime"
	"runtime/trace"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/mmu"
)

// How much does a stop of the world take of 10 µs, and how much of a second? A
// longer window has more left.
func Example() {
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		log.Fatal(err)
	}
	runtime.GC()
	trace.Stop()

	f, err := exectrace.FromBytes(b.Bytes())
	if err != nil {
		log.Fatal(err)
	}
	u, _, err := mmu.Of(f, mmu.Options{Work: mmu.GCStopTheWorld})
	if err != nil {
		log.Fatal(err)
	}
	short, long := u.MMU(time.Microsecond), u.MMU(time.Second)
	fmt.Println("at worst, of 1 µs:", short)
	fmt.Println("of the whole there is more:", long > short)
	// Output:
	// at worst, of 1 µs: 0
	// of the whole there is more: true
}
