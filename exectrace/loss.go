package exectrace

import (
	"fmt"

	"example.com/tracelab/exectrace/internal/events"
)

// Loss is a part of a File that could not be read. It is an error, which File.Events
// yields in the place of that part.
type Loss struct {
	Offset, Size int64 // in the file that was opened: from the first byte that is lost to the last; 0 if they are missing from the file
	Bytes        int64 // of these, how many are lost
	Events       int   // that were left out since they cannot be, as far as they could be counted
	From, To     Time  // the time in which the states of goroutines may be wrong; equal if none
	Err          error // what was wrong first
}

func loss(l events.Loss) Loss {
	return Loss{l.Offset, l.Size, l.Bytes, l.Events, Time(l.From), Time(l.To), l.Err}
}

// Error returns which bytes are lost, and why.
func (l Loss) Error() string {
	if l.Events > 0 {
		s := "s"
		if l.Events == 1 {
			s = ""
		}
		return fmt.Sprintf("lost: %d event%s in the %d bytes from byte %d on: %v", l.Events, s, l.Size, l.Offset, l.Err)
	}
	return fmt.Sprintf("lost: %d bytes from byte %d on: %v", l.Bytes, l.Offset, l.Err)
}

// Unwrap returns l.Err.
func (l Loss) Unwrap() error { return l.Err }

// each passes all events to all consumers, in one pass.
func (f *File) each(consumers ...events.Consumer) ([]Loss, error) {
	found, err := events.Each(f.c, consumers...)
	var lost []Loss
	for _, l := range found {
		lost = append(lost, loss(l))
	}
	return lost, err
}

// Doubtful reports whether the states of goroutines may be wrong at some time between two
// moments, since a part of the File could not be read.
func (t *Trace) Doubtful(from, to Time) bool {
	for _, l := range t.Lost {
		if l.From < l.To && l.From <= to && from <= l.To {
			return true
		}
	}
	return false
}
