package waterfall

import (
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

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
	spans []zipkin.Span
	want  string
}{
	{"children by start", []zipkin.Span{webtest.Span(3, 1, 30, 5), webtest.Span(2, 1, 20, 5), webtest.Span(1, 0, 10, 50), webtest.Span(4, 2, 21, 1)},
		"1\n.2\n..4\n.3\n"},
	{"children without a start come last", []zipkin.Span{webtest.Span(1, 0, 10, 50), webtest.Span(2, 1, 0, 5), webtest.Span(3, 1, 30, 5)},
		"1\n.3\n.2\n"},
	{"two roots", []zipkin.Span{webtest.Span(2, 0, 20, 1), webtest.Span(1, 0, 10, 1)}, "1\n2\n"},
	{"missing parent after the roots", []zipkin.Span{webtest.Span(3, 9, 5, 1), webtest.Span(4, 9, 6, 1), webtest.Span(5, 8, 4, 1), webtest.Span(1, 0, 10, 1)},
		"1\nmissing 8\n.5\nmissing 9\n.3\n.4\n"},
	{"own parent", []zipkin.Span{webtest.Span(1, 1, 10, 1), webtest.Span(2, 1, 11, 1)}, "1 [own parent]\n.2\n"},
	{"ring of two is cut at the earliest", []zipkin.Span{webtest.Span(2, 1, 20, 1), webtest.Span(1, 2, 10, 1), webtest.Span(3, 2, 30, 1)},
		"1 [parent cycle]\n.2\n..3\n"},
	{"tail into a ring", []zipkin.Span{webtest.Span(1, 2, 10, 1), webtest.Span(2, 3, 20, 1), webtest.Span(3, 2, 30, 1)},
		"2 [parent cycle]\n.1 [clock skew]\n.3\n"},
	{"shared id: the server below the client", []zipkin.Span{
		webtest.With(webtest.Kind(webtest.Span(1, 0, 12, 6), zipkin.Server, "b"), func(s *zipkin.Span) { s.Shared, s.Name = true, "server" }),
		webtest.With(webtest.Kind(webtest.Span(1, 0, 10, 9), zipkin.Client, "a"), func(s *zipkin.Span) { s.Name = "client" }),
		webtest.Kind(webtest.Span(2, 1, 13, 1), "", "b"), webtest.Kind(webtest.Span(3, 1, 11, 1), "", "a"),
	}, "client\n.3\n.server\n..2\n"},
	{"shared id without the flag", []zipkin.Span{
		webtest.With(webtest.Kind(webtest.Span(1, 7, 12, 6), zipkin.Server, "b"), func(s *zipkin.Span) { s.Name = "server" }),
		webtest.With(webtest.Kind(webtest.Span(1, 7, 10, 9), zipkin.Client, "a"), func(s *zipkin.Span) { s.Name = "client" }),
		webtest.Span(7, 0, 9, 20),
	}, "7\n.client\n..server\n"},
	{"server's clock behind its client's", []zipkin.Span{
		webtest.With(webtest.Kind(webtest.Span(1, 7, 12, 6), zipkin.Server, "b"), func(s *zipkin.Span) { s.Shared, s.Name = true, "server" }),
		webtest.With(webtest.Kind(webtest.Span(1, 7, 100, 9), zipkin.Client, "a"), func(s *zipkin.Span) { s.Name = "client" }),
		webtest.Span(7, 0, 99, 20),
	}, "7\n.client\n..server [clock skew]\n"},
	{"shared server whose client was not reported", []zipkin.Span{
		webtest.With(webtest.Span(1, 7, 12, 6), func(s *zipkin.Span) { s.Shared = true }), webtest.Span(7, 0, 9, 20),
	}, "7\n.1\n"},
	{"an id three times", []zipkin.Span{webtest.Span(1, 0, 1, 9), webtest.Span(1, 0, 2, 9), webtest.Span(1, 0, 3, 9), webtest.Span(2, 1, 4, 1)},
		"1\n.2\n1 [id repeated]\n1 [id repeated]\n"},
	{"an id twice, each with the other's child as parent", []zipkin.Span{webtest.Span(1, 2, 1, 9), webtest.Span(1, 2, 2, 9), webtest.Span(2, 1, 3, 1)},
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

func outlineOf(spans []zipkin.Span) string { return outline(LayOut(spans).Rows) }

func TestDescendants(t *testing.T) {
	rows := LayOut([]zipkin.Span{webtest.Span(1, 0, 1, 9), webtest.Span(2, 1, 2, 1), webtest.Span(3, 2, 3, 1), webtest.Span(4, 1, 4, 1), webtest.Span(5, 9, 5, 1)}).Rows
	var got []int
	for _, r := range rows {
		got = append(got, r.Descendants)
	}
	if want := []int{3, 1, 0, 0, 1, 0}; !slices.Equal(got, want) {
		t.Errorf("descendants %v, want %v", got, want)
	}
}

func TestKeysAreUnique(t *testing.T) {
	rows := LayOut([]zipkin.Span{webtest.Span(1, 0, 1, 1), webtest.Span(1, 0, 2, 1), webtest.Span(2, 9, 3, 1), webtest.Span(1, 0, 4, 1)}).Rows
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

func chain() []zipkin.Span {
	spans := make([]zipkin.Span, many)
	for i := range spans {
		spans[i] = webtest.Span(zipkin.SpanID(i+1), zipkin.SpanID(i), int64(1000+i), int64(2*many-i))
	}
	return spans
}

func fan() []zipkin.Span {
	spans := make([]zipkin.Span, many)
	for i := range spans {
		spans[i] = webtest.Span(zipkin.SpanID(i+1), 1, int64(1000+i), 10)
	}
	spans[0].ParentID, spans[0].Duration = 0, many
	return spans
}

// sameID has one id for all: half of them claim to be the others' children.
func sameID() []zipkin.Span {
	spans := make([]zipkin.Span, many)
	for i := range spans {
		spans[i] = webtest.Span(7, zipkin.SpanID(i%2*7), int64(1000+i), 10)
	}
	return spans
}

func ring() []zipkin.Span {
	spans := chain()
	spans[0].ParentID = many
	return spans
}

func TestLargeTracesKeepEverySpanAndEndSoon(t *testing.T) {
	for name, spans := range map[string][]zipkin.Span{"chain": chain(), "fan": fan(), "one id": sameID(), "ring": ring()} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			rows := LayOut(spans).Rows
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

// FuzzRows holds for any ids and parents: every span, whole or in pieces, has one
// row, below its parent's if it has one.
func FuzzRows(f *testing.F) {
	f.Add([]byte{1, 0, 2, 1, 3, 2})
	f.Add([]byte{1, 2, 2, 1, 2, 2, 1, 0, 0, 0})
	f.Fuzz(func(t *testing.T, pairs []byte) {
		var spans []zipkin.Span
		for i := 0; i+1 < len(pairs); i += 2 {
			s := webtest.Span(zipkin.SpanID(pairs[i]&15), zipkin.SpanID(pairs[i+1]&15), int64(pairs[i]>>4), int64(i))
			s.Shared = pairs[i+1]&16 != 0
			spans = append(spans, s)
		}
		if len(spans) == 0 {
			return
		}
		checkForest(t, spans)
	})
}

func checkForest(t *testing.T, spans []zipkin.Span) {
	t.Helper()
	seen := map[*zipkin.Span]bool{}
	rows := LayOut(spans).Rows
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
	if want := len(zipkin.Merge(spans)); len(seen) != want {
		t.Fatalf("%d rows for %d spans", len(seen), want)
	}
}

// TestWhatStandsForATrace: the longest of its requests, and its explanation.
func TestWhatStandsForATrace(t *testing.T) {
	server := func(id, parent zipkin.SpanID, start, took int64, why string) zipkin.Span {
		s := webtest.Kind(webtest.Span(id, parent, start, took), zipkin.Server, "s")
		if why != "" {
			s.Tags = []zipkin.Tag{{Key: labapi.TagWhy, Value: why}}
		}
		return s
	}
	for _, c := range []struct {
		name     string
		spans    []zipkin.Span
		requests int
		stands   string
		why      string
	}{
		{"one", []zipkin.Span{server(1, 0, 10, 50, "it ran"), webtest.Span(2, 1, 20, 5)}, 1, "1", "it ran"},
		{"two, the second longer", []zipkin.Span{server(1, 8, 10, 50, "it was fast"), server(2, 9, 90, 70, "it was slow")}, 2, "2", "it was slow"},
		{"two, the first longer", []zipkin.Span{server(1, 8, 10, 70, "it was slow"), server(2, 9, 90, 50, "it was fast")}, 2, "1", "it was slow"},
		{"two, of which the other is explained", []zipkin.Span{server(1, 8, 10, 50, "it was fast"), server(2, 9, 90, 70, "")}, 2, "2", "it was fast"},
		{"a call was lost", []zipkin.Span{server(1, 0, 10, 50, ""), server(3, 2, 20, 5, "")}, 1, "1", ""},
		{"the first span was lost", []zipkin.Span{webtest.Span(2, 1, 20, 5), webtest.Span(3, 1, 30, 9)}, 1, "3", ""},
	} {
		w := LayOut(c.spans)
		why := ""
		if e := w.Explanation(); e != nil {
			why = e.Why
		}
		if w.Requests != c.requests || w.RootName() != c.stands || why != c.why {
			t.Errorf("%s: of %d requests %s stands for it, %q; want %d, %s, %q", c.name, w.Requests, w.RootName(), why, c.requests, c.stands, c.why)
		}
	}
}
