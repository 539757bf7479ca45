package exectrace

import "slices"

// Behind says what tile.Holder did in the time of the tile, in tiles that leave
// no gap; nil for a tile without one. It looks through every wait that a goroutine has ended. The
// task of each is the one that its goroutine was at work for, whosever that is.
func (t *Trace) Behind(tile Tile) []Tile {
	holder := t.indexOf(tile.Holder)
	if holder == none || tile.End <= tile.Start {
		return nil
	}
	w := t.newExplainer()
	for _, s := range slices.Backward(t.lives(nil, holder, tile.Start, tile.End)) {
		if s.goroutine == none {
			w.unknown(spot{goroutine: holder, serves: holder}, s.from, s.to)
			continue
		}
		w.walk(spot{goroutine: s.goroutine, serves: s.goroutine}, s.from, s.to)
	}
	return w.rest(tile.Start, tile.End)
}
