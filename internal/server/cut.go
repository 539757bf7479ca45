package server

import (
	"bytes"
	"fmt"
	"time"

	"example.com/tracelab/exectrace"
)

// margin is how much an execution trace is to tell of before and after: of what
// began before and still went on, and of the kernel's figures around it.
const margin = 100 * time.Millisecond

// window is a stretch of the wall clock.
type window struct{ start, end time.Time }

func (w window) length() time.Duration { return w.end.Sub(w.start) }

// cut is an execution trace that was cut to what it was taken for.
type cut struct {
	body []byte
	held window // of what was handed in; zero where it does not tell
	told window // of body
	lost string // why it could not be cut, or what of it is damaged
}

// cutDown keeps what of b tells of the time between from and to, whole
// generations. Zero times keep all. What cannot be cut is kept whole: a reader
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
	c.held = tells(found, takenAt)
	c.told = c.held
	if from.IsZero() || len(found) == 0 {
		return c, nil
	}
	part, err := f.CutWall(from.Add(-margin), to.Add(margin))
	if err != nil {
		c.lost = err.Error()
		return c, nil
	}
	var kept bytes.Buffer
	kept.Grow(int(part.Size()))
	if _, err := part.WriteTo(&kept); err != nil {
		return cut{}, fmt.Errorf("cutting it: %w", err)
	}
	c.body = kept.Bytes()
	c.told = toldBy(part, found, c.held)
	return c, nil
}

// tells is the time that generations tell of, the last of them until the
// snapshot was taken.
func tells(found []exectrace.Generation, takenAt time.Time) window {
	var w window
	for i := range found {
		at := begins(&found[i])
		if at.IsZero() {
			continue
		}
		if w.start.IsZero() {
			w.start = at
		}
		w.end = at
	}
	// A generation does not say when it ends; about a second later the next
	// one begins.
	if takenAt.After(w.end) && takenAt.Sub(w.end) < time.Minute {
		w.end = takenAt
	}
	return w
}

// toldBy is the part of held that the generations of part tell of.
func toldBy(part *exectrace.File, found []exectrace.Generation, held window) window {
	kept, _ := part.Generations()
	if len(kept) == 0 {
		return held
	}
	w := window{begins(&kept[0]), held.end}
	for i := range found {
		if found[i].Number > kept[len(kept)-1].Number {
			w.end = begins(&found[i])
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
