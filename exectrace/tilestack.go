package exectrace

// TileStack says where the goroutine of a tile was, the innermost frame first.
// For one that waited or was in a system call that is where it went in. Of one
// that ran it is what the trace tells: where it was sampled or stopped, or
// else the calls that it was in before and after; nil if it tells nothing.
func (t *Trace) TileStack(tile Tile) []Frame {
	if tile.stack != 0 {
		return t.stacks.stack(tile.stack)
	}
	return nil
}
