package web

import (
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/store"
)

// span makes a span of trace 1 whose service is "s".
func span(id, parent store.SpanID, start, duration int64) store.Span {
	return store.Span{
		TraceID: store.TraceID{Low: 1}, ID: id, ParentID: parent, Name: id.String()[15:],
		Timestamp: start, Duration: duration, Local: store.Endpoint{ServiceName: "s"},
	}
}

func with(s store.Span, change func(*store.Span)) store.Span {
	change(&s)
	return s
}

func kind(s store.Span, k store.Kind, service string) store.Span {
	return with(s, func(s *store.Span) { s.Kind, s.Local.ServiceName = k, service })
}

// outline draws rows as text: a line each, indented, with marks in brackets.
func outline(rows []row) string {
	var b strings.Builder
	for _, r := range rows {
		b.WriteString(strings.Repeat(".", r.Depth))
		if r.Span == nil {
			b.WriteString("missing " + r.Missing.String()[15:])
		} else {
			b.WriteString(r.Span.Name)
		}
		for _, m := range r.marks() {
			b.WriteString(" [" + m + "]")
		}
		b.WriteString("\n")
	}
	return b.String()
}

var trees = []struct {
	name  string
	spans []store.Span
	want  string
}{
	{"children by start", []store.Span{span(3, 1, 30, 5), span(2, 1, 20, 5), span(1, 0, 10, 50), span(4, 2, 21, 1)},
		"1\n.2\n..4\n.3\n"},
	{"children without a start come last", []store.Span{span(1, 0, 10, 50), span(2, 1, 0, 5), span(3, 1, 30, 5)},
		"1\n.3\n.2\n"},
	{"two roots", []store.Span{span(2, 0, 20, 1), span(1, 0, 10, 1)}, "1\n2\n"},
	{"missing parent after the roots", []store.Span{span(3, 9, 5, 1), span(4, 9, 6, 1), span(5, 8, 4, 1), span(1, 0, 10, 1)},
		"1\nmissing 8\n.5\nmissing 9\n.3\n.4\n"},
	{"own parent", []store.Span{span(1, 1, 10, 1), span(2, 1, 11, 1)}, "1 [own parent]\n.2\n"},
	{"ring of two is cut at the earliest", []store.Span{span(2, 1, 20, 1), span(1, 2, 10, 1), span(3, 2, 30, 1)},
		"1 [parent cycle]\n.2\n..3\n"},
	{"tail into a ring", []store.Span{span(1, 2, 10, 1), span(2, 3, 20, 1), span(3, 2, 30, 1)},
		"2 [parent cycle]\n.1 [clock skew]\n.3\n"},
	{"shared id: the server below the client", []store.Span{
		with(kind(span(1, 0, 12, 6), store.Server, "b"), func(s *store.Span) { s.Shared, s.Name = true, "server" }),
		with(kind(span(1, 0, 10, 9), store.Client, "a"), func(s *store.Span) { s.Name = "client" }),
		kind(span(2, 1, 13, 1), "", "b"), kind(span(3, 1, 11, 1), "", "a"),
	}, "client\n.3\n.server\n..2\n"},
	{"shared id without the flag", []store.Span{
		with(kind(span(1, 7, 12, 6), store.Server, "b"), func(s *store.Span) { s.Name = "server" }),
		with(kind(span(1, 7, 10, 9), store.Client, "a"), func(s *store.Span) { s.Name = "client" }),
		span(7, 0, 9, 20),
	}, "7\n.client\n..server\n"},
	{"server's clock behind its client's", []store.Span{
		with(kind(span(1, 7, 12, 6), store.Server, "b"), func(s *store.Span) { s.Shared, s.Name = true, "server" }),
		with(kind(span(1, 7, 100, 9), store.Client, "a"), func(s *store.Span) { s.Name = "client" }),
		span(7, 0, 99, 20),
	}, "7\n.client\n..server [clock skew]\n"},
	{"shared server whose client was not reported", []store.Span{
		with(span(1, 7, 12, 6), func(s *store.Span) { s.Shared = true }), span(7, 0, 9, 20),
	}, "7\n.1\n"},
	{"an id three times", []store.Span{span(1, 0, 1, 9), span(1, 0, 2, 9), span(1, 0, 3, 9), span(2, 1, 4, 1)},
		"1\n.2\n1 [id repeated]\n1 [id repeated]\n"},
	{"an id twice, each with the other's child as parent", []store.Span{span(1, 2, 1, 9), span(1, 2, 2, 9), span(2, 1, 3, 1)},
		"1 [parent cycle]\n.2\n..1 [id repeated]\n"},
}

func TestTree(t *testing.T) {
	for _, c := range trees {
		t.Run(c.name, func(t *testing.T) {
			if got := outlineOf(c.spans); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
			backwards := slices.Clone(c.spans)
			slices.Reverse(backwards)
			if got := outlineOf(backwards); got != c.want {
				t.Errorf("the order of arrival changed the tree to\n%swant\n%s", got, c.want)
			}
		})
	}
}

func outlineOf(spans []store.Span) string { return outline(layOut(spans).Rows) }

func TestDescendants(t *testing.T) {
	rows := layOut([]store.Span{span(1, 0, 1, 9), span(2, 1, 2, 1), span(3, 2, 3, 1), span(4, 1, 4, 1), span(5, 9, 5, 1)}).Rows
	var got []int
	for _, r := range rows {
		got = append(got, r.Descendants)
	}
	if want := []int{3, 1, 0, 0, 1, 0}; !slices.Equal(got, want) {
		t.Errorf("descendants %v, want %v", got, want)
	}
}

func TestKeysAreUnique(t *testing.T) {
	rows := layOut([]store.Span{span(1, 0, 1, 1), span(1, 0, 2, 1), span(2, 9, 3, 1), span(1, 0, 4, 1)}).Rows
	var got []string
	for _, r := range rows {
		got = append(got, strings.TrimLeft(r.Key, "0"))
	}
	want := []string{"1", "1-2", "1-3", "missing-0000000000000009", "2"}
	if !slices.Equal(got, want) {
		t.Errorf("keys %q, want %q", got, want)
	}
}

const many = 10_000

func chain() []store.Span {
	spans := make([]store.Span, many)
	for i := range spans {
		spans[i] = span(store.SpanID(i+1), store.SpanID(i), int64(1000+i), int64(2*many-i))
	}
	return spans
}

func fan() []store.Span {
	spans := make([]store.Span, many)
	for i := range spans {
		spans[i] = span(store.SpanID(i+1), 1, int64(1000+i), 10)
	}
	spans[0].ParentID, spans[0].Duration = 0, many
	return spans
}

// sameID has one id for all: half of them claim to be the others' children.
func sameID() []store.Span {
	spans := make([]store.Span, many)
	for i := range spans {
		spans[i] = span(7, store.SpanID(i%2*7), int64(1000+i), 10)
	}
	return spans
}

func ring() []store.Span {
	spans := chain()
	spans[0].ParentID = many
	return spans
}

func TestLargeTracesKeepEverySpanAndEndSoon(t *testing.T) {
	for name, spans := range map[string][]store.Span{"chain": chain(), "fan": fan(), "one id": sameID(), "ring": ring()} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			rows := layOut(spans).Rows
			if len(rows) != many {
				t.Errorf("%d rows for %d spans", len(rows), many)
			}
			// A quadratic walk takes minutes here; this takes milliseconds.
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// FuzzLink holds for any ids and parents: every span, whole or in pieces, has one
// row, below its parent's if it has one.
func FuzzLink(f *testing.F) {
	f.Add([]byte{1, 0, 2, 1, 3, 2})
	f.Add([]byte{1, 2, 2, 1, 2, 2, 1, 0, 0, 0})
	f.Fuzz(func(t *testing.T, pairs []byte) {
		var spans []store.Span
		for i := 0; i+1 < len(pairs); i += 2 {
			s := span(store.SpanID(pairs[i]&15), store.SpanID(pairs[i+1]&15), int64(pairs[i]>>4), int64(i))
			s.Shared = pairs[i+1]&16 != 0
			spans = append(spans, s)
		}
		if len(spans) == 0 {
			return
		}
		checkForest(t, spans)
	})
}

func checkForest(t *testing.T, spans []store.Span) {
	t.Helper()
	seen := map[*store.Span]bool{}
	rows := layOut(spans).Rows
	for i, r := range rows {
		if r.Span != nil {
			if seen[r.Span] {
				t.Fatalf("span %v has two rows", r.Span.ID)
			}
			seen[r.Span] = true
		}
		if r.Parent != none && (r.Parent >= i || rows[r.Parent].Depth != r.Depth-1 || r.Parent+rows[r.Parent].Descendants < i) {
			t.Fatalf("row %d is not below its parent's, %d", i, r.Parent)
		}
		if r.Left < 0 || r.Left+r.Width > 100.01 {
			t.Fatalf("row %d: bar from %v, %v wide", i, r.Left, r.Width)
		}
	}
	if want := len(store.Merge(spans)); len(seen) != want {
		t.Fatalf("%d rows for %d spans", len(seen), want)
	}
}
