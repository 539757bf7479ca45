package exectrace

import "slices"

// Explain says what the time of a task was spent on, as the task saw it: tiles,
// in order, that leave no gap from k.Start to k.End.
//
// It is told of the goroutine that ended the task, and of who created that one
// before there was it. A wait for a goroutine that was started for the task, or
// for one of those of net/http's client, is replaced by what that one did
// meanwhile. A wait for anybody else stays what it is, and Tile.Holder says who
// ended it; so does a wait for a mutex or for room in a channel, whoever has it.
func (t *Trace) Explain(k Task) []Tile {
	if k.End <= k.Start {
		return nil
	}
	w := t.newExplainer()
	w.task = &k
	for _, s := range slices.Backward(w.path()) {
		if s.goroutine != none {
			w.walk(spot{goroutine: s.goroutine, serves: s.goroutine}, s.from, s.to)
		}
	}
	return w.rest(k.Start, k.End)
}

// These bound what a trace can make of one explanation, whatever it says. In
// real ones chains of twenty goroutines have been seen.
const (
	maxHops = 64
	maxWork = 1 << 18 // intervals that are looked at, and tiles
)

// explainer collects the tiles of a time.
type explainer struct {
	t    *Trace
	aids *aids
	// task is what is explained. Without one everything is looked through, and it
	// is found out for whom each goroutine was at work.
	task *Task
	self []int32        // the goroutines of the task itself
	own  map[int32]bool // of those that were asked for: they were started for the task

	tiles []Tile
	work  int
}

func (t *Trace) newExplainer() *explainer {
	return &explainer{t: t, aids: t.aids.get(t.newAids), own: map[int32]bool{}}
}

// spot is where a walk is.
type spot struct {
	goroutine int32
	serves    int32 // the goroutine whose tasks it is at work for
	hops      int
	waiter    *spot // who waits for it, and was started for the same task; nil: nobody
}

// stay is a goroutine in a time.
type stay struct {
	goroutine int32
	from, to  Time
}

// path are the goroutines of the task, the last one first, each in its time.
func (w *explainer) path() []stay {
	begun, last := w.t.indexOf(w.task.BegunBy), w.t.indexOf(w.task.EndedBy)
	if last == none {
		last = begun
	}
	if last == none {
		return nil
	}
	path := w.t.lives(nil, last, w.task.Start, w.task.End)
	if first := &path[len(path)-1]; first.goroutine == none { // a timer has started the one after
		first.goroutine = begun
	}
	for _, s := range path {
		w.self = append(w.self, s.goroutine)
	}
	if begun != none {
		w.self = append(w.self, begun)
	}
	return path
}

// lives adds, the last one first, goroutine g in the time that it was there, and
// before it those who created it. None stands for the runtime, if that did.
func (t *Trace) lives(path []stay, g int32, from, to Time) []stay {
	for range maxHops {
		born, by, told := t.birth(g)
		if !told || born <= from {
			break
		}
		if born < to {
			path = append(path, stay{g, born, to})
			to = born
		}
		g = by
		if g == none {
			break
		}
	}
	return append(path, stay{g, from, to})
}

func (t *Trace) indexOf(id GoID) int32 {
	i, ok := t.goroutineIDs.Lookup(uint64(id))
	if !ok || id == 0 {
		return none
	}
	return i
}

// walk explains a time by what a goroutine did.
func (w *explainer) walk(at spot, from, to Time) {
	var iv Interval
	for next := range w.t.intervals(w.aids, at.goroutine, from) {
		if iv.End > iv.Start {
			from = w.interval(at, iv, &next, from, to)
		}
		if from >= to || w.work > maxWork {
			return
		}
		iv = next
	}
	if iv.End > iv.Start {
		from = w.interval(at, iv, nil, from, to)
	}
	w.unknown(at, from, to)
}

// interval explains the time up to the end of iv, which next follows, and
// returns that end.
func (w *explainer) interval(at spot, iv Interval, next *Interval, from, to Time) Time {
	w.work++
	w.unknown(at, from, min(iv.Start, to))
	from, to = max(from, iv.Start), min(iv.End, to)
	if from >= to {
		return from
	}
	switch iv.State {
	case Waiting:
		w.wait(at, iv, next, from, to)
	case Running, Runnable:
		w.active(at, iv, from, to)
	case Syscall, SyscallBlocked:
		w.add(at, Tile{Start: from, End: to, State: TileSyscall, stack: iv.stack})
	default:
		w.unknown(at, from, to)
	}
	return to
}

func (w *explainer) unknown(at spot, from, to Time) {
	w.add(at, Tile{Start: from, End: to, State: TileUnknown})
}

// add adds what a goroutine was in, in parts if it was at work for several tasks.
func (w *explainer) add(at spot, tile Tile) {
	tile.Goroutine, tile.Hops = w.t.goroutine(at.goroutine).id, at.hops
	for end := tile.End; tile.Start < end; tile.Start = tile.End {
		task, inferred, until := w.served(at, tile.Start)
		part := tile
		part.End, part.Task, part.Inferred = min(end, until), task, tile.Inferred || inferred
		w.append(part)
		tile.End = part.End
	}
}

// append adds a tile to those before, to which it may belong.
func (w *explainer) append(tile Tile) {
	w.work++
	if w.work > maxWork {
		return
	}
	if n := len(w.tiles); n > 0 {
		last := w.tiles[n-1]
		end := last.End
		last.Start, last.End = tile.Start, tile.End
		if end == tile.Start && last == tile {
			w.tiles[n-1].End = tile.End
			return
		}
	}
	w.tiles = append(w.tiles, tile)
}

// rest returns the tiles of a time. What has become too much is unknown.
func (w *explainer) rest(from, to Time) []Tile {
	tile := Tile{Start: from, End: to, State: TileUnknown, Inferred: true}
	if n := len(w.tiles); n > 0 {
		tile.Start = w.tiles[n-1].End
	}
	if w.task != nil {
		tile.Task = w.task.ID
	}
	if tile.Start < tile.End {
		w.tiles = append(w.tiles, tile)
	}
	return w.tiles
}
