package archive_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkin/codec"

	"example.com/tracelab/internal/archive"
	"example.com/tracelab/internal/store"
)

// some are spans with all that JSON can trip over, every fifth of them partial,
// of the one before: partial spans stay partial.
func some(n int) []zipkin.Span {
	spans := make([]zipkin.Span, n)
	for i := range spans {
		spans[i] = zipkin.Span{
			TraceID: zipkin.TraceID{High: uint64(i % 3), Low: uint64(i/10 + 1)}, ID: zipkin.SpanID(i + 1),
			Name: fmt.Sprintf("a \"name\" {with} [all], \\%d\u2028", i), Timestamp: int64(i) * 1000,
			Local: zipkin.Endpoint{ServiceName: "s" + fmt.Sprint(i%7)},
			Tags:  []zipkin.Tag{{Key: "brace", Value: "}]\\\""}, {Key: "empty"}},
		}
		if i%5 == 4 {
			spans[i] = zipkin.Span{TraceID: spans[i-1].TraceID, ID: spans[i-1].ID, Timestamp: spans[i-1].Timestamp, Local: spans[i-1].Local,
				Tags: []zipkin.Tag{{Key: "go.why", Value: "…"}}}
		}
	}
	return spans
}

func each(spans ...[]zipkin.Span) archive.Spans {
	return func(yield func([]zipkin.Span, error) bool) {
		for _, s := range spans {
			if !yield(s, nil) {
				return
			}
		}
	}
}

func collect(t *testing.T, spans archive.Spans) (all []zipkin.Span) {
	t.Helper()
	for some, err := range spans {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, some...)
	}
	return all
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	for _, n := range []int{0, 1, 999, 1000, 1001, 5000} {
		var b bytes.Buffer
		wrote, err := archive.Write(&b, each(some(n)[:n/2], nil, some(n)[n/2:]))
		if err != nil || wrote != n {
			t.Fatalf("%d spans: wrote %d, %v", n, wrote, err)
		}
		if posted, err := codec.DecodeSpans(b.String()); err != nil || len(posted) != n {
			t.Errorf("%d spans: a Zipkin would read %d, %v", n, len(posted), err)
		}
		if got := collect(t, archive.Read(&b)); len(got) != n || n > 0 && !reflect.DeepEqual(got, some(n)) {
			t.Errorf("%d spans: read %d, not those that were written", n, len(got))
		}
	}
}

func TestReadTakesWhatAZipkinAnswers(t *testing.T) {
	for name, text := range map[string]string{
		"a trace":        `[{"traceId":"1","id":"2"},{"traceId":"1","id":"3"}]`,
		"traces":         `[[{"traceId":"1","id":"2"}],[],[{"traceId":"1","id":"3"}]]`,
		"laid out":       "[\n  {\"traceId\": \"1\",\t\"id\": \"2\"}\r\n, {\"traceId\":\"1\",\"id\":\"3\"}\n]\n\n",
		"odd characters": `[{"traceId":"1","id":"2","x":{"y":["}","\"{"]}},{"traceId":"1","id":"3"}]`,
	} {
		got := collect(t, archive.Read(strings.NewReader(text)))
		if len(got) != 2 || got[0].ID != 2 || got[1].ID != 3 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestReadNamesWhatIsWrong(t *testing.T) {
	span := `{"traceId":"1","id":"2"}`
	for text, want := range map[string]string{
		"":                             "empty",
		"  \n":                         "empty",
		"null":                         `after 0 spans: unexpected 'n'`,
		span:                           `after 0 spans: unexpected '{'`,
		"[" + span:                     "ends after 1 spans",
		"[" + span + ",":               "ends after 1 spans",
		"[" + span + ",]":              `after 1 spans: unexpected ']'`,
		"[," + span + "]":              `after 0 spans: unexpected ','`,
		"[" + span + span + "]":        `after 1 spans: unexpected '{'`,
		"[" + span + "] x":             `after 1 spans: unexpected 'x'`,
		"[" + span + "][" + span + "]": `after 1 spans: unexpected '['`,
		"[[[" + span + "]]]":           `unexpected '['`,
		"[" + span + "}":               `after 1 spans: unexpected '}'`,
		"[" + span + `,{"traceId":"1`:  "span 2: unexpected EOF",
		"[" + span + `,{"traceId":"1\`: "span 2: unexpected EOF",
		"[" + span + `,{"traceId":"zz","id":"1"}]`: "among the spans 1 to 2: zz should be lower-hex",
		"[1]":              `after 0 spans: unexpected '1'`,
		"\x1f\x8bnot gzip": "gzip",
	} {
		var last error
		for spans, err := range archive.Read(strings.NewReader(text)) {
			if last != nil {
				t.Errorf("%q: something follows the error", text)
			}
			if err != nil && spans != nil {
				t.Errorf("%q: spans and an error at once", text)
			}
			last = err
		}
		if last == nil || !strings.Contains(last.Error(), want) {
			t.Errorf("%q: %v, want %s", text, last, want)
		}
	}
}

func TestReadBoundsASpan(t *testing.T) {
	endless := io.MultiReader(strings.NewReader(`[{"traceId":"`), repeat('a'))
	for _, err := range archive.Read(endless) {
		if err == nil || !strings.Contains(err.Error(), "span 1: longer than") {
			t.Errorf("%v", err)
		}
	}
}

type repeat byte

func (r repeat) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(r)
	}
	return len(b), nil
}

func TestSaveAndReadFile(t *testing.T) {
	for _, name := range []string{"traces.json", "traces.json.gz"} {
		path := filepath.Join(t.TempDir(), name)
		if n, err := archive.Save(path, each(some(1500))); n != 1500 || err != nil {
			t.Fatal(n, err)
		}
		var progress bytes.Buffer
		if got := collect(t, archive.ReadFile(path, &progress)); !reflect.DeepEqual(got, some(1500)) {
			t.Errorf("%s: not what was saved", name)
		}
		content, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(content, progress.Bytes()) {
			t.Errorf("%s: progress saw %d of %d bytes, %v", name, progress.Len(), len(content), err)
		}
		_, err = gzip.NewReader(bytes.NewReader(content))
		if packed := err == nil; packed != strings.HasSuffix(name, ".gz") {
			t.Errorf("%s: gzipped is %t", name, packed)
		}
	}
}

// TestAFailedSaveLeavesTheOldFile fails in the middle of the spans.
func TestAFailedSaveLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "traces.json")
	if _, err := archive.Save(path, each(some(3))); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(path)
	gone := errors.New("the server is gone")
	_, err := archive.Save(path, func(yield func([]zipkin.Span, error) bool) {
		if yield(some(100000), nil) {
			yield(nil, gone)
		}
	})
	if !errors.Is(err, gone) || !strings.Contains(err.Error(), path) {
		t.Errorf("%v", err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the old file has changed")
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("something is left behind: %v", left)
	}
}

func TestSaveKeepsModeAndLink(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "traces.json"), filepath.Join(dir, "link.json")
	if err := os.WriteFile(path, nil, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, link); err != nil {
		t.Skip(err)
	}
	if _, err := archive.Save(link, each(some(1))); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Perm() != 0o640 || info.Size() == 0 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v", err)
	}
	if err := archive.CheckWritable(dir); err == nil {
		t.Error("a folder passes for a file")
	}
	if err := archive.CheckWritable(filepath.Join(dir, "none", "x.json")); err == nil {
		t.Error("a folder that is not there passes")
	}
}

// TestARestoredStoreIsTheSame asks the store and its copy the same questions.
func TestARestoredStoreIsTheSame(t *testing.T) {
	first := store.New(store.Config{})
	for _, s := range some(5000) {
		first.Add([]zipkin.Span{s})
	}
	var b bytes.Buffer
	if _, err := archive.Write(&b, archive.Of(first.All())); err != nil {
		t.Fatal(err)
	}
	second := store.New(store.Config{})
	for spans, err := range archive.Read(&b) {
		if err != nil {
			t.Fatal(err)
		}
		second.Add(spans)
	}
	if a, b := first.Stats(), second.Stats(); a.Spans != b.Spans || a.Traces != b.Traces {
		t.Fatalf("%+v became %+v", a, b)
	}
	for _, s := range some(5000) {
		a, _ := first.Trace(s.TraceID)
		b, _ := second.Trace(s.TraceID)
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("trace %s: %+v became %+v", s.TraceID, a, b)
		}
	}
}

// FuzzRead holds Read against the decoder of whole lists.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"[]", `[{"traceId":"1","id":"2"}]`, `[[{"traceId":"1","id":"2"}],[]]`, `[{"a":"\"}"},{}]`, "[[],", "\x1f\x8b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var got []zipkin.Span
		for spans, err := range archive.Read(strings.NewReader(text)) {
			if err != nil {
				return
			}
			got = append(got, spans...)
		}
		var b bytes.Buffer
		if n, err := archive.Write(&b, each(got)); err != nil || n != len(got) {
			t.Fatal(n, err)
		}
		if again := collect(t, archive.Read(&b)); len(got) != len(again) || len(got) > 0 && !reflect.DeepEqual(got, again) {
			t.Errorf("%q: %+v became %+v", text, got, again)
		}
	})
}
