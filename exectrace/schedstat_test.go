package exectrace

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"testing"
)

// sample is a line of a tale: the system's numbers of threads, by threes.
func sample(at int, numbers ...uint64) string {
	var message []byte
	for _, n := range numbers {
		message = binary.AppendUvarint(message, n)
	}
	return fmt.Sprintf("%d 1 log=schedstat text=%s\n", at, hex.EncodeToString(message))
}

// TestCPUWait has a task run on thread 5 from 1000 to 2000.
func TestCPUWait(t *testing.T) {
	const far = 1_000_000_000
	for _, c := range []struct {
		name, samples string
		knows         bool
		want          string
	}{
		{"without samples", "", false, "1000-2000 running 1/7"},
		{"all was waited for that was not run", sample(900, 5, 0, 0) + sample(2100, 5, 400, 800), true, `
			1000-1334 running 1/7
			1334-2000 cpu-wait 1/7 ?`},
		{"a share of what was asked for around it", sample(500, 5, 100, 100) + sample(2500, 5, 1100, 1100), true, `
			1000-1500 running 1/7
			1500-2000 cpu-wait 1/7 ?`},
		{"no more than was waited", sample(900, 5, 0, 0) + sample(2100, 5, 100, 300), true, `
			1000-1700 running 1/7
			1700-2000 cpu-wait 1/7 ?`},
		{"the samples just outside", sample(100, 5, 0, 0) + sample(900, 5, 0, 700) + sample(2100, 5, 600, 1300) + sample(2900, 5, 600, 2100), true, `
			1000-1500 running 1/7
			1500-2000 cpu-wait 1/7 ?`},
		{"another thread's", sample(900, 5, 0, 0, 6, 0, 0) + sample(2100, 6, 100, 900, 5, 1000, 0), true, "1000-2000 running 1/7"},
		{"threads in several messages, and an end that is none", sample(900, 6, 0, 0) + sample(900, 5, 0, 0) + sample(2100, 6, 9, 9) + sample(2100, 5, 500, 500, 5), true, `
			1000-1500 running 1/7
			1500-2000 cpu-wait 1/7 ?`},
		{"a thread's number that another one has got", sample(900, 5, 900, 900) + sample(2100, 5, 500, 500), false, "1000-2000 running 1/7"},
		{"one sample is within, and the other is not there", sample(1400, 5, 0, 0) + sample(2100, 5, 300, 400), true, `
			1000-1658 running 1/7
			1658-2000 cpu-wait 1/7 ?`},
		{"long after", sample(900, 5, 0, 0) + sample(2*far, 5, 1000, 1000), true, "1000-2000 running 1/7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := telling(t, fmt.Sprintf(`
				0 0 sync
				1 1 unknown>running thread=5
				1000 1 begin task=7
				2000 1 end task=7
				3000000000 0 sync
				%s`, c.samples))
			k, _ := x.Task(7)
			if got, want := tiles(x.Explain(k)), trim(c.want); got != want {
				t.Errorf("it is\n%s\nwant\n%s", got, want)
			}
			if got := x.KnowsCPU(); got != c.knows {
				t.Errorf("it knows: %t", got)
			}
		})
	}
}
