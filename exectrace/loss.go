package exectrace

import (
	"fmt"

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

// each passes all events to all consumers, in one pass.
func (f *File) each(consumers ...events.Consumer) ([]Loss, error) {
	found, err := events.Each(f.c, consumers...)
	var lost []Loss
	for _, l := range found {
		lost = append(lost, Loss(l))
	}
	return lost, err
}
