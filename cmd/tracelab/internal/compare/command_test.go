package compare_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/cmd/tracelab/internal/compare"
	"example.com/tracelab/internal/archive"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/server"
	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/testbed/clitest"
	"example.com/tracelab/internal/testbed/servertest"
	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

func run(args ...string) (out, wrong string, status int) {
	var grammar struct {
		Compare compare.Command `cmd:""`
		Pprof   compare.Pprof   `cmd:""`
	}
	return clitest.Run(&grammar, args...)
}

const (
	inA = "annotationQuery=variant=A"
	inB = "annotationQuery=variant=B"
	put = "gateway get /visit > gateway put > writer put /values/{key}"
	idA = "0000000000000001"
	idB = "00000000000003e9"
)

// load is what a load of two variants leaves: traces, and its report.
type load struct {
	began time.Time
	a, b  [][]zipkin.Span
}

// loaded is a load of 30 requests of each variant, of which those of B take 6 ms more.
func loaded() load {
	end := time.Now().Add(-time.Minute)
	return load{end.Add(-31 * time.Second), spantext.Visits(1, 30, end, "A", 3*time.Millisecond), spantext.Visits(1001, 30, end.Add(time.Millisecond), "B", 9*time.Millisecond)}
}

func (l load) store() *store.Store {
	st := store.New(store.Config{})
	for _, traces := range [][][]zipkin.Span{l.a, l.b} {
		for _, spans := range traces {
			st.Add(spans)
		}
	}
	return st
}

// servers are a tracelab server and a Zipkin that have the traces.
func (l load) servers(t *testing.T) (tracelab, zipkin string) {
	z := httptest.NewServer(zipkinapi.NewServer(l.store(), zipkinapi.Options{}))
	t.Cleanup(z.Close)
	return servertest.Start(t, server.Config{Store: l.store()}), z.URL
}

// file writes traces as Zipkin's JSON.
func file(t *testing.T, name string, traces [][]zipkin.Span) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if _, err := archive.Save(path, func(yield func([]zipkin.Span, error) bool) {
		for _, spans := range traces {
			if !yield(spans, nil) {
				return
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	return path
}

// report writes what tracelab load --ab … --json prints.
func (l load) report(t *testing.T, more ...string) string {
	t.Helper()
	ids := func(traces [][]zipkin.Span) (all []string) {
		for _, spans := range traces {
			all = append(all, spans[0].TraceID.String())
		}
		return append(all, more...)
	}
	text, err := json.Marshal(map[string]any{"began_us": l.began.UnixMicro(), "took_us": 31_000_000,
		"variants": []map[string]any{{"name": "A", "about": "none", "traceIds": ids(l.a)}, {"name": "B", "about": "writer=slow-disk", "traceIds": ids(l.b)}}})
	if err != nil {
		t.Fatal(err)
	}
	return write(t, string(text))
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestTheSameIsSaidWhereverTracesAre: by the server, by a Zipkin, of files, and of a load.
func TestTheSameIsSaidWhereverTracesAre(t *testing.T) {
	l := loaded()
	tracelab, z := l.servers(t)
	before, after, report := file(t, "before.json.gz", l.a), file(t, "after.json", l.b), l.report(t)
	answers := map[string]labapi.Comparison{}
	for name, args := range map[string][]string{
		"the server":         {inA, inB, "--server", tracelab},
		"a Zipkin":           {inA, inB, "--zipkin-url", z},
		"files":              {"--before", before, "--after", after},
		"files by place":     {before, after},
		"a file and a query": {before, inB, "--zipkin-url", z},
		"a file, the server": {before, inB, "--server", tracelab},
		"a load":             {report, "--server", tracelab},
		"a load at a Zipkin": {report, "--zipkin-url", z},
	} {
		out, wrong, status := run(append([]string{"compare", "--json"}, args...)...)
		var c labapi.Comparison
		if err := json.Unmarshal([]byte(out), &c); err != nil || status != cli.OK || wrong != "" {
			t.Errorf("%s: exit status %d, %v: %s%s", name, status, err, out, wrong)
			continue
		}
		if !c.Verdict.Claimed || c.Verdict.Path != put || c.A.N != 30 || c.B.N != 30 {
			t.Errorf("%s: %+v", name, c.Verdict)
		}
		answers[name] = c
	}
	for name, c := range answers {
		want := answers["files"]
		if c.DeltaRootUS != want.DeltaRootUS || len(c.Bridge) != len(want.Bridge) || c.Bridge[0].DeltaUS != want.Bridge[0].DeltaUS || *c.Verdict.P != *want.Verdict.P || strings.Join(c.Sentences[:2], "") != strings.Join(want.Sentences[:2], "") {
			t.Errorf("%s: %+v and of files %+v", name, c, want)
		}
	}
	if c := answers["a load"]; !strings.HasPrefix(c.B.Label, "variant B (writer=slow-disk) in ") {
		t.Errorf("%q", c.B.Label)
	}
}

// TestWhatIsPrinted: words first, and what to do next.
func TestWhatIsPrinted(t *testing.T) {
	tracelab, z := loaded().servers(t)
	for name, test := range map[string]struct {
		args []string
		want []string
	}{
		"sets":   {[]string{inA, inB, "--server", tracelab, "--quantile", "p90"}, []string{"\nwhere it comes from\n", "90 % of the requests are done within", "/zipkin/traces/00", "\n  tracelab compare 00", "--server " + tracelab}},
		"traces": {[]string{idA, idB, "--server", tracelab}, []string{"\nspan by span\n", "Two requests"}},
		"slow":   {[]string{"--slow", "p50", "serviceName=gateway", "--zipkin-url", z}, []string{"of the variance", "/zipkin/traces/00"}},
		"tag":    {[]string{"--by", "variant", "--server", tracelab}, []string{"\ntags of slow requests\n", "variant=B of the gateway"}},
		"strata": {[]string{inA, inB, "--strata", "http.method,http.route", "--server", tracelab}, []string{"\nhow sure\n"}},
	} {
		out, wrong, status := run(append([]string{"compare"}, test.args...)...)
		if status != cli.OK || wrong != "" {
			t.Errorf("%s: exit status %d: %s%s", name, status, out, wrong)
		}
		for _, want := range test.want {
			if !strings.Contains(out, want) {
				t.Errorf("%s: it lacks %q:\n%s", name, want, out)
			}
		}
	}
}

// TestWhatOfALoadIsNotStoredIsSaid.
func TestWhatOfALoadIsNotStoredIsSaid(t *testing.T) {
	l := loaded()
	tracelab, z := l.servers(t)
	report := l.report(t, "00000000000000ff", "00000000000000fe")
	for _, args := range [][]string{{"--server", tracelab}, {"--zipkin-url", z}} {
		out, wrong, status := run(append([]string{"compare", report}, args...)...)
		if folded := strings.Join(strings.Fields(out), " "); status != cli.OK || !strings.Contains(folded, "Of B 32 requests were recorded, and 30 traces are found") {
			t.Errorf("%v: exit status %d: %s%s", args, status, out, wrong)
		}
	}
}

// TestALoadIsCalledByItsReport in what is said of it, too: here its variants were sent one
// after the other, which is warned of.
func TestALoadIsCalledByItsReport(t *testing.T) {
	l := loaded()
	for _, spans := range l.a {
		for i := range spans {
			spans[i].Timestamp -= time.Minute.Microseconds()
		}
	}
	l.began = l.began.Add(-time.Minute)
	tracelab, z := l.servers(t)
	for _, args := range [][]string{{"--server", tracelab}, {"--zipkin-url", z}} {
		out, wrong, status := run(append([]string{"compare", l.report(t), "--json"}, args...)...)
		var c labapi.Comparison
		if err := json.Unmarshal([]byte(out), &c); err != nil || status != cli.OK {
			t.Fatalf("%v: exit status %d, %v: %s%s", args, status, err, out, wrong)
		}
		if text := strings.Join(c.Warnings, " "); !strings.Contains(text, c.A.Label+" was measured before "+c.B.Label) || strings.Contains(text, "annotationQuery") {
			t.Errorf("%v: %q", args, c.Warnings)
		}
	}
}

// TestALoadWhoseTracesHaveNoTag is found by their ids.
func TestALoadWhoseTracesHaveNoTag(t *testing.T) {
	l := loaded()
	for _, spans := range append(l.a[:30:30], l.b...) {
		spans[0].Tags = spans[0].Tags[:2]
	}
	tracelab, _ := l.servers(t)
	out, wrong, status := run("compare", l.report(t), "--server", tracelab)
	if status != cli.OK || !strings.HasPrefix(out, "writer put /values/{key}") {
		t.Errorf("exit status %d: %s%s", status, out, wrong)
	}
}

func TestWrongUse(t *testing.T) {
	l := loaded()
	tracelab, z := l.servers(t)
	before, text := file(t, "before.json", l.a), write(t, "no spans, and no report")
	one := write(t, `{"began_us":5,"took_us":7,"variants":[{"traceIds":["1"]}]}`)
	for name, test := range map[string]struct {
		args   []string
		status int
		want   string
	}{
		"nothing":            {nil, cli.Usage, "want two queries, ids of traces or files"},
		"one query":          {[]string{inA}, cli.Usage, "want a second query"},
		"the same twice":     {[]string{inA, inA}, cli.Usage, "B: it is the same as the other"},
		"the same file":      {[]string{before, before}, cli.Usage, "B: it is the same as the other"},
		"a word":             {[]string{inA, "gateway"}, cli.Usage, `B: "gateway": want a query`},
		"a misspelt query":   {[]string{inA, "lookbak=7"}, cli.Usage, "is lookback meant?"},
		"before alone":       {[]string{"--before", before}, cli.Usage, "go together"},
		"before and more":    {[]string{"--before", before, "--after", before, inA}, cli.Usage, "go together"},
		"no such file":       {[]string{"--before", before, "--after", before + "x"}, cli.Usage, "no such file"},
		"of something else":  {[]string{"--before", before, "--after", text}, cli.Usage, text + ": "},
		"no report":          {[]string{text}, cli.Usage, "is no report of tracelab load"},
		"spans as a report":  {[]string{before}, cli.Usage, "is no report of tracelab load"},
		"one variant":        {[]string{one}, cli.Usage, "is a report of one variant"},
		"two sets with slow": {[]string{inA, inB, "--slow", "p95"}, cli.Usage, "of one set, and two are given"},
		"no quantile":        {[]string{"--slow", "fast"}, cli.Usage, `--slow: "fast": want p50`},
		"no such trace":      {[]string{idA, "00000000000000ff", "--server", tracelab}, cli.Negative, "no trace has the id 00000000000000ff"},
		"no such trace of z": {[]string{idA, "00000000000000ff", "--zipkin-url", z}, cli.Negative, "no trace has the id 00000000000000ff"},
		"an empty set":       {[]string{inA, "serviceName=nobody", "--server", tracelab}, cli.Negative, `answers the query "serviceName=nobody"`},
		"a tag of nobody":    {[]string{"--by", "nosuch", before}, cli.Negative, `no span has the tag "nosuch"`},
		"an empty file":      {[]string{"--before", before, "--after", write(t, "[]")}, cli.Negative, "has no spans"},
		"nothing in common":  {[]string{"--before", before, "--after", write(t, `[{"traceId":"a","id":"1","timestamp":5,"duration":7,"name":"other"}]`)}, cli.Negative, ""},
		"no server":          {[]string{inA, inB, "--server", "http://127.0.0.1:1"}, cli.Unreachable, "tracelab up"},
		"no Zipkin":          {[]string{inA, inB, "--zipkin-url", "http://127.0.0.1:1"}, cli.Unreachable, "127.0.0.1:1"},
		"a load, no Zipkin":  {[]string{l.report(t), "--zipkin-url", "http://127.0.0.1:1"}, cli.Unreachable, "127.0.0.1:1"},
		"a load of others":   {[]string{l.report(t), "--zipkin-url", tracelab + "/x"}, cli.Negative, ""},
		"no Zipkin's URL":    {[]string{inA, inB, "--zipkin-url", "zipkin"}, cli.Usage, "--zipkin-url"},
	} {
		out, wrong, status := run(append([]string{"compare"}, test.args...)...)
		if status != test.status || !strings.Contains(wrong, test.want) || wrong == "" || out != "" {
			t.Errorf("%s: exit status %d: %s%s, want %d: %s", name, status, out, wrong, test.status, test.want)
		}
	}
}

// TestWhatIsOnlyDescribedIsNegative: the report is there, and says why.
func TestWhatIsOnlyDescribedIsNegative(t *testing.T) {
	l := loaded()
	few, other := file(t, "few.json", l.a[:19]), file(t, "other.json", l.b)
	enough := file(t, "enough.json", l.a[:20])
	for name, test := range map[string]struct {
		args   []string
		status int
		want   string
	}{
		"too few":       {[]string{few, other}, cli.Negative, "Too few requests"},
		"just enough":   {[]string{enough, other}, cli.OK, "got slower"},
		"one value":     {[]string{"--by", "http.method", other}, cli.Negative, "There is no tag"},
		"two traces":    {[]string{file(t, "one.json", l.a[:1]), file(t, "two.json", l.b[:1])}, cli.OK, "span by span"},
		"a few slow":    {[]string{"--slow", "p90", other}, cli.OK, "of the variance"},
		"too few, JSON": {[]string{few, other, "--json"}, cli.Negative, `"claimed": false`},
	} {
		if out, wrong, status := run(append([]string{"compare"}, test.args...)...); status != test.status || !strings.Contains(out, test.want) || wrong != "" {
			t.Errorf("%s: exit status %d: %s%s", name, status, out, wrong)
		}
	}
}

// TestALoadWithoutTraces has nothing to compare.
func TestALoadWithoutTraces(t *testing.T) {
	path := write(t, fmt.Sprintf(`{"began_us":%d,"took_us":7,"variants":[{"name":"A","traceIds":["1"]},{"name":"B","traceIds":[]}]}`, time.Now().UnixMicro()))
	if out, wrong, status := run("compare", path); status != cli.Negative || !strings.Contains(wrong, "no request of B was recorded") || out != "" {
		t.Errorf("exit status %d: %s%s", status, out, wrong)
	}
}
