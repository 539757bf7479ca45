// Package userlog encodes and decodes messages that a program logs into its own
// execution trace with runtime/trace.Log, for package exectrace to read: they are what
// the runtime does not know. The category of a log says which type its message encodes:
//
//	SpanCategory      a Span, once in a task: the span of a distributed trace that the task is
//	ThreadsCategory   any number of Threads: the times that the operating system gave them
//
// Messages are binary: in hexadecimal digits they would be a third of a trace.
package userlog

import (
	"encoding/binary"
	"iter"
	"math"
	"time"
)

// SpanCategory is the category of a log whose message is a Span.
const SpanCategory = "span"

// Known reports whether the messages of a category are those of this package. Others are
// text, for people.
func Known(category string) bool { return category == SpanCategory || category == ThreadsCategory }

// Span identifies a span of a distributed trace, by the ids of OpenTelemetry and Zipkin.
// A message has the 24 bytes of TraceID and ID, and then the 8 bytes of Parent unless
// that is zero.
type Span struct {
	TraceID [16]byte
	ID      [8]byte
	// Parent is the parent span, if it is in another process. It is zero if there is
	// none, or if it is in this process: then the parent of the task identifies it.
	Parent [8]byte
}

// Append appends the message for s to b, which is 24 or 32 bytes, and returns the
// extended buffer.
func (s Span) Append(b []byte) []byte {
	b = append(append(b, s.TraceID[:]...), s.ID[:]...)
	if s.Parent != [8]byte{} {
		b = append(b, s.Parent[:]...)
	}
	return b
}

// ParseSpan decodes the message of a Span. It reports false if the message has another
// length than one.
func ParseSpan(message string) (s Span, ok bool) {
	if len(message) != 24 && len(message) != 32 {
		return Span{}, false
	}
	copy(s.TraceID[:], message)
	copy(s.ID[:], message[16:])
	copy(s.Parent[:], message[24:])
	return s, true
}

// ThreadsCategory is the category of a log whose message is a list of Threads.
const ThreadsCategory = "schedstat"

// Thread has the times of a thread by the operating system's scheduler. On Linux they
// are the first two numbers of /proc/self/task/ID/schedstat. In a message a Thread is
// three unsigned varints, the times in nanoseconds.
type Thread struct {
	ID     int64         // on Linux its tid
	Ran    time.Duration // how long it has run since it began
	Waited time.Duration // how long it has waited for a CPU since it began
}

// MaxThread is the largest number of bytes that Thread.Append appends.
const MaxThread = 3 * binary.MaxVarintLen64

// Append appends the encoding of t to b and returns the extended buffer. A message is a
// concatenation of encodings.
func (t Thread) Append(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(t.ID))
	b = binary.AppendUvarint(b, uint64(t.Ran))
	return binary.AppendUvarint(b, uint64(t.Waited))
}

// Threads returns an iterator over the Threads of a message. It ends before the first
// that is malformed.
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
