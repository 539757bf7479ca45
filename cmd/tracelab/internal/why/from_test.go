package why

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/testbed/workload"
)

// TestNamesStayInTheDirectory, and come back from it.
func TestNamesStayInTheDirectory(t *testing.T) {
	for _, n := range [][2]string{
		{"writer", "K7QX2M4A"}, {"shop-cart", "a-b-c"}, {"../../etc", "passwd"}, {"..", ".."}, {".hidden", ""}, {"a/b", `c\d`},
		{"%2F", "100%"}, {"caffè", "日本"}, {"C:", "a:b"}, {"~root", "*|?"}, {"-", "-"}, {"", "x"},
	} {
		name := traceName(n[0], n[1])
		if filepath.Base(name) != name || strings.HasPrefix(name, ".") || strings.ContainsAny(name, `/\:*?|~`) {
			t.Errorf("%q is written to %q", n, name)
		}
		if service, instance := processOf(name); service != n[0] || instance != n[1] {
			t.Errorf("%q comes back from %s as %q, %q", n, name, service, instance)
		}
	}
}

const aSpan = `{"traceId":"0000000000000009","id":"0000000000000001","name":"get","kind":"SERVER","timestamp":1795497456936198,"duration":5000,"localEndpoint":{"serviceName":"gateway"}}`

// TestWhatIsWrongWithFilesIsSaid, by their names.
func TestWhatIsWrongWithFilesIsSaid(t *testing.T) {
	whole, err := workload.Record("tasks", 1)
	if err != nil {
		t.Fatal(err)
	}
	other := strings.Replace(aSpan, "9", "8", 1)
	for name, c := range map[string]struct {
		files map[string]string
		of    subject
		want  string // empty: it is explained
	}{
		"all is well":        {map[string]string{"spans.json": "[" + aSpan + "]", "gateway-A.trace": string(whole)}, subject{}, ""},
		"its trace is named": {map[string]string{"spans.json": "[" + aSpan + "," + other + "]"}, subject{trace: zipkin.TraceID{Low: 9}}, ""},
		"other files":        {map[string]string{"spans.json": "[" + aSpan + "]", "notes.txt": "hello"}, subject{}, ""},
		"nothing":            {nil, subject{}, "it has no spans.json: name a directory that --save wrote"},
		"two traces":         {map[string]string{"spans.json": "[" + aSpan + "," + other + "]"}, subject{}, "several traces"},
		"no spans":           {map[string]string{"spans.json": "[]"}, subject{}, "spans.json has no spans"},
		"a save of a span":   {map[string]string{"spans.json": "[" + aSpan + "]", "saved.json": `{"traceId":"9","spanId":"0000000000000007","files":["spans.json"]}`}, subject{}, "0000000000000007"},
		"of no span":         {map[string]string{"spans.json": "[" + aSpan + "]", "saved.json": `{"traceId":"9","spanId":"me","files":["spans.json"]}`}, subject{}, `saved.json: the span id "me"`},
		"another trace":      {map[string]string{"spans.json": "[" + aSpan + "]"}, subject{trace: zipkin.TraceID{Low: 7}}, "know it"},
		"another span":       {map[string]string{"spans.json": "[" + aSpan + "]"}, subject{span: zipkin.SpanAt{ID: 7}}, "0000000000000007"},
		"no JSON":            {map[string]string{"spans.json": "hello"}, subject{}, "spans.json: "},
		"a cut list":         {map[string]string{"spans.json": "[" + aSpan}, subject{}, "spans.json: it ends after 1 spans"},
		"packed":             {map[string]string{"spans.json": "\x1f\x8b"}, subject{}, "gunzip"},
		"no execution trace": {map[string]string{"spans.json": "[" + aSpan + "]", "gateway-A.trace": "hello"}, subject{}, "gateway-A.trace: it is no Go execution trace"},
		"a cut one":          {map[string]string{"spans.json": "[" + aSpan + "]", "gateway-A.trace": string(whole[:10])}, subject{}, "gateway-A.trace: it ends after 10 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, text := range c.files {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			a, err := explainFrom(dir, c.of)
			switch {
			case c.want == "" && (err != nil || a.TotalUS != 5000):
				t.Errorf("%+v, %v", a, err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), dir)):
				t.Errorf("%v, want the file and %q", err, c.want)
			}
		})
	}
	if _, err := explainFrom(filepath.Join(t.TempDir(), "none"), subject{}); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("no directory: %v", err)
	}
}

// TestNothingIsReadFromElsewhere: a directory that others made may hold links.
func TestNothingIsReadFromElsewhere(t *testing.T) {
	dir, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "spans.json")
	if err := os.WriteFile(elsewhere, []byte("["+aSpan+"]"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, filepath.Join(dir, "spans.json")); err != nil {
		t.Skip(err)
	}
	if _, err := explainFrom(dir, subject{}); err == nil || !strings.Contains(err.Error(), "spans.json") {
		t.Errorf("%v", err)
	}
}
