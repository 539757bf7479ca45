package compare

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkin/codec"
	"example.com/tracelab/interop/referee"
)

func TestMain(m *testing.M) { os.Exit(stacktest.MainMeasured(m)) }

// TestZipkinHasTheSameToSay has the released Zipkin server and our store hold the same
// traces: whichever is asked, the reports are the same.
func TestZipkinHasTheSameToSay(t *testing.T) {
	both := referee.Start(t)
	sets := reported(t, both)
	a, b := query("A"), query("B")
	id := sets[0][0][0].TraceID.String()
	for name, args := range map[string][]string{
		"two sets":   {"compare", a, b, "--json"},
		"in words":   {"compare", a, b},
		"two traces": {"compare", id, sets[1][0][0].TraceID.String(), "--json"},
		"slow":       {"compare", "--slow", "p90", a, "--json"},
		"by tag":     {"compare", "--by", "http.route", a, "--json"},
		"a path":     {"path", id, "--json"},
		"a trace":    {"trace", id},
	} {
		zipkins, ours := say(t, both.Zipkin, args), say(t, both.Ours, args)
		if zipkins != ours {
			t.Errorf("%s: of Zipkin's traces it says, and of ours\n%s", name, differ(zipkins, ours))
		}
		if len(ours) < 100 {
			t.Errorf("%s: it says %q", name, ours)
		}
	}
	if zipkins, ours := samples(t, both.Zipkin, b), samples(t, both.Ours, b); !slices.Equal(zipkins, ours) || len(ours) < 10 {
		t.Errorf("the profile of Zipkin's traces has the samples\n%s\nand that of ours\n%s", strings.Join(zipkins, "\n"), strings.Join(ours, "\n"))
	}
}

// query finds the traces of a variant.
func query(variant string) string {
	return "annotationQuery=variant%3D" + variant + "&lookback=3600000"
}

// reported are the traces of two variants that both servers hold.
func reported(t *testing.T, both *referee.Pair) (sets [2][][]zipkin.Span) {
	t.Helper()
	w := socialNetwork()
	slow := w.ops[len(w.ops)/2]
	rng := rand.New(rand.NewPCG(3, 31))
	sets[0], sets[1] = w.pair(rng, 60, &change{kind: delay, op: slow, size: 3000})
	later := time.Now().Add(-10*time.Minute).UnixMicro() - began
	for i, set := range sets {
		for _, tr := range set {
			tr[0].Tags = append(tr[0].Tags, zipkin.Tag{Key: "variant", Value: string(rune('A' + i))})
			for k := range tr {
				tr[k].Timestamp += later
			}
			post(t, both.Zipkin, tr)
			post(t, both.Ours, tr)
		}
	}
	for _, set := range sets {
		for _, tr := range set {
			if err := testbed.Eventually(func() error { return both.Same("/api/v2/trace/" + tr[0].TraceID.String()) }); err != nil {
				t.Fatal(err)
			}
		}
	}
	return sets
}

func post(t *testing.T, server string, spans []zipkin.Span) {
	t.Helper()
	resp, err := http.Post(server+"/api/v2/spans", "application/json", bytes.NewReader(codec.AppendSpans(nil, spans)))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		t.Fatalf("%s: %s", server, resp.Status)
	}
}

// say is what the program says of the traces of a server, whose URL does not matter.
func say(t *testing.T, server string, args []string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), stacktest.Program, append(args, "--zipkin-url", server)...)
	cmd.Stderr = new(bytes.Buffer)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v: %s", args, err, cmd.Stderr)
	}
	_, port, _ := strings.Cut(strings.TrimPrefix(server, "http://"), ":")
	return strings.NewReplacer(server, "URL", "http://localhost:"+port, "URL").Replace(string(out))
}

// differ is the lines in which two texts differ.
func differ(a, b string) (text string) {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(x), len(y)) {
		if i >= len(x) || i >= len(y) || x[i] != y[i] {
			text += fmt.Sprintf("%q\n%q\n", x[min(i, len(x)-1)], y[min(i, len(y)-1)])
		}
	}
	return text
}

// samples are those of the profile of a query's traces, as text.
func samples(t *testing.T, server, query string) (all []string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "traces.pb.gz")
	say(t, server, []string{"pprof", query, "-o", file})
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, err := profile.ParseData(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, sample := range p.Sample {
		line := ""
		for _, l := range sample.Location {
			line += l.Line[0].Function.Name + ";"
		}
		all = append(all, fmt.Sprint(line, sample.Value))
	}
	slices.Sort(all)
	return all
}
