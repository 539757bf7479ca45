package flight

import (
	"slices"
	"sync"
	"time"

	"example.com/tracelab/internal/labapi"
)

// Bounds of what one snapshot is taken for.
const (
	maxTraces  = 64
	maxReaders = 16
)

// maxAutomatic bounds the slow requests, and the early ones, of one automaticPause that
// trigger a snapshot: the server requests the snapshots of all other processes for
// each, and explains those that are slow.
const maxAutomatic = 4

// batch is what one snapshot is taken for.
type batch struct {
	parts   []labapi.Part
	reason  string // of all parts
	readers []chan<- taken
}

// taken is an execution trace, or why there is none.
type taken struct {
	body []byte
	err  error
}

// firstReason returns the reason that is given of two, of which one may be empty.
func firstReason(a, b string) string {
	for _, reason := range []string{labapi.ReasonDebug, labapi.ReasonSlow, labapi.ReasonAsked, labapi.ReasonEarly} {
		if a == reason || b == reason {
			return reason
		}
	}
	return ""
}

// pending holds the requests for a snapshot that wait for the next one. All that
// come before it is due share it.
type pending struct {
	mu        sync.Mutex
	next      batch
	counted   map[string]int // requests since countedAt, by automatic reason
	countedAt time.Time      // the beginning of an automaticPause
	urgent    bool           // some other reason is among them
	closed    bool           // there will be no snapshots any more
	changed   chan struct{}  // holds a token after a change
}

func newPending() *pending { return &pending{changed: make(chan struct{}, 1)} }

// add requests a snapshot with a process's part in a trace, or returns why it
// is rejected.
func (p *pending) add(part labapi.Part, reason string) *rejection {
	p.mu.Lock()
	defer p.mu.Unlock()
	same := slices.IndexFunc(p.next.parts, func(other labapi.Part) bool { return other.TraceID == part.TraceID })
	switch {
	case p.closed:
		return errEnding
	case same >= 0:
		p.next.parts[same] = merged(p.next.parts[same], part)
	case len(p.next.parts) >= maxTraces, automatic(reason) && !p.oneMore(reason):
		return errBusy
	default:
		p.next.parts = append(p.next.parts, part)
	}
	p.next.reason = firstReason(p.next.reason, reason)
	p.urgent = p.urgent || !automatic(reason)
	p.notify()
	return nil
}

// merged is the later of two parts of a trace, unless it is not known.
func merged(before, part labapi.Part) labapi.Part {
	asked, plain := before.Asked || part.Asked, before.Plain && part.Plain
	if part.StartUS == 0 {
		part = before
	}
	part.Asked, part.Plain = asked, plain
	return part
}

// automatic reports whether nobody waits for a snapshot that is taken for a reason.
func automatic(reason string) bool {
	return reason == labapi.ReasonSlow || reason == labapi.ReasonEarly
}

// oneMore reports whether one more request may come for an automatic reason, and
// counts it; p.mu is held.
func (p *pending) oneMore(reason string) bool {
	if time.Since(p.countedAt) >= automaticPause {
		p.counted, p.countedAt = map[string]int{}, time.Now()
	}
	if p.counted[reason] >= maxAutomatic {
		return false
	}
	p.counted[reason]++
	return true
}

// addReader requests a snapshot for reader, which must have room for it.
func (p *pending) addReader(reader chan<- taken) *rejection {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return errEnding
	case len(p.next.readers) >= maxReaders:
		return errBusy
	}
	p.next.readers = append(p.next.readers, reader)
	p.urgent = true
	p.notify()
	return nil
}

func (p *pending) notify() {
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// due returns how long to wait before the next snapshot, and whether one is
// requested at all.
func (p *pending) due(at pace) (time.Duration, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.urgent:
		return time.Until(at.next), true
	case len(p.next.parts) > 0:
		return time.Until(at.automatic), true
	}
	return 0, false
}

// take removes and returns what the next snapshot is taken for.
func (p *pending) take() batch {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.next
	p.next, p.urgent = batch{}, false
	return b
}

// close rejects all that comes later.
func (p *pending) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
}
