package zipkin_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/zipkin"
)

// shape writes the nodes from one on as "1(2 3(4))": ids with what is below them.
func shape(t *zipkin.Tree, top int32) string {
	n := &t.Nodes[top]
	var below []string
	for c := n.FirstChild; c != zipkin.None; c = t.Nodes[c].NextSibling {
		below = append(below, shape(t, c))
	}
	text := name(n)
	for _, mark := range []struct {
		note zipkin.Note
		text string
	}{{zipkin.Orphan, "?"}, {zipkin.SelfParent, "="}, {zipkin.InCycle, "*"}, {zipkin.Repeated, "+"}} {
		if n.Notes&mark.note != 0 {
			text += mark.text
		}
	}
	if len(below) > 0 {
		text += "(" + strings.Join(below, " ") + ")"
	}
	return text
}

// name is an id with a service and the last digit of its address: "1b.2".
func name(n *zipkin.Node) string {
	text := fmt.Sprintf("%x%s", uint64(n.ID), n.Local.ServiceName)
	if ip := n.Local.IPv4; ip != "" {
		text += "." + ip[len(ip)-1:]
	}
	return text
}

// forest writes the whole of a tree that Build made.
func forest(spans []zipkin.Span) string {
	t := zipkin.NewTree(zipkin.ByStart(zipkin.Merge(spans)))
	var roots []string
	for i := range t.Nodes {
		if t.Nodes[i].Parent == zipkin.None {
			roots = append(roots, shape(t, int32(i)))
		}
	}
	return strings.Join(roots, " ")
}

// linked writes the tree by which Zipkin links, as the order of its nodes with
// their parents.
func linked(spans []zipkin.Span) string {
	t := linkTree(spans)
	var order []string
	for _, i := range t.Order {
		text := name(&t.Nodes[i])
		if p := t.Nodes[i].Parent; p != zipkin.None {
			text += "<" + name(&t.Nodes[p])
		}
		order = append(order, text)
	}
	return strings.Join(order, " ")
}

// linkTree makes nodes as the store does, which merges by Zipkin's rules alone.
func linkTree(spans []zipkin.Span) *zipkin.Tree {
	half := func(s *zipkin.Span) zipkin.Half {
		return zipkin.Half{Kind: s.Kind, ParentID: s.ParentID, Shared: s.Shared}
	}
	parts := make([]zipkin.Partial, len(spans))
	for i := range spans {
		parts[i] = zipkin.NewPartial(spans[i].ID, half(&spans[i]), &spans[i].Local, i)
	}
	zipkin.SortPartials(parts)
	t := &zipkin.Tree{}
	for len(parts) > 0 {
		n := zipkin.CountSame(parts)
		first := &spans[parts[0].At]
		node := zipkin.Node{Half: half(first), ID: first.ID, Timestamp: first.Timestamp, Local: &first.Local}
		for _, p := range parts[1:n] {
			s := &spans[p.At]
			local := node.Local.Or(s.Local)
			node.Kind, node.ParentID = cmp.Or(node.Kind, s.Kind), cmp.Or(node.ParentID, s.ParentID)
			node.Timestamp, node.Local = cmp.Or(node.Timestamp, s.Timestamp), &local
		}
		if last := len(t.Nodes) - 1; last >= 0 && t.Nodes[last].ID == node.ID {
			node.Follow(t.Nodes[last].Half, half(first))
		}
		t.Nodes, parts = append(t.Nodes, node), parts[n:]
	}
	t.BuildForLinks()
	return t
}

// The cases are those of Zipkin's SpanNodeTest and of what it says of SpanNode:
// what Zipkin links by, and what is shown, where nothing may be lost.
func TestTree(t *testing.T) {
	for _, c := range []struct {
		name   string
		spans  []string
		shown  string
		linked string
	}{
		{"children in the order of time",
			[]string{"3<1 - a | @30+5", "2<1 - a | @20+5", "1 - a | @10+50", "4<2 - a | @21+1"},
			"1a(2a(4a) 3a)", "1a 2a<1a 3a<1a 4a<2a"},
		{"a server that shares its client's id is below it, and its own below the server",
			[]string{"1 CLIENT a | @1+9", "1 SERVER b shared | @2+7", "2<1 - b | @3+1", "3<1 - a | @4+1"},
			"1a(1b(2b) 3a)", "1a 1b<1a 3a<1a 2b<1b"},
		{"a server that shares its client's id and does not say so",
			[]string{"7 - a | @1+20", "1<7 CLIENT a | @2+9", "1<7 SERVER b | @3+6"},
			"7a(1a(1b))", "7a 1a<7a 1b<1a"},
		{"two servers of one service answer one client, and each has a child",
			[]string{"1 CLIENT a | @1+9", "1 SERVER b@1.1.1.1 shared | @2+1", "1 SERVER b@2.2.2.2 shared | @3+1",
				"2<1 - b@2.2.2.2 | @4+1", "3<1 - b@1.1.1.1 | @5+1"},
			"1a(1b.1(3b.1) 1b.2(2b.2))", "1a 1b.1<1a 1b.2<1a 3b.1<1b.1 2b.2<1b.2"},
		{"a shared server whose client was not reported",
			[]string{"7 - a | @1+9", "1<7 SERVER b shared | @2+1", "2<1 - b | @3+1"},
			"7a(1b(2b))", "7a 1b<7a 2b<1b"},
		{"a child of a shared server that knows its address in part",
			[]string{"1 CLIENT a | @1+9", "1 SERVER b@1.1.1.1 shared | @2+7", "2<1 - b | @3+1"},
			"1a(1b.1(2b))", "1a 1b.1<1a 2b<1a"},
		{"a missing parent", []string{"1 - a | @1+9", "3<2 - b | @2+1"}, "1a 3b?", "1a 3b<1a"},
		{"two roots: the second is a child of the first", []string{"1 - a | @1+9", "2 - b | @2+1"}, "1a 2b", "1a 2b<1a"},
		{"headless: nothing has a parent that is here", []string{"1<8 - a | @1+1", "2<9 - b | @2+1", "3<2 - b | @3+1"},
			"1a? 2b?(3b)", "1a 2b 3b<2b"},
		{"its own parent", []string{"1<1 - a | @1+9", "2<1 - a | @2+1"}, "1a=(2a)", ""},
		{"a cycle is cut at its first span", []string{"1<2 - a | @1+1", "2<1 - b | @2+1", "3<2 - c | @3+1"}, "1a*(2b(3c))", ""},
		{"below a cycle", []string{"9 - r | @1+1", "2<3 - a | @2+1", "3<2 - b | @3+1", "4<2 - c | @4+1"}, "9r 2a*(3b 4c)", "9r"},
		{"an id three times: the first is shown with the child, the last is linked",
			[]string{"9 - r | @1+9", "1<9 - a | x @2+1", "1<9 - a | y @3+1", "1<9 - a | z @4+1", "2<1 - b | @5+1"},
			"9r(1a(2b) 1a+ 1a+)", "9r 1a<9r 2b<1a"},
		{"an id twice, each with the other's child as parent",
			[]string{"1<2 - a | @1+9", "1<2 - b | @2+9", "2<1 - c | @3+1"}, "1a*(2c(1b+))", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			spans := spantext.Spans(t, c.spans...)
			if got := forest(spans); got != c.shown {
				t.Errorf("shown as %s, want %s", got, c.shown)
			}
			if got := linked(spans); got != c.linked {
				t.Errorf("linked as %s, want %s", got, c.linked)
			}
			slices.Reverse(spans)
			if got := forest(spans); got != c.shown {
				t.Errorf("shown as %s once they come backwards, want %s", got, c.shown)
			}
		})
	}
}

// Neither recursion nor quadratic time would end soon.
func TestDeepAndWideTrees(t *testing.T) {
	const many = 50_000
	for name, parent := range map[string]func(i int) int{
		"deep":     func(i int) int { return i - 1 },
		"wide":     func(i int) int { return min(i-1, 1) },
		"a cycle":  func(i int) int { return cmp.Or(i-1, many) },
		"headless": func(i int) int { return many + i },
	} {
		t.Run(name, func(t *testing.T) {
			spans := make([]zipkin.Span, many)
			for i := range spans {
				spans[i] = zipkin.Span{ID: zipkin.SpanID(i + 1), ParentID: zipkin.SpanID(parent(i + 1)), Timestamp: int64(i + 1)}
			}
			checkTree(t, zipkin.NewTree(zipkin.ByStart(spans)))
			linkTree(spans)
		})
	}
}

// FuzzTree holds for any ids, parents and endpoints: every span is in one place,
// and none is above itself.
func FuzzTree(f *testing.F) {
	f.Add([]byte{1, 2, 0, 2, 1, 0, 3, 2, 0})
	f.Add([]byte{1, 0, 9, 1, 0, 30, 2, 1, 24, 1, 0, 44})
	f.Fuzz(func(t *testing.T, data []byte) {
		spans := wildSpans(data)
		checkTree(t, zipkin.NewTree(zipkin.ByStart(zipkin.Merge(spans))))
		seen := map[int32]bool{}
		for _, i := range linkTree(spans).Order {
			if seen[i] {
				t.Fatalf("node %d is linked twice", i)
			}
			seen[i] = true
		}
	})
}

func checkTree(t *testing.T, tree *zipkin.Tree) {
	t.Helper()
	seen := make([]bool, len(tree.Nodes))
	for i := range tree.Nodes {
		if tree.Nodes[i].Parent != zipkin.None {
			continue
		}
		for j := range tree.Below(i) {
			if seen[j] {
				t.Fatalf("node %d is in two places", j)
			}
			seen[j] = true
		}
	}
	if lost := slices.Index(seen, false); lost >= 0 {
		t.Fatalf("node %d is below no root", lost)
	}
}
