package store

import (
	"cmp"
	"slices"
)

// candidate is a trace as a walk met it.
type candidate struct {
	low    uint64
	rank   int64 // ms of its latest span in the window
	recs   []record
	digest *digestSlot
}

func compareCandidates(a, b candidate) int {
	if a.rank != b.rank {
		return cmp.Compare(b.rank, a.rank)
	}
	return cmp.Compare(b.low, a.low)
}

// candidates returns what it holds in order. When it holds much more than is
// needed it does not sort the rest: most walks end before.
type candidates struct {
	held   []candidate
	isHeap bool // held is a heap, the first on top
	out    []candidate
}

func (c *candidates) empty() bool { return len(c.held) == 0 }

func (c *candidates) add(one candidate) {
	c.held = append(c.held, one)
	c.isHeap = false
}

// keep drops all but the first n of those from an index on.
func (c *candidates) keep(from, n int) {
	slices.SortFunc(c.held[from:], compareCandidates)
	clear(c.held[from+n:])
	c.held = c.held[:from+n]
}

// take removes the next n, or all when there are not many more. They are valid
// until the next take.
func (c *candidates) take(n int) []candidate {
	if len(c.held) <= 4*n {
		c.out, c.held = c.held, c.out[:0]
		if !slices.IsSortedFunc(c.out, compareCandidates) {
			slices.SortFunc(c.out, compareCandidates)
		}
		return c.out
	}
	if !c.isHeap {
		for at := len(c.held)/2 - 1; at >= 0; at-- {
			c.down(at)
		}
		c.isHeap = true
	}
	c.out = c.out[:0]
	for range n {
		last := len(c.held) - 1
		c.out = append(c.out, c.held[0])
		c.held[0] = c.held[last]
		c.held = c.held[:last]
		c.down(0)
	}
	return c.out
}

// down moves the candidate at a node of the heap down to where it belongs.
func (c *candidates) down(at int) {
	moving := c.held[at]
	for child := 2*at + 1; child < len(c.held); child = 2*at + 1 {
		if child+1 < len(c.held) && compareCandidates(c.held[child+1], c.held[child]) < 0 {
			child++
		}
		if compareCandidates(moving, c.held[child]) <= 0 {
			break
		}
		c.held[at] = c.held[child]
		at = child
	}
	c.held[at] = moving
}
