package flight

import (
	"encoding/hex"
	"sync"
	"time"

	"example.com/tracelab/internal/labapi"
)

// Bounds of what is known of traces.
const (
	maxRecent  = 8192 // traces; older ones are evicted
	maxAwaited = 64   // traces whose end the server waits for
	awaitFor   = 10 * time.Second
)

// recent knows the traces that this process worked for lately.
type recent struct {
	mu      sync.Mutex
	index   map[[16]byte]int // of work
	work    []work           // a ring, once it is full
	oldest  int              // in the full ring
	evicted int64            // µs since the epoch, of the last end of what was evicted
	awaited map[[16]byte]*time.Timer
}

// work is the process's part in a trace; times are µs since the epoch.
type work struct {
	trace      [16]byte
	open       int // local roots that have not ended
	start, end int64
}

func newRecent() *recent {
	return &recent{index: map[[16]byte]int{}, awaited: map[[16]byte]*time.Timer{}}
}

// start notes that a local root began.
func (n *recent) start(trace [16]byte, at time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	i, ok := n.index[trace]
	if !ok {
		i = n.room()
		n.index[trace] = i
		n.work[i] = work{trace: trace, start: at.UnixMicro()}
	}
	n.work[i].open++
}

// room returns the index of a place that may be overwritten.
func (n *recent) room() int {
	if len(n.work) < maxRecent {
		n.work = append(n.work, work{})
		return len(n.work) - 1
	}
	i := n.oldest
	n.oldest = (n.oldest + 1) % maxRecent
	old := n.work[i]
	if old.open > 0 {
		old.end = time.Now().UnixMicro() // or later: its end will correct this
	}
	n.evicted = max(n.evicted, old.end)
	delete(n.index, old.trace)
	return i
}

// end notes that a local root ended. It returns the process's part in the trace
// so far, and whether the server waited for just that.
func (n *recent) end(trace [16]byte, from, to time.Time) (w work, awaited bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	i, ok := n.index[trace]
	if !ok { // evicted meanwhile
		n.evicted = max(n.evicted, to.UnixMicro())
		return work{trace: trace, start: from.UnixMicro(), end: to.UnixMicro()}, false
	}
	at := &n.work[i]
	at.open--
	at.end = max(at.end, to.UnixMicro())
	if timer := n.awaited[trace]; timer != nil && at.open == 0 {
		delete(n.awaited, trace)
		timer.Stop()
		awaited = true
	}
	return *at, awaited
}

// state is what is known of a trace that the server requests.
type state int

const (
	ended          state = iota // its spans here have ended, or whether there were any is not known any more
	open                        // some of its spans here have not ended: their end is awaited
	tooManyAwaited              // the same, and the server waits for too many such traces already
	unchanged                   // its spans here have ended, before the time from which on the server asks
	forgotten                   // its spans here ended before the window
	absent                      // none of its spans was here within the window
)

// find looks for a trace. When one that is open has ended, end returns that it was
// awaited; if that takes too long, late is called instead. What was here until known,
// in µs since the epoch, the server has already.
func (n *recent) find(trace [16]byte, known int64, late func(labapi.Part)) (labapi.Part, state) {
	n.mu.Lock()
	defer n.mu.Unlock()
	i, ok := n.index[trace]
	if !ok {
		part := work{trace: trace}.part()
		if recently(n.evicted) {
			return part, ended
		}
		return part, absent
	}
	w := n.work[i]
	switch {
	case w.open > 0:
		return w.part(), n.await(w, late)
	case w.end < known:
		return w.part(), unchanged
	case recently(w.end):
		return w.part(), ended
	}
	return w.part(), forgotten
}

// refresh brings parts up to date: a snapshot has all that is done by now.
func (n *recent) refresh(parts []labapi.Part) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i := range parts {
		id, err := parseTraceID(parts[i].TraceID)
		at, ok := n.index[id]
		if err != nil || !ok {
			continue
		}
		now := n.work[at].part()
		now.Asked, now.Plain = parts[i].Asked, parts[i].Plain
		parts[i] = now
	}
}

func recently(end int64) bool { return time.Since(time.UnixMicro(end)) < window }

// await has late called in a while, unless the trace ends before.
func (n *recent) await(w work, late func(labapi.Part)) state {
	if n.awaited[w.trace] != nil {
		return open
	}
	if len(n.awaited) >= maxAwaited {
		return tooManyAwaited
	}
	n.awaited[w.trace] = time.AfterFunc(awaitFor, func() {
		n.mu.Lock()
		_, still := n.awaited[w.trace]
		delete(n.awaited, w.trace)
		n.mu.Unlock()
		if still {
			late(w.part())
		}
	})
	return open
}

// abandon returns the parts of the traces whose end the server waits for, and
// waits no more.
func (n *recent) abandon() (parts []labapi.Part) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for trace, timer := range n.awaited {
		timer.Stop()
		w := work{trace: trace}
		if i, ok := n.index[trace]; ok {
			w = n.work[i]
		}
		parts = append(parts, w.part())
	}
	clear(n.awaited)
	return parts
}

// part is the work as it is sent to the server. While it is
// open, it lasts until now.
func (w work) part() labapi.Part {
	p := labapi.Part{TraceID: hex.EncodeToString(w.trace[:]), StartUS: w.start, EndUS: w.end}
	if w.open > 0 {
		p.EndUS, p.Open = time.Now().UnixMicro(), true
	}
	return p
}
