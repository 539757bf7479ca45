package delay_test

import (
	"bytes"
	"fmt"
	"log"
	"runtime/trace"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/delay"
)

// Where does a program wait for channels and mutexes? p.Write gives what go tool
// pprof reads.
func Example() {
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		log.Fatal(err)
	}
	done := make(chan bool)
	go func() {
		time.Sleep(20 * time.Millisecond) // what is recorded
		close(done)
	}()
	<-done
	trace.Stop()

	f, err := exectrace.FromBytes(b.Bytes())
	if err != nil {
		log.Fatal(err)
	}
	list, _, err := delay.Profiles(f, delay.Options{Kinds: []delay.Kind{delay.Sync}})
	if err != nil {
		log.Fatal(err)
	}
	longest := list[0].Sample[0]
	where := longest.Location[0].Line[0].Function.Name
	fmt.Println("most in", where, "for 10 ms or more:", longest.Value[1] >= int64(10*time.Millisecond))
	// Output: most in runtime.chanrecv1 for 10 ms or more: true
}
