// Package executions is the execution traces that people look at in pages: each is read
// once, when it is first asked for, and shared by all who look at it.
package executions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/counters"
	"example.com/tracelab/exectrace/lanes"
)

// Execution is an execution trace that people look at. It does not change, and is safe for
// concurrent use.
type Execution struct {
	ID, Name string           // Name is what people call it: a file's name
	Part     Part             // what is looked at
	File     *exectrace.File  // Part.File
	Trace    *exectrace.Trace // the index of File
	Lanes    *lanes.Lanes     // what was done in File, over time
	Summary  *counters.Summary

	kept kept
}

// Part is an execution trace, or a part of its time.
type Part struct {
	Whole *exectrace.File
	// From and To are the time that is looked at. Zero means from the start, or to the end,
	// of the trace.
	From, To exectrace.Time
}

// File is the part of the trace that lies in the time: see exectrace.File.Between.
func (p Part) File() *exectrace.File {
	if p.From == 0 && p.To == 0 {
		return p.Whole
	}
	return p.Whole.Between(cmp.Or(p.From, math.MinInt64), cmp.Or(p.To, math.MaxInt64))
}

// Library has execution traces that can be opened.
type Library interface {
	// List returns what can be opened, without opening any.
	List() []Entry
	// Open returns the execution trace with the given id, which it reads if nobody has yet:
	// of several who ask, all wait for one reading. When ctx ends it returns the context's
	// error, and the reading goes on. It returns ErrUnknown if there is no such trace, and
	// an Unreadable if it cannot be read.
	Open(ctx context.Context, id string) (*Execution, error)
}

// Entry is an execution trace that can be opened.
type Entry struct {
	ID, Name string
	Size     int64 // in bytes; -1: not known
	Open     bool  // it has been read, and is in memory
	Err      error // why it could not be read; nil: it could, or nobody has tried
}

// ErrUnknown is the error of an id that a Library does not have.
var ErrUnknown = errors.New("there is no such execution trace")

// Unreadable is the error of an execution trace that cannot be read.
type Unreadable struct {
	Name string
	Err  error
}

// Error says which trace and why.
func (e *Unreadable) Error() string { return fmt.Sprintf("%s: %v", e.Name, e.Err) }

// Unwrap returns e.Err.
func (e *Unreadable) Unwrap() error { return e.Err }

// NewID makes an id of a name: lower-case letters, digits and hyphens.
func NewID(name string) string {
	const most = 40
	id := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return ' '
	}, name)
	id = strings.Join(strings.Fields(id), "-")
	if len(id) > most {
		id = strings.Trim(id[len(id)-most:], "-") // names of a kind differ at their ends
	}
	if id == "" {
		return "trace"
	}
	return id
}
