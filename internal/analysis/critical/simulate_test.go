package critical_test

import (
	"math/rand/v2"

	"example.com/tracelab/internal/zipkin"
)

// unit is far more than the tolerance, so that times here are exact.
const unit = 10_000

// program is an operation that runs others: for as long as it works itself, or beside each
// other, until all have ended that it joins.
type program struct {
	id         zipkin.SpanID
	service    string
	steps      []programStep
	start, end int64
	more       int64 // how long it works at its end
	nothing    bool  // it takes no time, and runs nothing
}

// programStep works, or runs members and starts futures, and joins the members and what
// futures, of it or of earlier ones, are joined here.
type programStep struct {
	work    int64
	members []*program
	futures []*future
	joined  int64 // when it ended
}

// future is a program that is joined later.
type future struct {
	*program
	join int // index of the step
}

// newProgram makes a random one that runs up to so many others.
func newProgram(r *rand.Rand, depth int, next *zipkin.SpanID) *program {
	*next++
	p := &program{id: *next, service: string(rune('a' + r.IntN(3)))}
	groups := r.IntN(3)
	if depth == 0 {
		groups = 0
	}
	for range groups {
		p.work(r)
		s := programStep{}
		for range 1 + r.IntN(3) {
			s.members = append(s.members, newProgram(r, depth-1, next))
		}
		for range r.IntN(3) {
			s.futures = append(s.futures, &future{newProgram(r, depth-1, next), len(p.steps) + r.IntN(6)})
		}
		p.steps = append(p.steps, s)
	}
	p.work(r)
	return p
}

// work adds a step of work, so that none works no time at all.
func (p *program) work(r *rand.Rand) {
	p.steps = append(p.steps, programStep{work: int64(1+r.IntN(30)) * unit})
}

// run runs it from a time on, and returns when it ended.
func (p *program) run(at int64) int64 {
	p.start, p.end = at, at
	if p.nothing {
		return at
	}
	var futures []*future
	for i := range p.steps {
		s := &p.steps[i]
		began := at
		at += s.work
		for _, m := range s.members {
			at = max(at, m.run(began))
		}
		for _, f := range s.futures {
			f.run(began)
		}
		futures = append(futures, s.futures...)
		for _, f := range futures {
			if f.join == i {
				at = max(at, f.end)
			}
		}
		s.joined = at
	}
	p.end = at + p.more
	return p.end
}

// settle has each future joined in the group in which it ended: when a program joins what
// has ended before cannot be seen in a trace. It reports whether that is another one.
func (p *program) settle() (changed bool) {
	p.eachFuture(func(f *future, ended int) {
		changed = changed || f.join != ended
		f.join = ended
	})
	return changed
}

// settled reports whether settle would change nothing.
func (p *program) settled() bool {
	settled := true
	p.eachFuture(func(f *future, ended int) { settled = settled && f.join == ended })
	return settled
}

// eachFuture visits all, with the group in which each ended, or the last before it did.
func (p *program) eachFuture(visit func(f *future, ended int)) {
	for i, s := range p.steps {
		for _, f := range s.futures {
			ended := i
			for j := i + 1; j < len(p.steps); j++ {
				if len(p.steps[j].members) > 0 && p.steps[j-1].joined < f.end {
					ended = j
				}
			}
			visit(f, ended)
			f.eachFuture(visit)
		}
		for _, m := range s.members {
			m.eachFuture(visit)
		}
	}
}

// all are the program and those that it runs, with the parent of each.
func (p *program) all(parent zipkin.SpanID, visit func(p *program, parent zipkin.SpanID)) {
	visit(p, parent)
	for _, s := range p.steps {
		for _, m := range s.members {
			m.all(p.id, visit)
		}
		for _, f := range s.futures {
			f.all(p.id, visit)
		}
	}
}

// spans are those of its last run.
func (p *program) spans() (spans []zipkin.Span) {
	p.all(0, func(p *program, parent zipkin.SpanID) {
		spans = append(spans, zipkin.Span{TraceID: zipkin.TraceID{Low: 1}, ID: p.id, ParentID: parent, Name: "op", Timestamp: p.start, Duration: p.end - p.start,
			Local: zipkin.Endpoint{ServiceName: p.service}})
	})
	return spans
}

// simulated is a random program that has run, and settled.
func simulated(r *rand.Rand) *program {
	var next zipkin.SpanID
	for {
		p := newProgram(r, 1+r.IntN(3), &next)
		for range 20 {
			p.run(unit)
			if !p.settle() {
				return p
			}
		}
	}
}
