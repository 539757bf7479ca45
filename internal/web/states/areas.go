package states

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/tracelab/exectrace/lanes"
)

// A lane is drawn in columns, in units of SVG.
const (
	Columns     = 256
	ColumnWidth = 4
	RowHeight   = 20
)

// Area is where something is in one state.
type Area struct {
	State int
	Path  string // of SVG
}

// Box is the path of a segment, over all of a lane's height. The shortest can be seen.
func Box(from, to float64) string {
	return fmt.Sprintf("M%s 0h%sv%dh-%[2]sz", Short(from), Short(max(to-from, .5)), RowHeight)
}

// Short is a number to a tenth.
func Short(v float64) string { return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0") }

// Shares are the shares of each state that is there at all in columns of a width, a byte for
// each column: 255 is all of it.
func Shares(sums []lanes.Sums, width time.Duration) map[int][]byte {
	shares := map[int][]byte{}
	for c := range sums {
		for state, took := range sums[c] {
			if took <= 0 || state == int(lanes.Absent) {
				continue
			}
			if shares[state] == nil {
				shares[state] = make([]byte, len(sums))
			}
			shares[state][c] = share(took, width)
		}
	}
	return shares
}

// OneShare is Shares of something that is in one state.
func OneShare(sums []time.Duration, width time.Duration) []byte {
	shares := make([]byte, len(sums))
	for i, took := range sums {
		shares[i] = share(took, width)
	}
	return shares
}

// share is a part of width out of 255. The shortest can be seen.
func share(took, width time.Duration) byte {
	if took <= 0 {
		return 0
	}
	return byte(max(1, min(255, float64(took)/float64(width)*255+.5)))
}

// OfShares draws shares of states in Columns columns, above each other.
func OfShares(shares map[int][]byte) (all []Area) {
	var below [Columns]float64
	for _, state := range Order {
		list := shares[state]
		if list == nil {
			continue
		}
		var b strings.Builder
		for c := 0; c < Columns; {
			same := c + 1
			for same < Columns && list[same] == list[c] && below[same] == below[c] {
				same++
			}
			if height := float64(list[c]) / 255 * RowHeight; height > 0 {
				fmt.Fprintf(&b, "M%d %sh%dv-%sh-%[3]dz", c*ColumnWidth, Short(RowHeight-below[c]), (same-c)*ColumnWidth, Short(height))
				for i := c; i < same; i++ {
					below[i] += height
				}
			}
			c = same
		}
		all = append(all, Area{state, b.String()})
	}
	return all
}
