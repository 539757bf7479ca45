package exectrace

import (
	"fmt"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace/internal/events"
)

// Loss is a part of a file that could not be read.
type Loss struct {
	Offset int64 // of its first byte
	Size   int64 // in bytes; 0 if what is missing is not in the file
	Events int   // of it, before the damage: they were yielded
	Err    error
}

// Error says what is lost and why. File.Events yields a Loss in the place of what
// is lost.
func (l Loss) Error() string {
	if l.Events > 0 {
		return fmt.Sprintf("lost: %d bytes from byte %d on, but for their first %d events: %v", l.Size, l.Offset, l.Events, l.Err)
	}
	return fmt.Sprintf("lost: %d bytes from byte %d on: %v", l.Size, l.Offset, l.Err)
}

// Unwrap returns the reason.
func (l Loss) Unwrap() error { return l.Err }

// Each passes all events to all consumers, in one pass. A damaged generation is
// read up to the damage, and reading continues with the next one. The losses are
// returned; the error is nil unless nothing could be read.
//
// It is for the packages of exectrace. Other programs read Events.
func (f *File) Each(consumers ...events.Consumer) (lost []Loss, err error) {
	err = events.Read(f.c, func(ev *trace.Event) bool {
		for _, c := range consumers {
			c.Event(ev)
		}
		return true
	}, func(l events.Loss) bool {
		lost = append(lost, Loss(l))
		for _, c := range consumers {
			c.Gap()
		}
		return true
	})
	return lost, err
}
