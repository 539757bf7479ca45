package source_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/tracelab/cmd/tracelab/internal/source"
	"example.com/tracelab/internal/archive"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/zipkin"
)

// counts is how many spans each trace has, in the order in which they come.
func counts(t *testing.T, traces source.Traces) (all []int) {
	t.Helper()
	seen := map[zipkin.TraceID]bool{}
	for spans, err := range traces {
		if err != nil {
			t.Fatal(err)
		}
		if seen[spans[0].TraceID] {
			t.Fatalf("trace %s comes twice", spans[0].TraceID)
		}
		seen[spans[0].TraceID] = true
		for _, sp := range spans {
			if sp.TraceID != spans[0].TraceID {
				t.Fatalf("a span of %s in %s", sp.TraceID, spans[0].TraceID)
			}
		}
		all = append(all, len(spans))
	}
	return all
}

func TestFile(t *testing.T) {
	dir := t.TempDir()
	for name, test := range map[string]struct {
		text string
		want []int
	}{
		"a list of spans":  {`[{"traceId":"a","id":"1"},{"traceId":"b","id":"2"},{"traceId":"a","id":"3"}]`, []int{2, 1}},
		"a list of traces": {`[[{"traceId":"a","id":"1"},{"traceId":"a","id":"3"}],[],[{"traceId":"b","id":"2"}]]`, []int{2, 1}},
		"no span":          {`[]`, nil},
	} {
		path := filepath.Join(dir, "spans.json")
		if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := counts(t, source.File(path)); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
		if got := counts(t, source.Read(strings.NewReader(test.text), "it")); !slices.Equal(got, test.want) {
			t.Errorf("%s, read: %v, want %v", name, got, test.want)
		}
	}
}

// long writes n traces of 100 spans and, where again is set, another of the first.
func long(t *testing.T, n int, again bool) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "long.json.gz")
	_, err := archive.Save(path, func(yield func([]zipkin.Span, error) bool) {
		for trace := range n {
			spans := make([]zipkin.Span, 100)
			for i := range spans {
				spans[i] = zipkin.Span{TraceID: zipkin.TraceID{Low: uint64(trace + 1)}, ID: zipkin.SpanID(i + 1)}
			}
			yield(spans, nil)
		}
		if again {
			yield([]zipkin.Span{{TraceID: zipkin.TraceID{Low: 1}, ID: 1000}}, nil)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestALongFile is read though not all of it is kept, and what is torn apart in it is told.
func TestALongFile(t *testing.T) {
	got := counts(t, source.File(long(t, 1020, false)))
	if len(got) != 1020 || slices.Min(got) != 100 || slices.Max(got) != 100 {
		t.Errorf("%d traces of %d to %d spans", len(got), slices.Min(got), slices.Max(got))
	}
	path := long(t, 1020, true)
	var last error
	for _, err := range source.File(path) {
		last = err
	}
	if last == nil || !strings.Contains(last.Error(), "trace 0000000000000001 goes on after more than 100000 spans of others") {
		t.Errorf("%v", last)
	}
}

func TestAFileOfSomethingElse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.json")
	if err := os.WriteFile(path, []byte(`{"a":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, traces := range map[string]source.Traces{path: source.File(path), "the standard input": source.Read(strings.NewReader("x"), "the standard input"), "no such": source.File("no such")} {
		n := 0
		for spans, err := range traces {
			var status cli.Status
			if n++; spans != nil || !errors.As(err, &status) || status.Code != cli.Usage || !strings.Contains(err.Error(), name) {
				t.Errorf("%s: %v, %v", name, spans, err)
			}
		}
		if n != 1 {
			t.Errorf("%s: %d answers", name, n)
		}
	}
}
