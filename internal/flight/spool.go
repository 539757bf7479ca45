package flight

import (
	"slices"
	"sync"
	"time"

	"example.com/tracelab/internal/labapi"
)

// Bounds of what waits for the server.
const (
	maxParcels     = 8
	maxParcelBytes = 64 << 20 // of all of them
	maxRefusals    = 16       // each of which may be of maxTraces
	tryFor         = time.Minute
)

// parcel is an Upload on its way to the server.
type parcel struct {
	labapi.Upload
	body     []byte
	until    time.Time // it is tried
	underWay bool
	tried    bool
}

// spool keeps what waits for the server: the oldest go first, also when there is
// no room. Refusals, which have no body, overtake the others.
type spool struct {
	mu       sync.Mutex
	refusals []*parcel
	parcels  []*parcel
	bytes    int
	closed   bool          // what is tried from now on is tried once
	changed  chan struct{} // holds a token after a change
}

func newSpool() *spool { return &spool{changed: make(chan struct{}, 1)} }

// add keeps a snapshot, and returns those that had to make room, which may be
// itself. The one that is under way stays.
func (s *spool) add(snapshot labapi.Upload, body []byte) (lost []*parcel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parcels = append(s.parcels, &parcel{Upload: snapshot, body: body, until: time.Now().Add(tryFor)})
	s.bytes += len(body)
	for len(s.parcels) > maxParcels || s.bytes > maxParcelBytes {
		i := slices.IndexFunc(s.parcels, func(p *parcel) bool { return !p.underWay })
		if i < 0 {
			break
		}
		lost = append(lost, s.parcels[i])
		s.remove(s.parcels[i])
	}
	s.tell()
	return lost
}

// refuse keeps an Upload without an execution trace, together with others that
// say the same. It tells whether there was room.
func (s *spool) refuse(snapshot labapi.Upload) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	for _, p := range s.refusals {
		if !p.underWay && p.Refused == snapshot.Refused && len(p.Traces)+len(snapshot.Traces) <= maxTraces {
			p.Traces = append(p.Traces, snapshot.Traces...)
			p.Reason = first(p.Reason, snapshot.Reason)
			return true
		}
	}
	if len(s.refusals) >= maxRefusals {
		return false
	}
	s.refusals = append(s.refusals, &parcel{Upload: snapshot, until: time.Now().Add(tryFor)})
	s.tell()
	return true
}

// next returns what is to be sent, which is under way until done or back. Without
// any it is nil, and more tells whether some may come.
func (s *spool) next() (p *parcel, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case len(s.refusals) > 0:
		p = s.refusals[0]
	case len(s.parcels) > 0:
		p = s.parcels[0]
	default:
		return nil, !s.closed
	}
	p.underWay = true
	return p, true
}

// late forgets, and returns, what was not taken in time.
func (s *spool) late() (late []*parcel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range slices.Concat(s.refusals, s.parcels) {
		if time.Now().After(p.until) {
			late = append(late, p)
			s.remove(p)
		}
	}
	return late
}

// done forgets a parcel.
func (s *spool) done(p *parcel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(p)
}

// back has a parcel sent again.
func (s *spool) back(p *parcel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p.underWay = false
}

// close says that nothing comes any more.
func (s *spool) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.tell()
}

// remove forgets a parcel; s.mu is held.
func (s *spool) remove(p *parcel) {
	is := func(other *parcel) bool { return p == other }
	s.refusals = slices.DeleteFunc(s.refusals, is)
	s.parcels = slices.DeleteFunc(s.parcels, is)
	s.bytes = 0
	for _, left := range s.parcels {
		s.bytes += len(left.body)
	}
}

func (s *spool) tell() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}
