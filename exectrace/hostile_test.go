package exectrace

import (
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"example.com/tracelab/exectrace/internal/container"
)

// The types of events that the tables have.
const stacksType, stackType, stringsType, stringType = 2, 3, 4, 5

// hostile builds a generation of batches that say what they like.
type hostile struct{ b []byte }

func (h *hostile) batch(thread, size uint64, data []byte) {
	h.b = append(h.b, container.EventBatch)
	for _, v := range []uint64{1, thread, 1, size} {
		h.b = binary.AppendUvarint(h.b, v)
	}
	h.b = append(h.b, data...)
}

// many fills batches of one kind with as many events as they take.
func (h *hostile) many(first []byte, event func(b []byte, id uint64) []byte) {
	id := uint64(0)
	for range 10 {
		data := first
		for len(data) < container.MaxBatch-64 {
			id++
			data = event(data, 7*id)
		}
		h.batch(math.MaxUint64, uint64(len(data)), data)
	}
}

func (h *hostile) trace() []byte {
	clock := binary.AppendUvarint([]byte{container.Sync, container.Frequency}, 15_625_000)
	clock = append(clock, container.ClockSnapshot, 0, 0, 0, 0)
	h.batch(math.MaxUint64, uint64(len(clock)), clock)
	return append(append([]byte("go 1.26 trace\x00\x00\x00"), h.b...), container.EndOfGeneration)
}

// TestHostileTraces reads what was made to need memory: it is in proportion to
// the file, and a number that says how much is to come is not believed.
func TestHostileTraces(t *testing.T) {
	const huge = math.MaxUint64 >> 1
	for _, c := range []struct {
		name  string
		build func(h *hostile)
		times int // the length of the file
	}{
		{"a thread for each batch", func(h *hostile) {
			for id := range uint64(50_000) {
				h.batch(id+1, 4, []byte{13, 1, 1, 1})
			}
		}, 500},
		{"batches of nothing", func(h *hostile) {
			for range 50_000 {
				h.batch(1, 0, nil)
			}
		}, 500},
		{"stacks without frames", func(h *hostile) {
			h.many([]byte{stacksType}, func(b []byte, id uint64) []byte {
				return append(binary.AppendUvarint(append(b, stackType), id), 0)
			})
		}, 100},
		{"strings without bytes", func(h *hostile) {
			h.many([]byte{stringsType}, func(b []byte, id uint64) []byte {
				return append(binary.AppendUvarint(append(b, stringType), id), 0)
			})
		}, 100},
		{"a batch of any size", func(h *hostile) { h.batch(1, huge, []byte("some")) }, 10_000},
		{"a stack of any size", func(h *hostile) {
			data := binary.AppendUvarint([]byte{stacksType, stackType, 1}, huge)
			h.batch(1, uint64(len(data)), data)
		}, 10_000},
		{"a string of any size", func(h *hostile) {
			data := binary.AppendUvarint([]byte{stringsType, stringType, 1}, huge)
			h.batch(1, uint64(len(data)), data)
		}, 10_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			var h hostile
			c.build(&h)
			b := h.trace()
			f, err := FromBytes(b)
			if err != nil {
				t.Fatal(err)
			}
			need := allocated(func() {
				f.each(&counter{})
				for range asWritten(t, f) {
				}
			})
			if most := uint64(c.times * len(b)); need > most {
				t.Errorf("%d bytes for a file of %d, want %d at most", need, len(b), most)
			}
		})
	}
}

// allocated is how much memory do asks for, all in all.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestOldHostileTraces says the same of the format of before Go 1.22.
func TestOldHostileTraces(t *testing.T) {
	for _, events := range []string{
		"\x25\x01\xff\xff\xff\xff\xff\xff\xff\xff\x7f",                 // a string of any size
		"\xc3\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x01",                 // arguments of any size
		"\x41\x00\x01" + strings.Repeat("\xc3\x04\x01\x90\x4e\x00", 9), // a stack of 10,000 frames
	} {
		f, err := FromBytes(fmt.Appendf(nil, "go 1.21 trace\x00\x00\x00%s", events))
		if err != nil {
			t.Fatal(err)
		}
		if need := allocated(func() { f.each(&counter{}) }); need > 4<<20 {
			t.Errorf("%q: %d bytes", events, need)
		}
	}
}
