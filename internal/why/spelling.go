package why

import (
	"cmp"

	"example.com/tracelab/internal/zipkin"
)

// spelling is how programs spell the names that Zipkin keeps in lower case, by these.
// Of several spellings the first counts.
type spelling struct {
	services   map[string]string
	operations map[[2]string]string // by service and operation
}

// spell gives what was only reported the names that it has in the execution traces, so
// that one operation has one name, however much of a trace the recorders have kept.
func (tr *trace) spell() {
	tr.spelling = spelling{map[string]string{}, map[[2]string]string{}}
	for _, p := range tr.processes {
		learn(tr.spelling.services, zipkin.LowerName(p.Service), p.Service)
	}
	for _, s := range tr.order {
		if s.task.Name != "" {
			learn(tr.spelling.operations, s.operation(), s.name)
		}
	}
	for _, s := range tr.order {
		s.service = tr.spelling.service(s.service)
		if s.task.Name == "" {
			s.name = cmp.Or(tr.spelling.operations[s.operation()], s.name)
		}
	}
}

func learn[K comparable](known map[K]string, key K, text string) {
	if known[key] == "" {
		known[key] = text
	}
}

// operation is what Zipkin tells the operation of s from others by.
func (s *span) operation() [2]string {
	return [2]string{zipkin.LowerName(s.service), zipkin.LowerName(s.name)}
}

// service is the name of a service as its processes spell it.
func (sp spelling) service(name string) string {
	return cmp.Or(sp.services[zipkin.LowerName(name)], name)
}
