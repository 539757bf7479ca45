package why

import (
	"cmp"
	"fmt"
	"slices"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// missing says of which services something is not known, how much of the time
// that makes, and why.
func (tr *trace) missing(segments []segment) []labapi.Missing {
	unknown := map[string]int64{}
	var order []string
	for i := range segments {
		if p := &segments[i]; p.state == stateUnknown {
			if unknown[p.span.service] == 0 {
				order = append(order, p.span.service)
			}
			unknown[p.span.service] += p.micros(segments)
		}
	}
	all := []labapi.Missing{}
	for _, p := range tr.processes {
		if len(segments) == 0 && p.Trace == nil && tr.awaits(p.Service) {
			continue // it answers when the request has ended
		}
		for _, reason := range p.gaps() {
			us := unknown[p.Service]
			unknown[p.Service] = 0
			all = append(all, labapi.Missing{Service: p.Service, US: us, Reason: reason})
		}
	}
	for _, service := range order {
		if us := unknown[service]; us > 0 {
			all = append(all, labapi.Missing{Service: service, US: us, Reason: tr.reason(service)})
		}
	}
	slices.SortStableFunc(all, func(a, b labapi.Missing) int { return -cmp.Compare(a.US, b.US) })
	return all
}

// gaps are the reasons for which something of a process is not known.
func (p *process) gaps() (reasons []string) {
	if p.Refused != "" {
		reasons = append(reasons, p.Refused)
	}
	if p.Trace == nil {
		return reasons
	}
	switch n := len(p.Trace.Lost); {
	case n == 1:
		reasons = append(reasons, fmt.Sprintf("a part of its execution trace cannot be read: %s", p.Trace.Lost[0]))
	case n > 1:
		reasons = append(reasons, fmt.Sprintf("%d parts of its execution trace cannot be read: %s", n, p.Trace.Lost[0]))
	}
	return reasons
}

// reason is why something is unknown of a service of which all seems to be
// there.
func (tr *trace) reason(service string) string {
	for _, p := range tr.processes {
		if p.Service == service && p.Trace != nil {
			return fmt.Sprintf("its execution trace covers %s, and not all of this", display.Duration(p.Trace.Duration()))
		}
	}
	return "it uploaded no execution trace"
}
