package zipkin_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/zipkin"
)

// oneID are traces in which one id is of several hosts, as they are shown and as
// Zipkin links them: where it leaves no span out, the two agree but for what a
// comment says. interop/zipkin asks Zipkin for the links of the same traces.
var oneID = []struct {
	name   string
	spans  []string
	shown  string
	linked string
}{
	{"a service that calls itself, at two addresses",
		[]string{"1 CLIENT a@1.1.1.1 | @1+9", "1 SERVER a@1.1.1.2 shared | @2+7", "2<1 - a@1.1.1.2 | @3+1", "3<1 - a@1.1.1.1 | @4+1"},
		"1a.1(1a.2(2a.2) 3a.1)", "1a.1 1a.2<1a.1 3a.1<1a.1 2a.2<1a.2"},
	{"a service that calls itself, without addresses",
		[]string{"1 CLIENT a | @1+9", "1 SERVER a shared | @2+7", "2<1 - a | @3+1"},
		"1a(1a(2a))", "1a 1a<1a 2a<1a"},
	{"addresses without names",
		[]string{"1 CLIENT @1.1.1.1 | @1+9", "1 SERVER @1.1.1.2 shared | @2+7", "2<1 - @1.1.1.2 | @3+1"},
		"1.1(1.2(2.2))", "1.1 1.2<1.1 2.2<1.2"},
	{"a service that calls itself, thrice deep",
		[]string{"1 SERVER a@1.1.1.1 | @1+9", "2<1 CLIENT a@1.1.1.1 | @2+7", "2<1 SERVER a@1.1.1.2 shared | @3+5",
			"3<2 CLIENT a@1.1.1.2 | @4+3", "3<2 SERVER a@1.1.1.1 shared | @5+1", "4<3 - a@1.1.1.1 | @5+1"},
		"1a.1(2a.1(2a.2(3a.2(3a.1(4a.1)))))", "1a.1 2a.1<1a.1 2a.2<2a.1 3a.2<2a.2 3a.1<3a.2 4a.1<3a.1"},
	{"a client's own child, at its address",
		[]string{"1 CLIENT a@1.1.1.1 | @1+9", "2<1 - a@1.1.1.1 | dns @2+1", "1 SERVER a@1.1.1.2 shared | @4+4"},
		"1a.1(2a.1 1a.2)", "1a.1 2a.1<1a.1 1a.2<1a.1"},
	{"a call tried again with its id, that another host answered",
		[]string{"1 CLIENT a | @1+20", "1 SERVER b@1.1.1.1 shared error | @2+5", "1 SERVER b@1.1.1.2 shared | @10+9", "2<1 - b@1.1.1.2 | @11+1", "3<1 - b@1.1.1.1 | @3+1"},
		"1a(1b.1(3b.1) 1b.2(2b.2))", "1a 1b.1<1a 1b.2<1a 3b.1<1b.1 2b.2<1b.2"},
	{"the same, and the children do not know their addresses: Zipkin gives them to the client",
		[]string{"1 CLIENT a | @1+20", "1 SERVER b@1.1.1.1 shared | @2+5", "1 SERVER b@1.1.1.2 shared | @10+9", "2<1 - b | @11+1", "3<1 - b | @3+1"},
		"1a(1b.1(3b) 1b.2(2b))", "1a 1b.1<1a 3b<1a 1b.2<1a 2b<1a"},
	{"a child that knows more of its endpoint than the server: Zipkin gives it to the client",
		[]string{"1 CLIENT a@1.1.1.1 | @1+9", "1 SERVER b shared | @2+7", "2<1 - b@1.1.1.2 | @3+1"},
		"1a.1(1b(2b.2))", "1a.1 1b<1a.1 2b.2<1a.1"},
	{"a child at an address alone: Zipkin gives it to the client",
		[]string{"1 CLIENT a@1.1.1.1 | @1+9", "1 SERVER b@1.1.1.2 shared | @2+7", "2<1 - @1.1.1.2 | @3+1"},
		"1a.1(1b.2(2.2))", "1a.1 1b.2<1a.1 2.2<1a.1"},
	{"a child elsewhere is the client's",
		[]string{"1 CLIENT a | @1+9", "1 SERVER b@1.1.1.1 shared | @2+7", "2<1 SERVER c | @3+1"},
		"1a(1b.1 2c)", "1a 1b.1<1a 2c<1a"},
	{"the flag is missing",
		[]string{"9 - a | @1+30", "1<9 CLIENT a@1.1.1.1 | @2+9", "1<9 SERVER a@1.1.1.2 | @3+7", "2<1 - a@1.1.1.2 | @4+1"},
		"9a(1a.1(1a.2(2a.2)))", "9a 1a.1<9a 1a.2<1a.1 2a.2<1a.2"},
	{"the flag is missing at the second of two servers, which Zipkin lets take the client's place",
		[]string{"9 - a | @1+30", "1<9 CLIENT a | @2+20", "1<9 SERVER b@1.1.1.1 | @3+5", "1<9 SERVER b@1.1.1.2 | @10+9", "2<1 - b@1.1.1.2 | @11+1", "3<1 - b@1.1.1.1 | @4+1"},
		"9a(1a(1b.1(3b.1) 1b.2(2b.2)))", "9a 1b.2<9a 1b.1<1b.2 2b.2<1b.2 3b.1<1b.1"},
	{"two servers, one with the flag",
		[]string{"9 - a | @1+30", "1<9 CLIENT a | @2+20", "1<9 SERVER b@1.1.1.1 shared | @3+5", "1<9 SERVER b@1.1.1.2 | @10+9", "2<1 - b@1.1.1.2 | @11+1"},
		"9a(1a(1b.1 1b.2(2b.2)))", "9a 1a<9a 1b.1<1a 1b.2<1a 2b.2<1b.2"},
	{"three halves, the client of another kind of report last",
		[]string{"1 SERVER b shared | @2+7", "1 SERVER c shared | @3+5", "1 CLIENT a | @1+9", "2<1 - c | @4+1", "3<1 - b | @3+1"},
		"1a(1b(3b) 1c(2c))", "1a 1b<1a 1c<1a 3b<1b 2c<1c"},
	{"two replicas that took one message by its id, without their producer",
		[]string{"1<9 CONSUMER a@1.1.1.1 shared | @1+9", "1<9 CONSUMER a@1.1.1.2 shared | @2+9", "2<1 - a@1.1.1.2 | @3+1", "3<1 - a@1.1.1.1 | @3+1"},
		"1a.1?(3a.1) 1a.2?(2a.2)", "1a.1 1a.2 3a.1<1a.1 2a.2<1a.2"},
	{"replicas that do not say that they share the id: Zipkin keeps the last",
		[]string{"9 - a | @1+30", "1<9 SERVER b@1.1.1.1 | @2+9", "1<9 SERVER b@1.1.1.2 | @3+9", "2<1 - b@1.1.1.1 | @5+1", "3<1 - b@1.1.1.2 | @4+1"},
		"9a(1b.1(2b.1) 1b.2+(3b.2))", "9a 1b.2<9a 3b.2<1b.2 2b.1<1b.2"},
	{"a call tried again, its clients with one id, too: Zipkin keeps the last",
		[]string{"9 - a | @1+30", "1<9 CLIENT a | @2+5", "1<9 CLIENT a | @10+9", "1<9 SERVER b@1.1.1.2 shared | @11+7", "1<9 SERVER b@1.1.1.1 shared | @3+3"},
		"9a(1a(1b.1) 1a+(1b.2))", "9a 1a<9a 1b.1<1a 1b.2<1a"},
	{"an id that several pasted",
		[]string{"1<9 SERVER a shared | @1+9", "2<1 - a | @2+1", "1<9 SERVER a shared | @20+9", "3<1 - a | @21+1"},
		"1a?(2a) 1a?+(3a)", "1a 2a<1a 3a<1a"},
}

func TestOneIDOfSeveralHosts(t *testing.T) {
	for _, c := range oneID {
		t.Run(c.name, func(t *testing.T) {
			spans := spantext.Spans(t, c.spans...)
			for range 2 {
				if got := forest(spans); got != c.shown {
					t.Errorf("shown as %s, want %s", got, c.shown)
				}
				if got := linked(spans); got != c.linked {
					t.Errorf("linked as %s, want %s", got, c.linked)
				}
				slices.Reverse(spans)
			}
		})
	}
}

// TestManyHostsOfOneID is bounded, and the server at a child's own endpoint is
// found among all that began next to it.
func TestManyHostsOfOneID(t *testing.T) {
	const many = 5_000
	spans := []zipkin.Span{{ID: 1, Kind: zipkin.Client, Timestamp: 1, Duration: 10 * many, Local: zipkin.Endpoint{ServiceName: "a"}}}
	for i := range many {
		at := zipkin.Endpoint{ServiceName: "b", IPv4: fmt.Sprintf("10.0.%d.%d", i/250, i%250)}
		spans = append(spans, zipkin.Span{ID: 1, Kind: zipkin.Server, Timestamp: int64(i + 2), Duration: 5, Local: at},
			zipkin.Span{ID: zipkin.SpanID(i + 2), ParentID: 1, Timestamp: int64(i + 2), Duration: 1, Local: at})
	}
	sorted := zipkin.ByStart(zipkin.Merge(spans))
	tree := zipkin.NewTree(sorted)
	checkTree(t, tree)
	wrong := 0
	for i, s := range sorted {
		if p := tree.Nodes[i].Parent; s.ID != 1 && (p == zipkin.None || sorted[p].Local != s.Local) {
			wrong++
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d children are not below the server at their endpoint", wrong, many)
	}
}

// TestTheTreesAgree where Zipkin's rule finds the parent: the one that is shown has it
// below the same span as the one by which services are linked.
func TestTheTreesAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	compared := 0
	for range 2000 {
		spans := callsOfOneID(r)
		shown := map[string]string{}
		nodes := zipkin.NewTree(zipkin.ByStart(zipkin.Merge(spans))).Nodes
		for i := range nodes {
			if p := nodes[i].Parent; p != zipkin.None {
				shown[half(&nodes[i])] = half(&nodes[p])
			}
		}
		tree := linkTree(spans)
		for _, i := range tree.Order {
			n := &tree.Nodes[i]
			if n.Parent == zipkin.None {
				continue
			}
			p := &tree.Nodes[n.Parent]
			found := p.ID == n.ParentID && *p.Local == *n.Local && p.Shared || n.Shared && p.ID == n.ID
			if found && shown[half(n)] != half(p) {
				t.Fatalf("%s is below %s, and Zipkin has it below %s, of\n%s", half(n), shown[half(n)], half(p), forest(spans))
			}
			if found {
				compared++
			}
		}
	}
	if compared < 2000 {
		t.Errorf("%d parents were compared: too few to learn from", compared)
	}
}

func half(n *zipkin.Node) string { return fmt.Sprintf("%s shared=%t", name(n), n.Shared) }

// callsOfOneID are calls in each other, whose clients and servers have one id and
// are at different hosts of few services, with local spans at some of these.
func callsOfOneID(r *rand.Rand) (spans []zipkin.Span) {
	host := func(n int) zipkin.Endpoint {
		return zipkin.Endpoint{ServiceName: string('a' + rune(r.IntN(2))), IPv4: fmt.Sprintf("10.0.0.%d", n)}
	}
	at := host(0)
	for id := zipkin.SpanID(1); id < 5; id++ {
		start := int64(id) * 100
		if r.IntN(5) > 0 {
			spans = append(spans, zipkin.Span{ID: id, ParentID: id - 1, Kind: zipkin.Client, Timestamp: start, Duration: 90, Local: at})
		}
		for n := range 1 + r.IntN(3) {
			at = host(int(id)*10 + n)
			spans = append(spans, zipkin.Span{ID: id, ParentID: id - 1, Kind: zipkin.Server, Timestamp: start + r.Int64N(90), Duration: 9, Local: at, Shared: true})
			spans = append(spans, zipkin.Span{ID: 100 + zipkin.SpanID(len(spans)), ParentID: id, Timestamp: start + r.Int64N(90), Duration: 1, Local: at})
		}
	}
	r.Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
	return spans
}
