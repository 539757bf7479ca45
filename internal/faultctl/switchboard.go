package faultctl

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/httpapi"
)

// Bounds of what is switched on at once, mysteries apart: in all, for one attendee, and
// by one address.
const (
	maxSwitches     = 64
	maxOwn          = 4
	maxSwitchedFrom = maxSwitches / 2 // by one address without being trusted, as maxFrom
)

// switchboard holds the faults that are switched on, and publishes them to the processes.
type switchboard struct {
	publish func(kind string, body any) error
	mu      sync.Mutex
	on      []faults.Switch
}

func (b *switchboard) list() []faults.Switch {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expire()
	return slices.Clone(b.on)
}

func (b *switchboard) expire() {
	b.on = slices.DeleteFunc(b.on, func(sw faults.Switch) bool { return !sw.Until.IsZero() && time.Now().After(sw.Until) })
}

// add switches sw on, which belongs to no mystery, in place of the same faults for the
// same people.
func (b *switchboard) add(sw faults.Switch) error {
	injections, err := faults.Parse(sw.Faults)
	if err != nil {
		return httpapi.InvalidField("faults", "%v", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expire()
	next := slices.DeleteFunc(slices.Clone(b.on), func(old faults.Switch) bool {
		return old.Mystery == "" && old.Attendee == sw.Attendee && sameFaults(old, injections)
	})
	if err := room(next, sw.Attendee, sw.From); err != nil {
		return err
	}
	return b.set(append(next, sw))
}

// room says why there is none for one more switch beside those that are on.
func room(on []faults.Switch, attendee, from string) error {
	all, own, theirs := 0, 0, 0
	for _, sw := range on {
		if sw.Mystery == "" {
			all++
			if sw.Attendee == attendee {
				own++
			}
			if from != "" && sw.From == from {
				theirs++
			}
		}
	}
	switch {
	case all >= maxSwitches:
		return &httpapi.Error{Code: httpapi.Busy, Detail: fmt.Sprintf("%d switches are on: switch some off first", maxSwitches)}
	case attendee != "" && own >= maxOwn:
		return &httpapi.Error{Code: httpapi.Busy, Field: "attendee", Detail: fmt.Sprintf("%d switches are on for %s: switch some off first", maxOwn, attendee)}
	case theirs >= maxSwitchedFrom:
		return &httpapi.Error{Code: httpapi.Busy, Field: "attendee",
			Detail: fmt.Sprintf("%d switches are on from the address %s: switch some off first, or show the server's token", maxSwitchedFrom, from)}
	}
	return nil
}

func (b *switchboard) set(next []faults.Switch) error {
	if err := b.publish(faults.Published, append([]faults.Switch{}, next...)); err != nil {
		return &httpapi.Error{Code: httpapi.Busy, Detail: "so much cannot be on at once: " + err.Error()}
	}
	b.on = next
	return nil
}

func sameFaults(sw faults.Switch, injections []faults.Injection) bool {
	old, err := faults.Parse(sw.Faults)
	return err == nil && slices.EqualFunc(old, injections, func(a, b faults.Injection) bool { return a.Fault == b.Fault })
}

// remove switches off what gone says, and returns how many switches that were.
// Nothing of mysteries is among them, or trying names would give them away.
func (b *switchboard) remove(gone func(faults.Switch) bool) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expire()
	next := slices.DeleteFunc(slices.Clone(b.on), func(sw faults.Switch) bool { return sw.Mystery == "" && gone(sw) })
	return len(b.on) - len(next), b.set(next)
}

// hasFault returns what says whether a switch has the fault of that name, with its
// service or without. All have the empty one.
func hasFault(name string) func(faults.Switch) bool {
	return func(sw faults.Switch) bool {
		injections, _ := faults.Parse(sw.Faults)
		return name == "" || slices.ContainsFunc(injections, func(a faults.Injection) bool { return a.Name == name || a.Service+"="+a.Name == name })
	}
}

// swapMysteries switches off what belongs to the mysteries with the ids, and next on,
// in place of what is on for its attendees alone: who looks for one thing is not to find
// what somebody else switched on under that name. What belongs to a mystery comes
// first: of a fault that is on twice for a request the first counts.
func (b *switchboard) swapMysteries(ids []string, next ...faults.Switch) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expire()
	rest := slices.DeleteFunc(slices.Clone(b.on), func(sw faults.Switch) bool {
		if sw.Mystery != "" {
			return slices.Contains(ids, sw.Mystery)
		}
		return sw.Attendee != "" && slices.ContainsFunc(next, func(m faults.Switch) bool { return m.Attendee == sw.Attendee })
	})
	return b.set(append(next, rest...))
}
