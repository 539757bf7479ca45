package snapshots

import (
	"bytes"
	"fmt"
	"time"

	"example.com/tracelab/exectrace"
)

// margin is how much an execution trace is to cover before and after: of what
// began before and still went on, and of the kernel's figures around it.
const margin = 100 * time.Millisecond

// Window is a stretch of the wall clock.
type Window struct{ Start, End time.Time }

func (w Window) length() time.Duration { return w.End.Sub(w.Start) }

// cut is an execution trace that was cut to what it was taken for.
type cut struct {
	body    []byte
	held    Window // of what was uploaded; zero where it does not say
	covered Window // by body
	lost    string // why it could not be cut, or what of it is damaged
}

// cutDown keeps what of b covers the time between from and to, whole
// generations. Zero times keep all. What cannot be cut is stored whole: a reader
// may make something of it.
func cutDown(b []byte, from, to, takenAt time.Time) (cut, error) {
	f, err := exectrace.FromBytes(b)
	if err != nil {
		return cut{}, err
	}
	found, damage := f.Generations()
	c := cut{body: b}
	if damage != nil {
		c.lost = damage.Error()
	}
	c.held = timeOf(found, takenAt)
	c.covered = c.held
	if from.IsZero() || len(found) == 0 {
		return c, nil
	}
	part, err := f.CutWall(from.Add(-margin), to.Add(margin))
	if err != nil {
		c.lost = err.Error()
		return c, nil
	}
	var short bytes.Buffer
	short.Grow(int(part.Size()))
	if _, err := part.WriteTo(&short); err != nil {
		return cut{}, fmt.Errorf("cutting it: %w", err)
	}
	c.body = short.Bytes()
	c.covered = coveredBy(part, found, c.held)
	return c, nil
}

// timeOf is the time that generations cover, the last of them until the
// snapshot was taken.
func timeOf(found []exectrace.Generation, takenAt time.Time) Window {
	var w Window
	for i := range found {
		at := begins(&found[i])
		if at.IsZero() {
			continue
		}
		if w.Start.IsZero() {
			w.Start = at
		}
		w.End = at
	}
	// A generation does not say when it ends; about a second later the next
	// one begins.
	if takenAt.After(w.End) && takenAt.Sub(w.End) < time.Minute {
		w.End = takenAt
	}
	return w
}

// coveredBy is the part of held that the generations of part cover.
func coveredBy(part *exectrace.File, found []exectrace.Generation, held Window) Window {
	left, _ := part.Generations()
	if len(left) == 0 {
		return held
	}
	w := Window{begins(&left[0]), held.End}
	for i := range found {
		if found[i].Number > left[len(left)-1].Number {
			w.End = begins(&found[i])
			break
		}
	}
	return w
}

// begins is when a generation begins, on the wall clock.
func begins(g *exectrace.Generation) time.Time {
	if g.Clock == nil {
		return time.Time{}
	}
	return g.Clock.Wall.Add(g.Start.Sub(g.Clock.Trace))
}
