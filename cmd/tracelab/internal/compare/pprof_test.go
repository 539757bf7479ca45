package compare_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"example.com/tracelab/internal/cli"
)

func TestPprof(t *testing.T) {
	l := loaded()
	tracelab, z := l.servers(t)
	spans := file(t, "spans.json.gz", l.b)
	for name, test := range map[string]struct {
		args   []string
		traces string
	}{
		"of the server": {[]string{inB, "--server", tracelab}, "mean of 30 traces: " + inB},
		"the latest":    {[]string{"--server", tracelab}, "mean of 60 traces: lookback=900000"},
		"a trace":       {[]string{idA, "--server", tracelab}, "mean of 1 traces: " + idA},
		"of a Zipkin":   {[]string{inB, "--zipkin-url", z}, "mean of 30 traces: " + inB},
		"of a file":     {[]string{spans}, "mean of 30 traces: " + spans},
	} {
		path := filepath.Join(t.TempDir(), "it's.pb.gz")
		out, wrong, status := run(append([]string{"pprof", "-o", path}, test.args...)...)
		if status != cli.OK || wrong != "" || !strings.Contains(out, "go tool pprof -top '") {
			t.Errorf("%s: exit status %d: %s%s", name, status, out, wrong)
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		p, err := profile.Parse(f)
		f.Close()
		if err != nil || p.Comments[0] != test.traces || len(p.Sample) != 3 {
			t.Errorf("%s: %v: %v", name, err, p)
		}
	}
	out, _, status := run("pprof", "-o", "-", spans)
	if p, err := profile.ParseData([]byte(out)); err != nil || status != cli.OK || len(p.Sample) != 3 {
		t.Errorf("exit status %d, %v", status, err)
	}
}

func TestWrongUseOfPprof(t *testing.T) {
	tracelab, z := loaded().servers(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "x.pb.gz")
	for name, test := range map[string]struct {
		args   []string
		status int
		want   string
	}{
		"no output":          {[]string{inA}, cli.Usage, "--output"},
		"no such folder":     {[]string{inA, "-o", path + "/x"}, cli.Usage, "x.pb.gz"},
		"a word":             {[]string{"gateway", "-o", path}, cli.Usage, "want a query"},
		"no spans":           {[]string{write(t, "text"), "-o", path}, cli.Usage, "want a JSON list"},
		"no such trace":      {[]string{"00000000000000ff", "-o", path, "--server", tracelab}, cli.Negative, "no trace has the id"},
		"no such trace of z": {[]string{"00000000000000ff", "-o", path, "--zipkin-url", z}, cli.Negative, "no trace has the id"},
		"no server":          {[]string{inA, "-o", path, "--server", "127.0.0.1:1"}, cli.Unreachable, "tracelab up"},
	} {
		out, wrong, status := run(append([]string{"pprof"}, test.args...)...)
		if status != test.status || !strings.Contains(wrong, test.want) || out != "" {
			t.Errorf("%s: exit status %d: %s%s, want %d: %s", name, status, out, wrong, test.status, test.want)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}
