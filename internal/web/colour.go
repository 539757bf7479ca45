package web

import (
	"hash/fnv"
	"slices"
	"strconv"
)

// paletteSize is how many service colours the style sheet has: .c0, .c1, …
const paletteSize = 11

// palette gives each service of one page its colour: the one that its name
// hashes to, so that it looks the same on every page, or the next that is free
// when two services of the page have the same.
type palette map[string]int

func newPalette(services []string) palette {
	sorted := slices.Compact(slices.Sorted(slices.Values(services)))
	p := make(palette, len(sorted))
	var taken [paletteSize]bool
	for _, s := range sorted {
		c := preferredColour(s)
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

func preferredColour(service string) int {
	h := fnv.New32a()
	h.Write([]byte(service))
	return int(h.Sum32() % paletteSize)
}

// colourClass is the class that the style sheet gives a colour.
func colourClass(c int) string { return "c" + strconv.Itoa(c) }
