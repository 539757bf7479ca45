package mmu_test

import (
	"fmt"
	"log"
	"runtime"
	"time"

	"example.com/tracelab/exectrace/internal/recordtest"
	"example.com/tracelab/exectrace/mmu"
)

// How much do stops of the world leave of a microsecond, and how much of a second? A
// longer window has more left.
func Example() {
	f := recordtest.Record(runtime.GC)
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
