package why

import "example.com/tracelab/internal/zipkin"

// across replaces the part of a wait for the network in which another process
// was at work for it. What remains is the way there and back.
func (x *segmenter) across(p segment, shift int64) []segment {
	if p.state != stateNetwork {
		return []segment{p}
	}
	all := []segment{}
	rest := func(a, b int64) {
		if a < b {
			part := p
			part.start, part.end = a, b
			all = append(all, part)
		}
	}
	at := p.start
	if callee := x.tr.unheard(p.span); callee != nil {
		p.span, p.state = callee, stateUnknown
		return []segment{p}
	}
	for answers := p.span.answers(); at < p.end; {
		s := answers.at(at-shift, p.end-shift)
		if s == nil {
			break
		}
		begin, end := max(at, s.start+shift), min(p.end, s.end+shift)
		rest(at, begin)
		inner := x.span(s.span, begin, end, s.move+shift)
		for i := range inner {
			inner[i].inferred = inner[i].inferred || !s.sure
		}
		all = append(all, inner...)
		at = end
	}
	rest(at, p.end)
	return all
}

// unheard is what a call began in a service of which nothing is known: not even that
// nothing was done for it. Otherwise it is nil.
func (tr *trace) unheard(call *span) *span {
	if call.reported == nil || len(call.answers().stays) > 0 {
		return nil
	}
	callee := tr.spelling.service(call.reported.Remote.ServiceName)
	if callee == call.service || !tr.knows(callee) || tr.heard(callee) {
		return nil
	}
	return &span{id: call.id, service: callee, name: call.name}
}

// answers are the servers of a call over time.
func (s *span) answers() *timeline {
	if s.answered == nil {
		s.answered = newTimeline(s, s.servers())
	}
	return s.answered
}

// servers are the spans that answer this call: of other processes, or of this one
// where a service calls itself.
func (s *span) servers() []*span {
	var all []*span
	for _, c := range s.children {
		answers := c.process != s.process || c.kind == zipkin.Server && (c.process == nil || c.elsewhere(s))
		if answers && c.kind != zipkin.Consumer && c.kind != zipkin.Producer && c.start < c.end {
			all = append(all, c)
		}
	}
	return all
}

// slack is by how much clocks and the order of events may make a server's span
// stick out of its caller's, in ns.
const slack = 500_000

// fit says by how much the clock of a server's span is to be moved so that the
// span lies within its caller's, which it does in truth. Where wall clocks do not
// fit, those of the execution traces may: processes of one machine share it.
// Where both do not, it is put in the middle, which is not sure.
func (s *span) fit(server *span) (move int64, sure bool) {
	if s.holds(server, 0) {
		return 0, true
	}
	if s.process != nil && server.process != nil {
		if move := s.process.offset - server.process.offset; s.holds(server, move) {
			return move, true
		}
	}
	return s.start + s.took()/2 - (server.start + server.took()/2), false
}

func (s *span) holds(server *span, move int64) bool {
	return server.start+move >= s.start-slack && server.end+move <= s.end+slack
}
