package decode_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/exectrace/internal/decode"
)

func appendBatch(b []byte, thread uint64, data ...byte) []byte {
	b = append(b, container.EventBatch)
	for _, v := range []uint64{1, thread, 1, uint64(len(data))} {
		b = binary.AppendUvarint(b, v)
	}
	return append(b, data...)
}

// TestUntoldProcessor reads a trace in which a processor starts whose state no event tells,
// as Go 1.22 writes it where GOMAXPROCS changes: nothing is lost. In another release's
// trace something is.
func TestUntoldProcessor(t *testing.T) {
	for minor, want := range map[int]int{22: 0, 26: 1} {
		b := fmt.Appendf(nil, "go 1.%d trace\x00\x00\x00", minor)
		b = appendBatch(b, math.MaxUint64, binary.AppendUvarint([]byte{container.Frequency}, 15_625_000)...)
		b = appendBatch(b, 1, byte(decode.ProcStatus), 1, 0, 1, byte(decode.ProcStop), 9)
		b = appendBatch(b, 2, byte(decode.ProcStart), 3, 1, 1, byte(decode.ProcStop), 1)
		if minor >= 26 {
			b = append(b, container.EndOfGeneration)
		}
		starts, losses := 0, 0
		err := decode.New(opened(t, b)).Run(true, func(_ *decode.Tables, events []decode.Event) bool {
			for _, e := range events {
				if e.Type == decode.ProcStart && e.Of == 1 {
					starts++
				}
			}
			return true
		}, func(decode.Loss) bool { losses++; return true })
		if err != nil || minor == 22 && starts != 1 || losses != want {
			t.Errorf("Go 1.%d: %d starts, %d losses, want %d: %v", minor, starts, losses, want, err)
		}
	}
}
