package executions

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"

	"golang.org/x/sync/semaphore"

	"example.com/tracelab/exectrace/counters"
	"example.com/tracelab/exectrace/lanes"
)

// Source is an execution trace of an Opened.
type Source struct {
	ID, Name string // the id is unique among the sources
	Size     int64  // in bytes; -1: not known
	// Open opens the file. It is called when the trace is first asked for, and again when
	// that is long ago. What it opens is closed once it is not reachable any more.
	Open func(context.Context) (Part, error)
}

// Opened is a Library of sources. It keeps in memory what was opened last.
type Opened struct {
	most    int64
	sources func() []Source
	reading *semaphore.Weighted // of bytes

	mu    sync.Mutex
	all   map[string]*opening
	times int64 // that something was opened
}

// opening is a trace that is being read, or was.
type opening struct {
	done      chan struct{} // closed once it is read
	execution *Execution    // once done
	err       error         // once done
	read      bool          // done, for who has the lock
	used      int64         // Opened.times when it was last asked for
}

// New returns a library of what sources returns. Of the traces that it has read it keeps
// those that were asked for last, as long as they have no more than most bytes together; the
// last one it keeps, whatever its size. As many are read at once as have that many bytes; a
// larger one is read alone. What is read takes about twice as much memory as its trace has
// bytes, and up to 6 MB.
func New(most int64, sources func() []Source) *Opened {
	return &Opened{most: most, sources: sources, reading: semaphore.NewWeighted(most), all: map[string]*opening{}}
}

// List returns the sources, in their order.
func (l *Opened) List() []Entry {
	var list []Entry
	for _, s := range l.sources() {
		e := Entry{ID: s.ID, Name: s.Name, Size: s.Size}
		l.mu.Lock()
		if o := l.all[s.ID]; o != nil && o.read {
			e.Open, e.Err = o.err == nil, o.err
		}
		l.mu.Unlock()
		list = append(list, e)
	}
	return list
}

// Open returns a source's trace: see Library.
func (l *Opened) Open(ctx context.Context, id string) (*Execution, error) {
	sources := l.sources()
	i := slices.IndexFunc(sources, func(s Source) bool { return s.ID == id })
	if i < 0 {
		return nil, ErrUnknown
	}
	l.forget(sources)
	o := l.opening(ctx, sources[i])
	select {
	case <-o.done:
		return o.execution, o.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// opening is the one that reads a source, which it begins if nobody has.
func (l *Opened) opening(ctx context.Context, s Source) *opening {
	l.mu.Lock()
	defer l.mu.Unlock()
	o := l.all[s.ID]
	if o == nil {
		o = &opening{done: make(chan struct{})}
		l.all[s.ID] = o
		go l.read(context.WithoutCancel(ctx), s, o)
	}
	l.times++
	o.used = l.times
	return o
}

// forget lets go of traces that are no source any more, so that their files can be closed.
func (l *Opened) forget(sources []Source) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id := range l.all {
		if !slices.ContainsFunc(sources, func(s Source) bool { return s.ID == id }) {
			delete(l.all, id)
		}
	}
}

func (l *Opened) read(ctx context.Context, s Source, o *opening) {
	room := min(max(s.Size, 0), l.most)
	l.reading.Acquire(ctx, room) // ctx does not end
	l.makeRoom(room)
	e, err := read(ctx, s)
	l.reading.Release(room)
	if err != nil {
		err = &Unreadable{s.Name, err}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	o.execution, o.err, o.read = e, err, true
	l.letGo(l.most, 1)
	close(o.done)
}

// makeRoom forgets what would be in memory beside a trace that is to be read.
func (l *Opened) makeRoom(room int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.letGo(l.most-room, 0)
}

// read survives whatever the trace is: it may come from anywhere, and is read by much code.
func read(ctx context.Context, s Source) (e *Execution, err error) {
	defer func() {
		if p := recover(); p != nil {
			slog.Error("reading an execution trace failed", "name", s.Name, "panic", p, "stack", string(debug.Stack()))
			e, err = nil, fmt.Errorf("reading it failed, which is a defect of tracelab: %v", p)
		}
	}()
	part, err := s.Open(ctx)
	if err != nil {
		return nil, err
	}
	e = &Execution{ID: s.ID, Name: s.Name, Part: part, File: part.File()}
	consumer, summary := counters.NewSummarizer(e.File)
	if e.Lanes, err = lanes.Read(e.File, consumer); err != nil {
		return nil, err
	}
	e.Trace, e.Summary = e.Lanes.Trace, summary()
	return e, nil
}

// letGo forgets what was asked for least recently, until the rest has no more than most bytes,
// or is no more than so many traces.
func (l *Opened) letGo(most int64, least int) {
	for {
		sum, oldest, kept := int64(0), "", 0
		for id, o := range l.all {
			if o.execution == nil {
				continue
			}
			sum += o.execution.File.Size()
			if kept++; oldest == "" || o.used < l.all[oldest].used {
				oldest = id
			}
		}
		if sum <= most || kept <= least {
			return
		}
		delete(l.all, oldest)
	}
}
