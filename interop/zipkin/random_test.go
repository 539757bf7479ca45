package zipkin

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
)

var seed = flag.Uint64("seed", 1, "of the traces and the questions of TestAnswersAreZipkins/defaults/random")

const (
	randomTraces    = 200
	randomQuestions = 200
)

// randomRound makes traces that need not make sense, and questions about them.
// The answers must be equal; what is right, nobody has written down.
func randomRound(t *testing.T, p *pair) {
	t.Logf("-seed %d", *seed)
	r := rand.New(rand.NewPCG(*seed, 0))
	n := p.newNames()
	var spans []span
	for trace := 1; trace <= randomTraces; trace++ {
		spans = append(spans, randomTrace(r, trace)...)
	}
	// Most traces arrive whole and in order, some do not.
	for range len(spans) / 4 {
		i, j := r.IntN(len(spans)), r.IntN(len(spans))
		spans[i], spans[j] = spans[j], spans[i]
	}
	for batch := range slices.Chunk(spans, 25) {
		p.keep(t, n.text(list(batch...)))
		for _, s := range batch {
			if err := p.kept(n.text(s.traceID())); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range randomQuestions {
		question := randomQuestion(r)
		if err := p.check(check{send: get(question)}, n); err != nil {
			t.Error(err)
		}
	}
}

func oneOf[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

var (
	randomNames = []string{"", "a", "b", "c", "d"}
	randomKinds = []string{"", "", "CLIENT", "SERVER", "PRODUCER", "CONSUMER"}
	randomTags  = []string{"error=", "error=x", "k=v", "k=w", "http.path=/a b", "n=1"}
	randomNotes = []string{"error", "k", "x"}
)

func randomTrace(r *rand.Rand, trace int) (spans []span) {
	high := oneOf[uint64](r, 0, 0, 1)
	start := r.IntN(20*second) - 10*second
	for id := range 1 + r.IntN(7) {
		s := span{
			trace: trace, high: high, id: 1 + id, parent: r.IntN(id + 1),
			kind: oneOf(r, randomKinds...), name: oneOf(r, randomNames...), local: oneOf(r, randomNames...), remote: oneOf(r, randomNames...),
			at: start + id*r.IntN(3*ms), took: oneOf(r, 0, 1, 10, 1+r.IntN(5000)), undated: r.IntN(12) == 0, debug: r.IntN(20) == 0,
		}
		if s.local != "" && r.IntN(4) == 0 {
			s.ip = oneOf(r, "1.1.1.1", "2.2.2.2")
		}
		for range r.IntN(3) {
			s.tags = append(s.tags, oneOf(r, randomTags...))
		}
		s.tags = slices.CompactFunc(slices.Sorted(slices.Values(s.tags)), func(a, b string) bool { return a[0] == b[0] })
		if r.IntN(4) == 0 {
			s.notes = []string{oneOf(r, randomNotes...)}
		}
		switch r.IntN(12) {
		case 0: // its other half
			half := s
			half.kind, half.shared, half.local, half.at = "SERVER", s.kind != "CLIENT" || r.IntN(2) == 0, oneOf(r, randomNames...), s.at+r.IntN(ms)
			spans = append(spans, half)
		case 1:
			spans = append(spans, s) // twice
		case 2:
			s.high = oneOf[uint64](r, 0, 1, 2)
		case 3:
			s.parent = r.IntN(9) // missing, itself, or a child
		case 4:
			s.at = r.IntN(20*second) - 10*second
		}
		if s.parent == s.id {
			s.parent = 0 // Zipkin drops it
		}
		spans = append(spans, s)
	}
	return spans
}

func randomQuestion(r *rand.Rand) string {
	window := fmt.Sprintf("endTs=$ms%+d&lookback=%d", r.IntN(24000)-12000, 1+r.IntN(oneOf(r, 100, 5000, 30000)))
	if r.IntN(3) == 0 {
		window = "$day"
	}
	id := func() string {
		return oneOf(r, "", "", "0000000000000001", "0000000000000002") + fmt.Sprintf("$t%04x", 1+r.IntN(randomTraces+5))
	}
	switch r.IntN(12) {
	case 0:
		return "/api/v2/trace/" + id()
	case 1:
		return "/api/v2/traceMany?traceIds=" + id() + "," + id() + "," + id()
	case 2, 3, 4:
		return "/api/v2/dependencies?" + window
	case 5:
		return "/api/v2/" + oneOf(r, "spans", "remoteServices") + "?serviceName=" + oneOf(r, randomNames...) + "$n"
	}
	return "/api/v2/traces?" + window + randomConditions(r)
}

func randomConditions(r *rand.Rand) string {
	var b strings.Builder
	add := func(name, value string) {
		if r.IntN(4) == 0 && value != "" {
			b.WriteString("&" + name + "=" + value)
		}
	}
	add("serviceName", oneOf(r, randomNames[1:]...)+"$n")
	add("remoteServiceName", oneOf(r, randomNames[1:]...)+"$n")
	add("spanName", oneOf(r, "all", "a", "b", "D"))
	terms := oneOf(r, randomTags...)
	if r.IntN(3) == 0 {
		terms += " and " + oneOf(r, append(randomTags, randomNotes...)...)
	}
	add("annotationQuery", url.QueryEscape(oneOf(r, terms, oneOf(r, randomNotes...))))
	if shortest := r.IntN(3000) + 1; r.IntN(4) == 0 {
		fmt.Fprintf(&b, "&minDuration=%d", shortest)
		add("maxDuration", fmt.Sprint(shortest+r.IntN(3000)))
	}
	add("limit", fmt.Sprint(1+r.IntN(50)))
	return b.String()
}
