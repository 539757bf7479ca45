package container

import (
	"sort"
	"time"
)

// Clock says what time it was on two clocks at one moment.
type Clock struct {
	Trace int64
	Wall  time.Time
}

// Clocks are in order of time.
type Clocks []Clock

// Clocks returns the clocks of all generations.
func (f *File) Clocks() (known Clocks) {
	found, _ := f.Generations()
	for _, g := range found {
		if g.Clock != nil {
			known = append(known, *g.Clock)
		}
	}
	return known
}

// Wall translates by the last clock before a moment, or by the first: wall
// clocks are set and drift, and the nearest knows best. It is zero if there is no
// clock.
func (c Clocks) Wall(at int64) time.Time {
	if len(c) == 0 {
		return time.Time{}
	}
	i := max(sort.Search(len(c), func(i int) bool { return c[i].Trace > at })-1, 0)
	return c[i].Wall.Add(time.Duration(at - c[i].Trace))
}

// Trace translates back.
func (c Clocks) Trace(wall time.Time) (at int64, ok bool) {
	if len(c) == 0 {
		return 0, false
	}
	i := max(sort.Search(len(c), func(i int) bool { return c[i].Wall.After(wall) })-1, 0)
	return c[i].Trace + int64(wall.Sub(c[i].Wall)), true
}
