package store

import (
	"strings"

	"example.com/tracelab/internal/zipkin"
)

// service is one local service name of the spans that are stored.
type service struct {
	name      string
	templates int
	names     nameCounts // span names, by the templates that have them
	remotes   nameCounts // remote service names, likewise

	traces traceList // that have a span of this service
}

// services indexes the services in use by name. A service is removed with its
// last template, a name with the last template that has it.
type services struct {
	byName map[string]*service
	bytes  int64 // without the lists of traces, which count as theirs
}

// join counts the names of a new template and returns its service, or nil.
func (all *services) join(s *template) *service {
	name := s.local.ServiceName
	if name == "" {
		return nil
	}
	svc := all.byName[name]
	if svc == nil {
		// A clone, so that the name does not keep the whole key alive.
		svc = &service{name: strings.Clone(name)}
		all.byName[svc.name] = svc
		all.bytes += svc.bytes()
	}
	svc.templates++
	if s.name != "" {
		all.bytes += svc.names.add(s.name)
	}
	if s.remote != "" {
		all.bytes += svc.remotes.add(s.remote)
	}
	return svc
}

// leave undoes join.
func (all *services) leave(s *template) {
	svc := s.service
	if svc == nil {
		return
	}
	if s.name != "" {
		all.bytes -= svc.names.remove(s.name)
	}
	if s.remote != "" {
		all.bytes -= svc.remotes.remove(s.remote)
	}
	if svc.templates--; svc.templates == 0 {
		delete(all.byName, svc.name)
		all.bytes -= svc.bytes()
	}
}

// bytes estimates what a service takes without its names, its map entry included.
func (svc *service) bytes() int64 {
	const own = 144 + 40
	return own + roundUp(len(svc.name))
}

// Services lists the local service names of the stored spans, sorted. The
// slice belongs to the caller.
func (s *Store) Services() []string {
	s.mu.RLock()
	names := make([]string, 0, len(s.services.byName))
	for name := range s.services.byName {
		names = append(names, name)
	}
	s.mu.RUnlock()
	return inOrder(names)
}

// SpanNames lists the names of the spans of one service, which is given in
// lower case; sorted, empty for a service that is not known. The slice belongs
// to the caller.
func (s *Store) SpanNames(serviceName string) []string {
	return s.namesOf(serviceName, func(svc *service) *nameCounts { return &svc.names })
}

// RemoteServices lists the names that the spans of one service gave to the
// other side, as SpanNames does.
func (s *Store) RemoteServices(serviceName string) []string {
	return s.namesOf(serviceName, func(svc *service) *nameCounts { return &svc.remotes })
}

// mayAnswer reports whether the names of a query are those of a service that is stored.
func (s *Store) mayAnswer(q *zipkin.Query) bool {
	if q.ServiceName == "" {
		return true
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	svc := s.services.byName[q.ServiceName]
	return svc != nil && (q.SpanName == "" || svc.names.has(q.SpanName)) && (q.RemoteServiceName == "" || svc.remotes.has(q.RemoteServiceName))
}

func (s *Store) namesOf(name string, of func(*service) *nameCounts) []string {
	s.mu.RLock()
	var names []string
	if svc := s.services.byName[name]; svc != nil {
		names = of(svc).list()
	}
	s.mu.RUnlock()
	return inOrder(names)
}
