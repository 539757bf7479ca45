// Package analysis gives the analyses of a trace what an exectrace.File keeps from
// other programs: its events as the decoder has them.
package analysis

import (
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/exectrace/internal/events"
)

// Each passes all events to all consumers, in one pass. A damaged generation is
// read up to the damage, and reading continues with the next one. The losses are
// returned; the error is nil unless nothing could be read.
func Each(f *exectrace.File, consumers ...events.Consumer) ([]exectrace.Loss, error) {
	return EachOf(container.Of(f), consumers...)
}

// EachOf is Each for a file of package container.
func EachOf(f *container.File, consumers ...events.Consumer) ([]exectrace.Loss, error) {
	found, err := events.Each(f, consumers...)
	var lost []exectrace.Loss
	for _, l := range found {
		lost = append(lost, exectrace.Loss{
			Offset: l.Offset, Size: l.Size, Bytes: l.Bytes, Events: l.Events, From: exectrace.Time(l.From), To: exectrace.Time(l.To), Err: l.Err,
		})
	}
	return lost, err
}

// Index returns the index of a trace, and passes all events to consumers in the same pass.
func Index(f *exectrace.File, consumers ...events.Consumer) (*exectrace.Trace, error) {
	t, err := events.Index(f, consumers...)
	if err != nil {
		return nil, err
	}
	return t.(*exectrace.Trace), nil
}

// Wall returns the time of the wall clock at a moment of the trace, or the zero
// Time before Go 1.25.
func Wall(f *exectrace.File, at exectrace.Time) time.Time {
	return container.Of(f).Clocks().Wall(int64(at))
}
