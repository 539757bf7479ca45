package delay_test

import (
	"fmt"
	"log"
	"time"

	"example.com/tracelab/exectrace/delay"
	"example.com/tracelab/exectrace/internal/recordtest"
)

// Where does a program wait for channels and mutexes? The method Write of a Profile
// writes a file for go tool pprof.
func Example() {
	f := recordtest.Record(func() {
		done := make(chan bool)
		go func() {
			time.Sleep(20 * time.Millisecond) // what the program waits for
			close(done)
		}()
		<-done
	})
	list, _, err := delay.Profiles(f, delay.Options{Kinds: []delay.Kind{delay.Sync}})
	if err != nil {
		log.Fatal(err)
	}
	longest := list[0].Sample[0]
	where := longest.Location[0].Line[0].Function.Name
	fmt.Println("most in", where, "for 10 ms or more:", longest.Value[1] >= int64(10*time.Millisecond))
	// Output: most in runtime.chanrecv1 for 10 ms or more: true
}
