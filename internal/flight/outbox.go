package flight

import (
	"slices"
	"sync"
	"time"

	"example.com/tracelab/internal/labapi"
)

// Bounds of what waits for the server.
const (
	maxUploads     = 8
	maxUploadBytes = 64 << 20 // of all of them
	maxRejections  = 16       // each of which may be of maxTraces
	tryFor         = time.Minute
)

// upload is an Upload on its way to the server. One without a body is a
// rejection, with the reason in words.
type upload struct {
	labapi.Upload
	body     []byte
	until    time.Time // it is tried
	underWay bool
	tried    bool
	owed     []labapi.Part // that the server requested since: it is told when it has them
}

// outbox keeps what waits for the server: the oldest go first, also when there is
// no room. Rejections, which have no body, overtake the snapshots.
type outbox struct {
	mu         sync.Mutex
	rejections []*upload
	snapshots  []*upload
	taking     *upload // nil: no snapshot is being taken
	bytes      int
	closed     bool          // what is tried from now on is tried once
	changed    chan struct{} // holds a token after a change
}

func newOutbox() *outbox { return &outbox{changed: make(chan struct{}, 1)} }

// add keeps a snapshot, and returns those that had to make room, which may be
// itself. The one that is under way stays.
func (o *outbox) add(about labapi.Upload, body []byte) (lost []*upload) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.snapshots = append(o.snapshots, &upload{Upload: about, body: body, until: time.Now().Add(tryFor), owed: o.taken()})
	o.bytes += len(body)
	for len(o.snapshots) > maxUploads || o.bytes > maxUploadBytes {
		i := slices.IndexFunc(o.snapshots, func(u *upload) bool { return !u.underWay })
		if i < 0 {
			break
		}
		lost = append(lost, o.snapshots[i])
		o.remove(o.snapshots[i])
	}
	o.notify()
	return lost
}

// addRejection keeps a rejection, together with others for the same reason. It
// reports whether there was room.
func (o *outbox) addRejection(about labapi.Upload) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return false
	}
	for _, u := range o.rejections {
		if !u.underWay && u.Refused == about.Refused && len(u.Traces)+len(about.Traces) <= maxTraces {
			u.Traces = append(u.Traces, about.Traces...)
			u.Reason = firstReason(u.Reason, about.Reason)
			return true
		}
	}
	if len(o.rejections) >= maxRejections {
		return false
	}
	o.rejections = append(o.rejections, &upload{Upload: about, until: time.Now().Add(tryFor)})
	o.notify()
	return true
}

// begin says that a snapshot is being taken, for parts.
func (o *outbox) begin(parts []labapi.Part) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.taking = &upload{Upload: labapi.Upload{Traces: parts}}
}

// fail says that it cannot be taken, and returns the parts that were requested since.
func (o *outbox) fail() []labapi.Part {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.taken()
}

// taken ends what begin began; o.mu is held.
func (o *outbox) taken() (owed []labapi.Part) {
	if o.taking != nil {
		owed = o.taking.owed
	}
	o.taking = nil
	return owed
}

// owe reports whether a snapshot that is being taken, waits, or is under way, has all of
// a part that the server requests.
func (o *outbox) owe(part labapi.Part) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	coming := o.snapshots
	if o.taking != nil {
		coming = append(slices.Clip(coming), o.taking)
	}
	for _, u := range coming {
		for _, p := range u.Traces {
			if p.TraceID == part.TraceID && p.EndUS == part.EndUS && !p.Open && p.EndUS != 0 {
				u.owed = append(u.owed, part)
				return true
			}
		}
	}
	return false
}

// next returns what is to be sent, which is under way until done or putBack.
// Without any it is nil, and more reports whether some may come.
func (o *outbox) next() (u *upload, more bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case len(o.rejections) > 0:
		u = o.rejections[0]
	case len(o.snapshots) > 0:
		u = o.snapshots[0]
	default:
		return nil, !o.closed
	}
	u.underWay = true
	return u, true
}

// takeExpired removes and returns what was not taken in time.
func (o *outbox) takeExpired() (expired []*upload) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, u := range slices.Concat(o.rejections, o.snapshots) {
		if time.Now().After(u.until) {
			expired = append(expired, u)
			o.remove(u)
		}
	}
	return expired
}

// done removes an upload.
func (o *outbox) done(u *upload) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.remove(u)
}

// putBack has an upload sent again.
func (o *outbox) putBack(u *upload) {
	o.mu.Lock()
	defer o.mu.Unlock()
	u.underWay = false
}

// close ends the outbox: nothing comes any more.
func (o *outbox) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.notify()
}

// remove removes an upload; o.mu is held.
func (o *outbox) remove(u *upload) {
	is := func(other *upload) bool { return u == other }
	o.rejections = slices.DeleteFunc(o.rejections, is)
	o.snapshots = slices.DeleteFunc(o.snapshots, is)
	o.bytes = 0
	for _, left := range o.snapshots {
		o.bytes += len(left.body)
	}
}

func (o *outbox) notify() {
	select {
	case o.changed <- struct{}{}:
	default:
	}
}
