package faults

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"example.com/tracelab/internal/labapi"
)

// Published is the kind under which the server publishes its switches, a list
// of Switch, to the processes.
const Published = "faults"

// Switch is a switch as the processes know it.
type Switch struct {
	labapi.Switch
	Mystery string    `json:"mystery,omitempty"` // the id of the mystery that it belongs to
	From    string    `json:"-"`                 // the address that switched it on without being trusted; else empty
	Since   time.Time `json:"-"`                 // when it was switched on
}

// Switches are those of one process. The zero value has none on.
type Switches struct {
	mu     sync.Mutex
	on     []live
	random *rand.Rand
	now    func() time.Time
}

type live struct {
	Switch
	injections []Injection
	random     *rand.Rand
}

// Set replaces all switches. One that is as it was goes on with its choice of
// requests where it stood. An error names the first that is wrong, and nothing
// changes.
func (s *Switches) Set(all []Switch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := make([]live, 0, len(all))
	for _, sw := range all {
		sw.Until = sw.Until.UTC() // or the same time could be unlike itself
		if was := s.find(sw); was != nil {
			next = append(next, *was)
			continue
		}
		injections, err := Parse(sw.Faults)
		if err != nil {
			return err
		}
		next = append(next, live{sw, injections, newRandom(sw.Seed)})
	}
	s.on = next
	return nil
}

func (s *Switches) find(sw Switch) *live {
	for i := range s.on {
		if s.on[i].Switch == sw {
			return &s.on[i]
		}
	}
	return nil
}

func newRandom(seed uint64) *rand.Rand {
	if seed == 0 {
		seed = rand.Uint64()
	}
	return rand.New(rand.NewPCG(seed, 0))
}

// Decide returns the faults of a request that enters the workshop: those that
// it asks for, and those that are switched on for it and that it does not ask
// for itself. Whatever has a percentage is decided here, once.
func (s *Switches) Decide(asked []Injection, attendee string) (happen []Injection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.random == nil {
		s.random = newRandom(0)
	}
	happen = draw(nil, asked, s.random)
	now := time.Now()
	if s.now != nil {
		now = s.now()
	}
	for _, sw := range s.on {
		over := !sw.Until.IsZero() && now.After(sw.Until)
		if !over && (sw.Attendee == "" || sw.Attendee == attendee) {
			happen = draw(happen, sw.injections, sw.random)
		}
	}
	return happen
}

// draw appends those of injections that chance lets happen, each decided for
// good.
func draw(happen, injections []Injection, random *rand.Rand) []Injection {
	for _, i := range injections {
		spared := random.IntN(100) >= i.Args[percent.Name]
		same := func(other Injection) bool { return other.Fault == i.Fault }
		if spared || slices.ContainsFunc(happen, same) {
			continue
		}
		happen = append(happen, i.Always())
	}
	return happen
}
