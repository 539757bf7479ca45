package events

import (
	"errors"
	"fmt"
	"runtime"

	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/exectrace/internal/decode"
)

// A trace of so many bytes is decoded by a goroutine of its own, where there are so many
// processors. On two that share a core events take a third longer so, and nobody waits less:
// what one processor has written the other has to fetch.
const (
	large    = 1 << 20
	spacious = 4
)

// Loss is a part of a file that could not be read.
type Loss = decode.Loss

// Read hands over the events of the trace in their order, validated, some at a time, until
// take returns false. Damage costs what is damaged: lost is called with it, and reading
// continues, until lost returns false. The error is nil unless nothing could be read.
//
// The events and their Tables are others after take returns.
//
// Of a File with a Span the events are those of that time, after some that say what was the
// case when it began: GoTransition, ProcTransition and others that no thread wrote.
func Read(f *container.File, take func(*decode.Tables, []decode.Event) bool, lost func(Loss) bool) error {
	return read(f, true, take, lost)
}

// ReadKept is Read for who keeps Tables.
func ReadKept(f *container.File, take func(*decode.Tables, []decode.Event) bool, lost func(Loss) bool) error {
	return read(f, false, take, lost)
}

func read(f *container.File, recycled bool, take func(*decode.Tables, []decode.Event) bool, lost func(Loss) bool) error {
	if f.Span != nil {
		return readPart(f, recycled, take, lost)
	}
	return readAll(f, recycled, take, lost)
}

func readAll(f *container.File, recycled bool, take func(*decode.Tables, []decode.Event) bool, lost func(Loss) bool) error {
	if f.Minor < container.Generational {
		return readV1(f, take, lost)
	}
	d := decode.New(f)
	d.AsGoTool = f.AsGoTool
	if f.Span != nil {
		d.Until = f.Span.To
	}
	events, stopped := 0, false
	var first error
	run := d.RunAhead
	if !recycled || runtime.GOMAXPROCS(0) < spacious || f.Size() < large {
		run = func(sink func(*decode.Tables, []decode.Event) bool, lost func(Loss) bool) error {
			return d.Run(recycled, sink, lost)
		}
	}
	err := run(func(t *decode.Tables, list []decode.Event) bool {
		events += len(list)
		if list[0].Kind() == decode.SyncKind && f.Span == nil { // each is the first of those that are handed over with it
			events--
		}
		stopped = !take(t, list)
		return !stopped
	}, func(l Loss) bool {
		if first == nil {
			first = l.Err
		}
		stopped = !lost(l)
		return !stopped
	})
	switch {
	case err != nil || events > 0 || stopped:
		return err
	case first != nil:
		return fmt.Errorf("no event can be read: %w", first)
	}
	return errors.New("no event can be read: the trace ends after its header")
}
