package faultctl

import (
	"cmp"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"sync"
	"time"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
)

// mysteries are the last one of each attendee, until a reset.
type mysteries struct {
	mu  sync.Mutex
	all map[string]*mystery // by attendee
}

type mystery struct {
	labapi.Mystery
	truth faults.Injection
	taken bool   // somebody has its id, who started it or asked for it
	from  string // the address that started it without being trusted; else empty
}

// newMystery chooses one.
func newMystery(ask labapi.MysteryStart) (*mystery, error) {
	seed := ask.Seed
	if seed == 0 {
		seed = uint64(mathrand.Uint32()) + 1 // which scripts of pages can hold
	}
	truth, err := faults.Choose(seed, ask.Level)
	if err != nil {
		return nil, httpapi.InvalidField("level", "%v", err)
	}
	return &mystery{truth: truth, taken: true, Mystery: labapi.Mystery{ID: rand.Text()[:12], Level: ask.Level, Seed: seed,
		Attendee: ask.Attendee, Since: time.Now().UTC()}}, nil
}

func (m *mystery) underWay() bool { return m.Ended.IsZero() }

// asSwitch is how the processes know it.
func (m *mystery) asSwitch() faults.Switch {
	return faults.Switch{Switch: labapi.Switch{Faults: m.truth.String(), Attendee: m.Attendee, Seed: m.Seed}, Mystery: m.ID}
}

// start begins m in place of the attendee's last one, whose id the caller must show
// without being trusted. One that was started for the room, and that nobody has asked
// for, is the caller's: it is returned.
func (all *mysteries) start(board *switchboard, m *mystery, id string, trusted bool) (*mystery, error) {
	all.mu.Lock()
	defer all.mu.Unlock()
	old := all.all[m.Attendee]
	if old != nil && !old.taken && !trusted {
		old.taken = true
		joined := *old
		joined.Joined = true
		return &joined, nil
	}
	if err := old.allow(id, trusted); err != nil {
		return nil, err
	}
	if err := all.roomFrom(m); err != nil {
		return nil, err
	}
	started := *m
	return &started, all.replace(board, m)
}

// maxFrom is how many mysteries one address may start without being trusted: a room may
// be behind one address, and a neighbour is not to take the places of all others.
const maxFrom = labapi.MaxAttendees / 2

// roomFrom says why there is no room for m, which may be in place of its attendee's last.
// It is called with the lock.
func (all *mysteries) roomFrom(m *mystery) error {
	count := 0
	for _, other := range all.all {
		if m.from != "" && other.from == m.from && other.Attendee != m.Attendee {
			count++
		}
	}
	if count < maxFrom {
		return nil
	}
	return &httpapi.Error{Code: httpapi.Busy, Field: "attendee",
		Detail: fmt.Sprintf("%d attendees have had a mystery from the address %s since the last reset, and at most %d may: show the server's token, or have the instructor start it", count, m.from, maxFrom)}
}

// startRoom begins one for each attendee, in place of their last ones.
func (all *mysteries) startRoom(board *switchboard, each []*mystery) error {
	all.mu.Lock()
	defer all.mu.Unlock()
	return all.replace(board, each...)
}

// replace is called with the lock.
func (all *mysteries) replace(board *switchboard, each ...*mystery) error {
	var gone []string
	var next []faults.Switch
	count := len(all.all)
	for _, m := range each {
		if old := all.all[m.Attendee]; old != nil {
			gone = append(gone, old.ID)
		} else {
			count++
		}
		next = append(next, m.asSwitch())
	}
	if count > labapi.MaxAttendees {
		return &httpapi.Error{Code: httpapi.Busy, Field: "attendee",
			Detail: fmt.Sprintf("%d attendees would have had a mystery since the last reset, and at most %d may: 'tracelab mystery reset' forgets them", count, labapi.MaxAttendees)}
	}
	if err := board.swapMysteries(gone, next...); err != nil {
		return err
	}
	if all.all == nil {
		all.all = map[string]*mystery{}
	}
	for _, m := range each {
		all.all[m.Attendee] = m
	}
	return nil
}

// allow says why a caller who shows id may not have what belongs to m, which may be nil.
func (m *mystery) allow(id string, trusted bool) error {
	if m == nil || trusted || id == m.ID {
		return nil
	}
	if m.Attendee == "" {
		return needsToken(false, "to take part in everybody's mystery")
	}
	detail := "%s has a mystery: show the id that its start answered (id=…), or take another name; the instructor has the id, too"
	if !m.taken {
		detail = "%s has a mystery that nobody has asked for yet: start one for that name, and it is this one"
	}
	return &httpapi.Error{Code: httpapi.Forbidden, Field: "id", Detail: fmt.Sprintf(detail, m.Attendee)}
}

// own says why a caller who shows id may not switch faults for an attendee.
func (all *mysteries) own(attendee, id string, trusted bool) error {
	all.mu.Lock()
	defer all.mu.Unlock()
	m := all.all[attendee]
	if m == nil || !m.underWay() {
		return nil
	}
	return m.allow(id, trusted)
}

// find returns the mystery that is meant. It is called with the lock.
func (all *mysteries) find(ask labapi.MysteryAsk, trusted bool) (*mystery, error) {
	m := all.all[ask.Attendee]
	if ask.ID != "" {
		m = all.byID(ask.ID)
		if m == nil || ask.Attendee != "" && ask.Attendee != m.Attendee {
			return nil, &httpapi.Error{Code: httpapi.NotFound, Field: "id", Detail: fmt.Sprintf("no mystery has the id %.40q: start one", ask.ID)}
		}
	}
	if m == nil {
		return nil, &httpapi.Error{Code: httpapi.NotFound, Field: "attendee",
			Detail: fmt.Sprintf("no mystery is under way for %s: start one", cmp.Or(ask.Attendee, "everybody"))}
	}
	return m, m.allow(ask.ID, trusted)
}

// underWay is find for one that has not ended.
func (all *mysteries) underWay(ask labapi.MysteryAsk, trusted bool) (*mystery, error) {
	m, err := all.find(ask, trusted)
	if err == nil && !m.underWay() {
		err = &httpapi.Error{Code: httpapi.NotFound, Field: "attendee",
			Detail: fmt.Sprintf("no mystery is under way for %s, the last one is over: start another", cmp.Or(m.Attendee, "everybody"))}
	}
	return m, err
}

// attendeeOf is whose mystery has the id.
func (all *mysteries) attendeeOf(id string) (string, error) {
	all.mu.Lock()
	defer all.mu.Unlock()
	m, err := all.find(labapi.MysteryAsk{ID: id}, false)
	if err != nil {
		return "", err
	}
	return m.Attendee, nil
}

func (all *mysteries) byID(id string) *mystery {
	for _, m := range all.all {
		if m.ID == id {
			return m
		}
	}
	return nil
}
