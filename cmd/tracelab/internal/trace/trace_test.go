package trace_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"example.com/tracelab/cmd/tracelab/internal/trace"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/server"
	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/testbed/clitest"
	"example.com/tracelab/internal/testbed/servertest"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkin/codec"
	"example.com/tracelab/internal/zipkinapi"
)

func run(args ...string) (out, wrong string, status int) {
	var grammar struct {
		Trace trace.Trace `cmd:""`
		Path  trace.Path  `cmd:""`
	}
	return clitest.Run(&grammar, args...)
}

// visits are traces of three spans each; the longer, the older.
func visits(ids ...uint64) (spans []zipkin.Span) {
	now := time.Now().UnixMicro()
	for i, id := range ids {
		trace, at, took := zipkin.TraceID{Low: id}, now-int64(i+1)*1_000_000, int64(i+1)*100_000
		local := func(name string) zipkin.Endpoint { return zipkin.Endpoint{ServiceName: name} }
		spans = append(spans,
			zipkin.Span{TraceID: trace, ID: 1, Kind: zipkin.Server, Name: "get /visit", Timestamp: at, Duration: took, Local: local("gateway")},
			zipkin.Span{TraceID: trace, ID: 2, ParentID: 1, Kind: zipkin.Client, Name: "get /fetch", Timestamp: at + took/10, Duration: took * 8 / 10, Local: local("gateway")},
			zipkin.Span{TraceID: trace, ID: 3, ParentID: 2, Kind: zipkin.Server, Name: "get /fetch", Timestamp: at + took/5, Duration: took / 2, Local: local("fetcher"), Tags: []zipkin.Tag{{Key: "error", Value: "500"}}})
	}
	return spans
}

func id(low uint64) string { return zipkin.TraceID{Low: low}.String() }

// tracelab starts a tracelab server that has spans, and zipkin one that has Zipkin's API
// and nothing else.
func tracelab(t *testing.T, spans []zipkin.Span) string {
	t.Helper()
	st := store.New(store.Config{})
	st.Add(spans)
	return servertest.Start(t, server.Config{Store: st})
}

func zipkinServer(t *testing.T, spans []zipkin.Span) string {
	t.Helper()
	st := store.New(store.Config{})
	st.Add(spans)
	z := httptest.NewServer(zipkinapi.NewServer(st, zipkinapi.Options{}))
	t.Cleanup(z.Close)
	return z.URL
}

func file(t *testing.T, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "spans.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestTheSameFromAnywhere: a server, a tracelab server over a Zipkin, a Zipkin, and a file.
func TestTheSameFromAnywhere(t *testing.T) {
	spans := visits(7, 8, 9)
	ours, zipkin := tracelab(t, spans), zipkinServer(t, spans)
	over := servertest.Start(t, server.Config{ZipkinURL: zipkin})
	json := file(t, codec.AppendSpans(nil, spans))
	for _, verb := range []string{"trace", "path"} {
		for _, format := range []string{"", " --json"} {
			want := map[string]string{}
			for _, from := range []string{"--server " + ours, "--server " + over, "--zipkin-url " + zipkin, json} {
				for choice, words := range map[string]string{"8": id(8), "slowest": "--slowest", "last": "--last", "": "", "root": id(8) + " 0000000000000003"} {
					if from == json {
						words = strings.Replace(words, id(8), "--trace "+id(8), 1)
						switch choice {
						case "root":
							words = "0000000000000003 --trace " + id(8)
						case "":
							words = "--last"
						}
					}
					out, wrong, status := run(strings.Fields(verb + " " + strings.Join([]string{from, words}, " ") + format)...)
					if from == json {
						out = strings.ReplaceAll(out, json+" 0000000000000001 --trace "+id(8), id(8)+" 0000000000000001")
					}
					if status != cli.OK || wrong != "" {
						t.Fatalf("%s %s %s: exit status %d, %s", verb, from, words, status, wrong)
					}
					out, _, _ = strings.Cut(out, "The path in figures")
					if want[choice] == "" {
						want[choice] = out
					}
					if out != want[choice] {
						t.Errorf("%s %s %s:\n%s\nwant\n%s", verb, from, words, out, want[choice])
					}
				}
			}
			if want["8"] == want["slowest"] || want[""] != want["last"] || want["8"] != want["root"] || !strings.Contains(want["slowest"], id(9)+"\"") && format != "" || !strings.Contains(want["last"], id(7)+"\"") && format != "" {
				t.Errorf("%s: it chooses\n%s", verb, want)
			}
		}
	}
}

// TestJSONTiles: the sections sum to the root.
func TestJSONTiles(t *testing.T) {
	out, _, _ := run("path", file(t, codec.AppendSpans(nil, visits(7))), "--json")
	var d labapi.CriticalPath
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		t.Fatal(err)
	}
	var sum int64
	for i, s := range d.Sections {
		if sum += s.EndUS - s.StartUS; i > 0 && s.StartUS != d.Sections[i-1].EndUS {
			t.Errorf("section %d begins at %d", i, s.StartUS)
		}
	}
	if sum != d.RootUS || d.RootUS != 100_000 || d.Sections[0].SpanID != "0000000000000001" || len(d.Spans) != 3 || !d.Spans[2].Error {
		t.Errorf("%s", out)
	}
}

// TestWhatIsWrong is said, with the thing, the value, and what to do.
func TestWhatIsWrong(t *testing.T) {
	ours := tracelab(t, visits(7))
	several := file(t, codec.AppendSpans(nil, visits(7, 8, 9)))
	open := visits(7)
	open[0].Duration = 0
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for name, test := range map[string]struct {
		words  string
		status int
		want   string
	}{
		"nothing, of nothing":  {"--server " + tracelab(t, nil), cli.Negative, "no request of the last 10 minutes is stored"},
		"no such trace":        {id(5) + " --server " + ours, cli.Negative, "has no trace " + id(5)},
		"no such request":      {id(7) + " 00000000000000ff --server " + ours, cli.Negative, "has no span 00000000000000ff"},
		"no span id":           {id(7) + " ff --server " + ours, cli.Usage, `SPAN "ff": want 16 hexadecimal digits`},
		"no server":            {id(7) + " --server " + gone.URL, cli.Unreachable, "no tracelab server answers"},
		"no Zipkin":            {id(7) + " --zipkin-url " + gone.URL, cli.Unreachable, "connection refused"},
		"no URL":               {id(7) + " --zipkin-url :x", cli.Usage, "--zipkin-url: "},
		"both choices":         {"--last --slowest", cli.Usage, "want one of --slowest and --last"},
		"an id and a choice":   {id(7) + " --last", cli.Usage, "names the trace: leave out"},
		"no file":              {"nosuch.json", cli.Usage, `"nosuch.json" is no file, and no id of a trace`},
		"a directory":          {t.TempDir(), cli.Usage, "is a directory"},
		"something else":       {file(t, []byte("hello")), cli.Usage, "spans.json: after 0 spans: unexpected 'h'"},
		"no spans":             {file(t, []byte("[]")), cli.Usage, "spans.json has no spans"},
		"several":              {several, cli.Usage, "spans.json has 3 traces: name one with --trace ID, or take --slowest or --last. The first: " + id(7) + " (get /visit of the gateway, 100 ms), "},
		"not among them":       {several + " --trace " + id(5), cli.Negative, "spans.json has no trace " + id(5) + ", but 3 others. The first: "},
		"no id of one":         {several + " --trace x", cli.Usage, `--trace "x": want 16 or 32 hexadecimal digits`},
		"a choice of a server": {"--last --trace " + id(7), cli.Usage, "--trace chooses a trace of FILE"},
		"under way":            {file(t, codec.AppendSpans(nil, open)), cli.Negative, "it has not ended yet"},
		"an empty server":      {"--slowest --server " + tracelab(t, nil), cli.Negative, "no request of the last 10 minutes is stored"},
		"none lately":          {"--last --zipkin-url " + zipkinServer(t, nil), cli.Negative, "no request of the last 10 minutes is stored"},
	} {
		for _, verb := range []string{"trace", "path"} {
			out, wrong, status := run(append([]string{verb}, strings.Fields(test.words)...)...)
			if status != test.status || out != "" || !strings.Contains(wrong, test.want) {
				t.Errorf("%s %s: exit status %d, %s%s\nwant %d, %s", verb, name, status, out, wrong, test.status, test.want)
			}
		}
	}
}

// TestStandardInput is read where - is the file.
func TestStandardInput(t *testing.T) {
	var out bytes.Buffer
	c := trace.Path{}
	c.Of = "-"
	if err := c.Run(t.Context(), cli.Streams{In: bytes.NewReader(codec.AppendSpans(nil, visits(7))), Out: &out}); err != nil || !strings.HasPrefix(out.String(), "get /visit of the gateway took 100 ms") {
		t.Errorf("%v, %s", err, out.String())
	}
	if err := c.Run(t.Context(), cli.Streams{In: strings.NewReader("x"), Out: &out}); err == nil || !strings.Contains(err.Error(), "the standard input: after 0 spans") {
		t.Errorf("%v", err)
	}
}

// TestALongTraceIsBounded, and fits.
func TestALongTraceIsBounded(t *testing.T) {
	t.Setenv("COLUMNS", "72")
	spans := visits(7)
	for i := range 300 {
		spans = append(spans, zipkin.Span{TraceID: spans[0].TraceID, ID: zipkin.SpanID(i + 10), ParentID: 1, Name: fmt.Sprint("step ", i), Timestamp: spans[0].Timestamp + int64(i)*100, Duration: 90, Local: spans[0].Local})
	}
	path := file(t, codec.AppendSpans(nil, spans))
	for flag, want := range map[string]int{"": 60, "--all": 303} {
		out, wrong, status := run(strings.Fields("trace " + path + " " + flag)...)
		_, table, _ := strings.Cut(out, "\n\n")
		rows, more := 0, 0
		for line := range strings.Lines(table) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 72 && !strings.Contains(line, path) {
				t.Errorf("%d columns: %s", n, line)
			}
			var n int
			if _, err := fmt.Sscanf(line, " ... %d more span", &n); err == nil {
				more += n
			}
			if strings.Contains(line, " gateway ") || strings.Contains(line, " fetcher ") {
				rows++
			}
		}
		if status != cli.OK || rows != want || rows+more != len(spans) {
			t.Errorf("%s: exit status %d, %s, %d rows and %d more:\n%s", flag, status, wrong, rows, more, out)
		}
		if strings.ContainsFunc(table, func(r rune) bool { return r > 0x7f }) {
			t.Errorf("it is not ASCII:\n%s", table)
		}
	}
}
