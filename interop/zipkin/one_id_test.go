package zipkin

import (
	"math/rand/v2"
	"testing"
)

const (
	oneIDRounds = 12
	oneIDTraces = 25 // of a round, so that a difference is found
)

// oneIDLinks compares the links of traces in which ids are of several hosts: services
// that call themselves, replicas, retries, halves without the flag or without an
// address, and those below them, which know their endpoint whole, in part or not.
func oneIDLinks(t *testing.T, p *pair) {
	t.Logf("-seed %d", *seed)
	r := rand.New(rand.NewPCG(*seed, 2))
	for range oneIDRounds {
		n := p.newNames()
		var spans []span
		for trace := range oneIDTraces {
			spans = append(spans, traceOfOneID(r, trace+1)...)
		}
		p.keep(t, n.text(list(spans...)))
		if err := p.check(check{send: get("/api/v2/dependencies?$day")}, n); err != nil {
			t.Errorf("%v\nof %s", err, list(spans...))
		}
	}
}

// traceOfOneID is a call of a call, each by one id that several spans have.
func traceOfOneID(r *rand.Rand, trace int) (spans []span) {
	if r.IntN(4) > 0 { // else the first span is missing
		spans = append(spans, span{id: 1, kind: "SERVER", local: "web", ip: "1.1.1.1", took: 90 * ms})
	}
	for id := 2; id <= 2+r.IntN(2); id++ {
		spans = append(spans, halves(r, id, id-1)...)
		for range 1 + r.IntN(3) {
			child := somewhere(r, span{id: 10 + len(spans), parent: id, kind: oneOf(r, "", "CLIENT", "CLIENT", "SERVER", "PRODUCER"), at: r.IntN(90 * ms), took: 1})
			if child.kind != "SERVER" || r.IntN(3) == 0 {
				child.remote = oneOf(r, "db", "cache", "mail")
			}
			spans = append(spans, child)
		}
	}
	for i := range spans {
		spans[i].trace = trace
		if r.IntN(6) == 0 {
			spans[i].tags = []string{"error=x"}
		}
	}
	r.Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
	return spans
}

// halves are a client, or none, or one that tried twice, and up to three servers.
func halves(r *rand.Rand, id, parent int) (all []span) {
	for range oneOf(r, 0, 1, 1, 1, 2) {
		all = append(all, somewhere(r, span{id: id, parent: parent, kind: oneOf(r, "CLIENT", "CLIENT", "CLIENT", "PRODUCER", ""), at: r.IntN(90 * ms), took: 9 * ms}))
	}
	for range oneOf(r, 0, 1, 1, 2, 3) {
		server := somewhere(r, span{id: id, parent: parent, kind: oneOf(r, "SERVER", "SERVER", "SERVER", "CONSUMER", ""), at: r.IntN(90 * ms), took: 5 * ms, shared: r.IntN(3) > 0})
		if r.IntN(5) == 0 {
			server.parent = 0
		}
		all = append(all, server)
	}
	return all
}

// somewhere gives a span an endpoint of few, known whole, in part or not at all.
func somewhere(r *rand.Rand, s span) span {
	s.local, s.ip = oneOf(r, "web", "app", "app", "shard", ""), oneOf(r, "1.1.1.1", "2.2.2.2", "2.2.2.2", "")
	s.undated = r.IntN(12) == 0
	s.took = s.took * r.IntN(2)
	return s
}
