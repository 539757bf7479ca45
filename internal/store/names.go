package store

import (
	"maps"
	"slices"
	"strings"
)

// service is one local service name of the spans that are stored.
type service struct {
	name    string
	shapes  int
	names   map[string]int // span names, with the number of shapes
	remotes map[string]int // remote service names, likewise

	traces []*trace // that have a span of this service; the dead ones too
	dead   int
}

// services indexes the services in use by name. A service goes with its last
// shape, a name with the last shape that has it.
type services map[string]*service

// join counts the names of a new shape and returns its service, or nil.
func (all services) join(s *shape) *service {
	name := s.local.ServiceName
	if name == "" {
		return nil
	}
	svc := all[name]
	if svc == nil {
		// A clone, so that the name does not keep the whole key alive.
		svc = &service{name: strings.Clone(name), names: map[string]int{}, remotes: map[string]int{}}
		all[svc.name] = svc
	}
	svc.shapes++
	count(svc.names, s.name)
	count(svc.remotes, s.remote)
	return svc
}

// leave undoes join.
func (all services) leave(s *shape) {
	svc := s.service
	if svc == nil {
		return
	}
	discount(svc.names, s.name)
	discount(svc.remotes, s.remote)
	if svc.shapes--; svc.shapes == 0 {
		delete(all, svc.name)
	}
}

func count(m map[string]int, name string) {
	if name == "" {
		return
	}
	if n, ok := m[name]; ok {
		m[name] = n + 1
		return
	}
	m[strings.Clone(name)] = 1
}

func discount(m map[string]int, name string) {
	if name == "" {
		return
	}
	if m[name]--; m[name] == 0 {
		delete(m, name)
	}
}

// forget notes that one of the service's traces died, and drops the dead once
// they are the majority: each is then paid for by one that lives.
func (svc *service) forget() {
	if svc.dead++; svc.dead*2 > len(svc.traces) {
		svc.traces = slices.DeleteFunc(svc.traces, func(t *trace) bool { return t.dead })
		svc.dead = 0
	}
}

// Services lists the local service names of the stored spans, sorted. The
// slice belongs to the caller.
func (s *Store) Services() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Sorted(maps.Keys(s.services))
}

// SpanNames lists the names of the spans of one service, which is given in
// lower case; sorted, empty for a service that is not known. The slice belongs
// to the caller.
func (s *Store) SpanNames(serviceName string) []string {
	return s.namesOf(serviceName, func(svc *service) map[string]int { return svc.names })
}

// RemoteServices lists the names that the spans of one service gave to the
// other side, as SpanNames does.
func (s *Store) RemoteServices(serviceName string) []string {
	return s.namesOf(serviceName, func(svc *service) map[string]int { return svc.remotes })
}

func (s *Store) namesOf(name string, of func(*service) map[string]int) []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if svc := s.services[name]; svc != nil {
		return slices.Sorted(maps.Keys(of(svc)))
	}
	return nil
}
