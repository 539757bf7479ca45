package exectrace

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"testing"
	"time"
)

// unit is what moments and durations of these scripts are in.
const unit = 100 * time.Microsecond

// sample is a line of a script: the system's numbers of threads, by threes.
func sample(at int, numbers ...int) string {
	var message []byte
	for i, n := range numbers {
		if i%3 > 0 {
			n *= int(unit)
		}
		message = binary.AppendUvarint(message, uint64(n))
	}
	return fmt.Sprintf("%d 1 log=schedstat text=%s\n", at*int(unit), hex.EncodeToString(message))
}

// runs are lines of a goroutine that runs on thread 5.
func runs(id, from, to int) string {
	return fmt.Sprintf("%d %d runnable>running thread=5\n%d %d running>runnable reason=preempted\n", from*int(unit), id, to*int(unit), id)
}

// TestCPUWait has a task's goroutine run on thread 5 from 1000 to 2000.
func TestCPUWait(t *testing.T) {
	others := runs(2, 500, 1000) + runs(2, 2000, 2500)
	var brief string // runs of others, which are too short for the system to end them
	for i := range 100 {
		brief += runs(2, 500+4*i, 500+4*i+4)
	}
	for _, c := range []struct {
		name, script string
		knows        bool
		waited       int
	}{
		{"without samples", "", false, 0},
		{"all that was not run", sample(900, 5, 0, 0) + sample(2100, 5, 400, 600), true, 600},
		{"the samples just outside", sample(100, 5, 0, 0) + sample(900, 5, 0, 700) + sample(2100, 5, 500, 1200) + sample(2900, 5, 500, 2100), true, 500},
		{"its share, since others ran there", others + sample(500, 5, 100, 100) + sample(2500, 5, 1100, 1100), true, 500},
		{"its share, since there is more to a thread than goroutines", sample(900, 5, 0, 0) + sample(2100, 5, 1000, 1000), true, 500},
		{"none of it is of short runs", brief + sample(500, 5, 0, 0) + sample(2100, 5, 1000, 400), true, 400},
		{"what nobody has counted: the machine itself was gone", sample(900, 5, 0, 0) + sample(2100, 5, 300, 100), true, 700},
		{"what is booked late", sample(900, 5, 0, 0) + sample(2100, 5, 970, 0), true, 0},
		{"another thread's", sample(900, 5, 0, 0, 6, 0, 0) + sample(2100, 6, 100, 900, 5, 1000, 0), true, 0},
		{"threads in several messages, and an end that is none", sample(900, 6, 0, 0) + sample(900, 5, 0, 0) + sample(2100, 6, 9, 9) + sample(2100, 5, 500, 500, 5), true, 500},
		{"a thread's number that another one has got", sample(900, 5, 900, 900) + sample(2100, 5, 500, 500), false, 0},
		{"one sample is within, and the other is not there", sample(1400, 5, 0, 0) + sample(2100, 5, 300, 300), true, 300},
		{"long after", sample(900, 5, 0, 0) + sample(9000, 5, 500, 500), true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := scripted(t, fmt.Sprintf("0 0 sync\n1 1 unknown>runnable\n1 2 unknown>runnable\n%s%d 1 begin task=7\n%d 1 end task=7\n%d 0 sync\n%s",
				runs(1, 1000, 2000), 1000*unit, 2000*unit, 9999*unit, c.script))
			k, _ := x.Task(7)
			want := []Segment{{Start: k.Start, End: k.End, State: SegmentRunning, Goroutine: 1, Task: 7}}
			if c.waited > 0 {
				from := k.End - Time(c.waited)*Time(unit)
				want = []Segment{
					{Start: k.Start, End: from, State: SegmentRunning, Goroutine: 1, Task: 7},
					{Start: from, End: k.End, State: SegmentCPUWait, Goroutine: 1, Task: 7, Inferred: true},
				}
			}
			if got := x.Breakdown(k); !near(got, want) {
				t.Errorf("it is\n%s\nwant\n%s", segments(got), segments(want))
			}
			if got := x.KnowsCPU(); got != c.knows {
				t.Errorf("it knows: %t", got)
			}
		})
	}
}

// near reports whether segments are the same, but for a few moments.
func near(a, b []Segment) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Start.Sub(b[i].Start).Abs() > 4*unit {
			return false
		}
		a[i].Start, a[i].End = b[i].Start, b[i].End
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
