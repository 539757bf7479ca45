// Package userlog is what a program writes into its own execution trace, as user
// logs, so that an analysis of the trace has what the runtime does not know.
//
// A user log is an event of runtime/trace.Log: a category and a message. The
// category says which type of this package the message encodes:
//
//	SpanCategory      Span, once for a task: which span of a distributed trace it is
//	ThreadsCategory   Thread, any number: what the operating system did with them
//
// Package tracing writes the former, a flight recorder of a service the latter,
// and package exectrace reads both. Messages are binary, since in hexadecimal
// digits they would be a third of a trace.
package userlog

import (
	"encoding/binary"
	"iter"
	"math"
	"time"
)

// SpanCategory is the category of a message that is a Span.
const SpanCategory = "span"

// Span is the identity of a span of a distributed trace, in the numbers of
// OpenTelemetry and Zipkin. A message has the 24 bytes of TraceID and ID, and
// then the 8 of Parent unless it is zero.
type Span struct {
	TraceID [16]byte
	ID      [8]byte
	// Parent is the parent span, if that is in another process. In this one the
	// parent of the task has it.
	Parent [8]byte
}

// Append appends the message for s to b: 32 bytes at most.
func (s Span) Append(b []byte) []byte {
	b = append(append(b, s.TraceID[:]...), s.ID[:]...)
	if s.Parent != [8]byte{} {
		b = append(b, s.Parent[:]...)
	}
	return b
}

// ParseSpan reads a message. It reports false for one of another length.
func ParseSpan(message string) (s Span, ok bool) {
	if len(message) != 24 && len(message) != 32 {
		return Span{}, false
	}
	copy(s.TraceID[:], message)
	copy(s.ID[:], message[16:])
	copy(s.Parent[:], message[24:])
	return s, true
}

// ThreadsCategory is the category of a message that is a list of Thread.
const ThreadsCategory = "schedstat"

// Thread says for how long a thread of the operating system has run since it
// began, and for how long it has waited for a CPU: on Linux the first two numbers
// of /proc/self/task/ID/schedstat. In a message it is three unsigned varints, the
// times in nanoseconds.
type Thread struct {
	ID     int64
	Ran    time.Duration
	Waited time.Duration
}

// MaxThread is how many bytes a Thread has in a message at most.
const MaxThread = 3 * binary.MaxVarintLen64

// Append appends t to b.
func (t Thread) Append(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(t.ID))
	b = binary.AppendUvarint(b, uint64(t.Ran))
	return binary.AppendUvarint(b, uint64(t.Waited))
}

// Threads yields the threads of a message. It stops at the first malformed
// entry.
func Threads(message string) iter.Seq[Thread] {
	return func(yield func(Thread) bool) {
		for rest := []byte(message); len(rest) > 0; {
			var numbers [3]uint64
			for i := range numbers {
				v, n := binary.Uvarint(rest)
				if n <= 0 || v > math.MaxInt64 {
					return
				}
				numbers[i], rest = v, rest[n:]
			}
			if !yield(Thread{int64(numbers[0]), time.Duration(numbers[1]), time.Duration(numbers[2])}) {
				return
			}
		}
	}
}
