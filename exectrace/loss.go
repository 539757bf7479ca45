package exectrace

import (
	"fmt"

	"example.com/tracelab/exectrace/internal/events"
)

// Loss is a part of a File that could not be read. It is an error, which File.Events
// yields in the place of that part.
type Loss struct {
	Offset int64 // of the first byte, in the file that was opened
	Size   int64 // in bytes; 0 if a generation is missing from the file
	Events int   // how many events of the part were read before the damage
	Err    error // why the part could not be read
}

// Error returns which bytes are lost, and why.
func (l Loss) Error() string {
	if l.Events > 0 {
		return fmt.Sprintf("lost: %d bytes from byte %d on, but for their first %d events: %v", l.Size, l.Offset, l.Events, l.Err)
	}
	return fmt.Sprintf("lost: %d bytes from byte %d on: %v", l.Size, l.Offset, l.Err)
}

// Unwrap returns l.Err.
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
