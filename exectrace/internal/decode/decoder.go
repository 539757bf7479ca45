package decode

import (
	"errors"
	"math"

	"example.com/tracelab/exectrace/internal/container"
)

// Decoder reads a trace once.
type Decoder struct {
	// AsGoTool is for the times of go tool trace. What no thread wrote, the states of those
	// goroutines that did nothing, is in the file when the next generation has long begun;
	// there no event has a time before one that precedes it, so that all that happened up
	// to then is moved to after it. Without AsGoTool these states are told first, at the
	// time at which their generation begins, and events have the times that they have in
	// the file.
	AsGoTool bool
	// Until is when events are of no interest any more. One or some that are later are
	// handed over, and then what is lost up to there is told.
	Until int64

	src  *source
	gen  *generation
	now  uint32 // index of the generation
	freq uint64 // ticks a second, of the generation before

	goroutines *ids
	gs         []goroutine
	dead       []int32 // have ended since the last events were handed over
	ps         []proc
	threads    *ids
	ms         []*thread
	taskIDs    *ids // of those that have begun and not ended
	tasks      []task
	regions    [][]region // of a goroutine each
	spare      []int32    // of regions: not in use
	stops      map[int32][]uint64
	names      *names
	nameOf     []uint64 // by string of the generation; 0: not asked for
	gcSeq      uint64
	gcState    uint8
	initial    bool
	syncs      uint64

	heap    []front
	cursors []cursor
	samples []sample
	last    int64 // time of the last event
	earlier int64 // when the generation before began
	first   int64 // when this one did
	why     string
	lenient bool  // what an event names may be missing from the tables
	misuse  error // of regions, by the program
	repairs int   // how many more bits are looked for, in the generation
	scans   int64 // bytes that were looked through for what events wait for

	out     []Event
	n       int
	chunk   int // events that are handed over at a time
	sink    func(*Tables, []Event) bool
	lost    func(Loss) bool
	recycle func(*Tables)
	loss    losses
	damaged bool   // the generation before was
	number  uint64 // of the generation that was read last
}

// Loss is what of a generation could not be read.
type Loss struct {
	Offset, Size int64 // the bytes in the file, from the first to the last that are lost
	Bytes        int64 // of these
	Events       int   // that were dropped, of those that could be counted
	Gap          bool  // nothing is known of the states after it: all are told anew
	From, To     int64 // the time in which states may be wrong
	Err          error // what was wrong first
}

const defaultChunk = 1 << 9

// slots are how many events one of the file becomes at most, less one.
const slots = 3

// New returns a Decoder of f, a trace of Go 1.22 or later.
func New(f *container.File) *Decoder {
	d := &Decoder{
		src: newSource(f), goroutines: newIDs(), threads: newIDs(), taskIDs: newIDs(), stops: map[int32][]uint64{}, names: newNames(),
		initial: true, chunk: defaultChunk, Until: math.MaxInt64,
	}
	d.out = make([]Event, d.chunk+slots)
	return d
}

var errStopped = errors.New("stopped")

// Run hands all events to sink, some at a time, with the Tables of their generation. The
// events are the sink's until it returns. Where the file is damaged, lost is called, and
// reading goes on. Both return false to stop, which is no error: Run returns the errors of
// reading, and one if the file has no event that can be read.
//
// Tables may be kept if recycled is false.
func (d *Decoder) Run(recycled bool, sink func(*Tables, []Event) bool, lost func(Loss) bool) error {
	d.sink, d.lost = sink, lost
	switch {
	case recycled:
		d.recycle = d.src.recycle
	case d.recycle == nil:
		d.recycle = func(*Tables) {}
	}
	err := d.generations()
	if err == errStopped {
		return nil
	}
	return err
}

func (d *Decoder) generations() error {
	for {
		g, err := d.src.next()
		if err != nil {
			return err
		}
		if g == nil {
			d.rest()
			return d.end()
		}
		g.names = d.names
		g.sort(d.src.f.Minor, d.freq)
		if d.number != 0 && g.Number != d.number+1 && !d.missing(g) {
			return errStopped
		}
		d.number = g.Number
		if err = d.generation(g); err != nil {
			return err
		}
		d.recycle(g.Tables)
		if d.last > d.Until {
			return nil
		}
	}
}

// end says that the trace has ended.
func (d *Decoder) end() error {
	if d.syncs == 0 { // it has not begun
		return nil
	}
	d.sync(&Tables{names: d.names}, d.last)
	if !d.flush() {
		return errStopped
	}
	return nil
}

func (d *Decoder) sync(t *Tables, at int64) {
	d.gen = &generation{Tables: t}
	d.syncs++
	e := d.slot()
	*e = Event{Type: Sync, Goroutine: None, Thread: None, G: None, M: None, Of: None, P: None}
	e.Args[0] = d.syncs
	d.commit(e, at)
}

// slot is where the next event goes.
func (d *Decoder) slot() *Event { return &d.out[d.n] }

// commit makes the event in the slot one of those to hand over.
func (d *Decoder) commit(e *Event, at int64) {
	if at <= d.last {
		at = d.last + 1
	}
	d.last = at
	e.Time = at
	d.n++
}

// flush hands over the events that there are. It reports false to stop.
func (d *Decoder) flush() bool {
	if d.n == 0 {
		return true
	}
	ok := d.sink(d.gen.Tables, d.out[:d.n])
	d.n = 0
	for _, i := range d.dead { // their indices are those of others from now on
		if d.gs[i].status == goNone { // one may have come back, if its number is a C thread's
			d.goroutines.remove(i)
		}
	}
	d.dead = d.dead[:0]
	return ok
}

// generation puts the events of g into order.
func (d *Decoder) generation(g *generation) error {
	first := g.ns(g.first)
	d.earlier, d.first = d.first, first
	d.sync(g.Tables, first)
	d.gen = g
	d.now++
	d.freq = g.freq
	d.samples = g.samples
	d.scans, d.repairs = scansOf(g), repairsOf(g)
	d.nameOf = append(d.nameOf[:0], make([]uint64, len(g.strings.dense))...)
	d.begin(g, first)
	d.damage(g, first)
	err := d.merge()
	if err == nil {
		d.ghosts(g)
	}
	if err == nil && (!d.flush() || !d.report()) {
		err = errStopped
	}
	d.initial = false
	return err
}

// begin makes a heap of the threads' first events.
func (d *Decoder) begin(g *generation, first int64) {
	d.heap, d.cursors = d.heap[:0], d.cursors[:0]
	for i, id := range g.threads {
		c := cursor{batches: g.of[i]}
		if id == None {
			c.m = &thread{id: None, goroutine: None, index: None, g: None, p: None}
			c.still = !d.AsGoTool
			c.time = first
		} else {
			c.m = d.thread(id)
		}
		d.cursors = append(d.cursors, c)
	}
	for i := range d.cursors {
		if c := &d.cursors[i]; d.nextBatch(c) {
			d.heap = append(d.heap, front{c.time, c})
			up(d.heap, len(d.heap)-1)
		}
	}
}

func (d *Decoder) thread(id int64) *thread {
	i := d.threads.index(id)
	if int(i) == len(d.ms) {
		d.ms = append(d.ms, &thread{id: id, goroutine: None, index: i, g: None, p: None})
	}
	return d.ms[i]
}

// goroutine returns the index of a goroutine, which may be new.
func (d *Decoder) goroutine(id int64) int32 {
	i := d.goroutines.index(id)
	if int(i) == len(d.gs) {
		d.gs = append(d.gs, goroutine{})
	}
	return i
}
