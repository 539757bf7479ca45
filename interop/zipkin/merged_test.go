package zipkin

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	model "example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkin/codec"
)

const mergedTraces = 200

// mergedLinks holds zipkin.Merge to Zipkin's own merging, which shows in the
// links of services: traces in pieces have the links that they have merged.
func mergedLinks(t *testing.T, p *pair) {
	t.Logf("-seed %d", *seed)
	r := rand.New(rand.NewPCG(*seed, 1))
	inPieces, whole := p.newNames(), p.newNames()
	pieces, spans := 0, 0
	for trace := 1; trace <= mergedTraces; trace++ {
		cut := list(piecesOfTrace(r, trace)...)
		p.keep(t, inPieces.text(cut))
		decoded, err := codec.DecodeSpans(whole.text(cut))
		if err != nil {
			t.Fatal(err)
		}
		merged := model.Merge(decoded)
		p.keep(t, string(codec.AppendSpans(nil, merged)))
		pieces, spans = pieces+len(decoded), spans+len(merged)
	}
	question := get("/api/v2/dependencies?$day")
	zipkinOfPieces, _, err := p.both(question.in(inPieces))
	if err != nil {
		t.Fatal(err)
	}
	zipkinOfSpans, _, err := p.both(question.in(whole))
	if err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(zipkinOfSpans.body, whole.text("$n"), inPieces.text("$n"))
	if links := strings.Count(got, "parent"); got != zipkinOfPieces.body || links < 10 {
		t.Errorf("%d links; of the merged spans\n%s\nof their pieces\n%s", links, got, zipkinOfPieces.body)
	}
	if err := p.check(check{send: question}, inPieces); err != nil {
		t.Error(err)
	}
	t.Logf("%d pieces of %d spans", pieces, spans)
	if pieces < spans*3/2 {
		t.Error("too few to learn from")
	}
}

// piecesOfTrace is a trace as programs report it: calls from service to service,
// with one id or two, and each span in one piece or in several, which may know
// the endpoint in part and come in any order.
func piecesOfTrace(r *rand.Rand, trace int) (pieces []span) {
	services := []string{"web", "app", "stock", "users", "mail"}
	start := r.IntN(int(40*second)) - 20*second
	server := span{trace: trace, id: 1, kind: "SERVER", name: "get", at: start, took: 50 * ms, local: services[r.IntN(2)], ip: "10.0.0.1"}
	id := 1
	for depth := range 1 + r.IntN(4) {
		pieces = append(pieces, cutUp(r, server)...)
		id++
		client := span{trace: trace, id: id, parent: server.id, kind: "CLIENT", name: "call", at: server.at + ms, took: 10 * ms, local: server.local, ip: server.ip}
		if r.IntN(3) == 0 {
			client.remote = oneOf(r, "db", "cache")
		}
		if r.IntN(4) == 0 {
			client.tags = []string{"error=lost"}
		}
		pieces = append(pieces, cutUp(r, client)...)
		callee := span{trace: trace, id: id, parent: server.id, kind: "SERVER", name: "serve", at: client.at + ms, took: 5 * ms,
			local: oneOf(r, services...), ip: fmt.Sprintf("10.0.1.%d", depth), shared: true}
		if r.IntN(2) == 0 {
			id++
			callee.id, callee.parent, callee.shared = id, client.id, false
		}
		server = callee
	}
	pieces = append(pieces, cutUp(r, server)...)
	r.Shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
	return pieces
}

// cutUp reports a span in one to three pieces.
func cutUp(r *rand.Rand, s span) []span {
	bare := span{trace: s.trace, id: s.id, parent: s.parent, at: s.at, local: s.local, ip: s.ip, shared: s.shared}
	switch begun := s; r.IntN(4) {
	case 0:
		begun.took, begun.tags = 0, nil
		ended := bare
		ended.took, ended.tags = s.took, s.tags
		if r.IntN(2) == 0 {
			ended.kind, begun.kind = begun.kind, ""
		}
		return []span{begun, ended, explained(s)}
	case 1:
		partly := explained(s)
		partly.ip = ""
		return []span{s, partly}
	case 2:
		return []span{s, explained(s)}
	}
	return []span{s}
}
