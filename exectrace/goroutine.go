package exectrace

import "strings"

// GoID is the runtime's name of a goroutine.
type GoID int64

// Goroutine is one of which a trace tells.
type Goroutine struct {
	ID GoID
	// Name is the function that it was started with; empty where no stack tells.
	Name string
	// Creator started it; zero for one that is older than the trace, and for those
	// that the runtime starts by itself.
	Creator GoID
	// Created is when it was, or when the trace begins for one that is Older.
	Created Time
	Older   bool
	// Ended is when it did, or waited for ever; zero if it was still there.
	Ended Time
	// Ran is when it first ran; zero if it never did.
	Ran Time

	createdAt   stackID
	first, last stepID
}

// CreatedAt says where it was started, the innermost frame first; nil for one
// that is older than the trace.
func (t *Trace) CreatedAt(g *Goroutine) []Frame { return t.stacks.stack(g.createdAt) }

// System reports whether the goroutine is one of the runtime's own.
func (g *Goroutine) System() bool {
	// As runtime.isSystemGoroutine, seen from outside.
	return g.Name == "" || g.Name != "runtime.main" && strings.HasPrefix(g.Name, "runtime.")
}

// until is when it ended, or the end of the trace.
func (t *Trace) until(g *Goroutine) Time {
	if g.Ended != 0 {
		return g.Ended
	}
	return t.End
}
