// Package draw is what pages draw with: colours, geometry for SVG, and words for times.
package draw

import (
	"hash/fnv"
	"slices"
	"strconv"
)

// paletteSize is how many service colours the style sheet has: .c0, .c1, …
const paletteSize = 11

// Palette gives each service of one page its colour: the one that its name
// hashes to, so that it looks the same on every page, or the next that is free
// when two services of the page have the same.
type Palette map[string]int

// NewPalette gives each service its colour, an index into those of the style sheet.
func NewPalette(services []string) Palette {
	sorted := slices.Compact(slices.Sorted(slices.Values(services)))
	p := make(Palette, len(sorted))
	var taken [paletteSize]bool
	for _, s := range sorted {
		c := Preferred(s)
		for range taken {
			if !taken[c] {
				break
			}
			c = (c + 1) % paletteSize
		}
		taken[c] = true
		p[s] = c
	}
	return p
}

// Preferred is the colour of a service that no other of its page takes.
func Preferred(service string) int {
	h := fnv.New32a()
	h.Write([]byte(service))
	return int(h.Sum32() % paletteSize)
}

// Class is the class that the style sheet gives a colour.
func Class(c int) string { return "c" + strconv.Itoa(c) }
