package decode_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/internal/testbed/workload"
)

// TestTrueTimes writes the states of goroutines that did nothing later than they were, in
// the middle of what follows, as a busy machine does. No time of an event that a thread
// wrote changes by that; those of go tool trace do.
func TestTrueTimes(t *testing.T) {
	b, err := workload.Generations()
	if err != nil {
		t.Fatal(err)
	}
	late, moved := writtenLate(t, b)
	if moved < 5 {
		t.Fatalf("there are %d batches of no thread", moved)
	}
	for _, asGoTool := range []bool{false, true} {
		before, after := times(t, b, asGoTool), times(t, late, asGoTool)
		changed := 0
		for at, n := range before {
			if after[at] != n {
				changed++
			}
		}
		t.Logf("as go tool trace %t: %d of %d times are others", asGoTool, changed, len(before))
		if asGoTool != (changed > 0) {
			t.Errorf("as go tool trace %t: %d of %d times are others", asGoTool, changed, len(before))
		}
	}
}

// times counts the events of threads by their times.
func times(t *testing.T, b []byte, asGoTool bool) map[int64]int {
	t.Helper()
	d := decode.New(opened(t, b))
	d.AsGoTool = asGoTool
	found := map[int64]int{}
	err := d.Run(true, func(_ *decode.Tables, events []decode.Event) bool {
		for _, e := range events {
			if e.Thread != decode.None {
				found[e.Time]++
			}
		}
		return true
	}, func(l decode.Loss) bool { t.Error(l); return true })
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func opened(t testing.TB, b []byte) *container.File {
	t.Helper()
	f, err := container.New(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// writtenLate moves the batches of no thread by about a millisecond, as far as their time
// keeps its length. It returns how many there are.
func writtenLate(t *testing.T, b []byte) (late []byte, moved int) {
	t.Helper()
	late = bytes.Clone(b)
	s := opened(t, b).Batches()
	for {
		batch, ok := s.Next()
		if !ok {
			return late, moved
		}
		if batch.Thread != 1<<64-1 || batch.Size == 0 || b[batch.Data] != byte(decode.GoStatus) && b[batch.Data] != byte(decode.GoStatusStack) && b[batch.Data] != byte(decode.ProcStatus) {
			continue
		}
		header := binary.AppendUvarint(binary.AppendUvarint([]byte{container.EventBatch}, batch.Generation), batch.Thread)
		at := int(batch.Offset) + len(header)
		was := binary.AppendUvarint(nil, batch.Ticks)
		is := binary.AppendUvarint(nil, batch.Ticks+1<<14)
		if !bytes.HasPrefix(late[at:], was) || len(is) != len(was) {
			t.Fatalf("the batch at %d is not as expected", batch.Offset)
		}
		copy(late[at:], is)
		moved++
	}
}
