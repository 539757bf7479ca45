package why_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	rtrace "runtime/trace"
	"strings"
	"testing"
	"time"

	"go.opencensus.io/trace"

	whycmd "example.com/tracelab/cmd/tracelab/internal/why"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/server"
	"example.com/tracelab/internal/testbed/clitest"
	"example.com/tracelab/internal/testbed/servertest"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/tracing"
)

func run(args ...string) (out, wrong string, status int) {
	var grammar struct {
		Why whycmd.Command `cmd:""`
	}
	return clitest.Run(&grammar, append([]string{"why"}, args...)...)
}

const id = "463ac35c9f6413ad48485a3953bb6124"

func TestWrongUse(t *testing.T) {
	for args, want := range map[string]string{
		"":                                       "want TRACE",
		"zz":                                     `TRACE "zz"`,
		"463ac35c":                               "16 or 32",
		"00000000000000000":                      "16 or 32",
		"http://localhost:9411/":                 "16 or 32",
		id + " 7":                                `SPAN "7"`,
		id + " 0000000000000000":                 "SPAN",
		id + " --slowest":                        "one of",
		"--live --slowest":                       "one of",
		id + " --start-us 7":                     "--start-us goes with SPAN",
		id + " a2fb4a1d1a96d312 --start-us soon": `--start-us: "soon" is no time: want µs since 1970`,
		id + " a2fb4a1d1a96d312 --start-us=-7":   `--start-us: "-7" is no time`,
		"--from x --slowest":                     "--from",
		"--from x --save y":                      "--from",
		"--from /nonexistent/in/here":            "/nonexistent",
	} {
		if out, wrong, status := run(strings.Fields(args)...); status != cli.Usage || !strings.Contains(wrong, want) || out != "" {
			t.Errorf("%q: exit status %d, %s%s: want %q", args, status, out, wrong, want)
		}
	}
}

func TestNoServerIsThree(t *testing.T) {
	if out, wrong, status := run(id, "--server", "http://127.0.0.1:1"); status != cli.Unreachable || !strings.Contains(wrong, "tracelab up") || out != "" {
		t.Errorf("exit status %d, %s%s", status, out, wrong)
	}
}

// begin starts a server with a trace that a process has uploaded, and returns
// its URL and the trace's id.
func begin(t *testing.T) (url, traceID string) {
	t.Helper()
	url = servertest.Start(t, server.Config{Token: "s3cret"})
	return url, handIn(t, url, "../x-1")
}

// handIn makes a trace of two spans, the inner of which waits for a channel, and
// uploads its spans and its execution trace, as an instance of the shop-cart.
func handIn(t *testing.T, url, instance string) string {
	t.Helper()
	return join(t, url, instance, trace.SpanContext{}, 30*time.Millisecond, 1)
}

// join is handIn in the trace of a caller that reports elsewhere, unless that is zero.
// The server then has so many snapshots of it.
func join(t *testing.T, url, instance string, caller trace.SpanContext, waits time.Duration, snapshots int) string {
	t.Helper()
	tr, err := tracing.Start(tracing.Config{Service: "shop-cart", ZipkinURL: url, Sampler: "always"})
	if err != nil {
		t.Fatal(err)
	}
	var recorded bytes.Buffer
	if err := rtrace.Start(&recorded); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	outer, span := trace.StartSpan(context.Background(), "buy")
	if caller.TraceID != (trace.TraceID{}) {
		outer, span = trace.StartSpanWithRemoteParent(context.Background(), "buy", caller, trace.WithSpanKind(trace.SpanKindServer))
	}
	_, inner := trace.StartSpan(outer, "wait")
	tick := time.NewTicker(waits)
	<-tick.C
	tick.Stop()
	inner.End()
	span.End()
	end := time.Now()
	rtrace.Stop()
	if err := tr.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	traceID := span.SpanContext().TraceID.String()
	text, _ := json.Marshal(labapi.Upload{Service: "shop-cart", Instance: instance, Host: "h", Reason: labapi.ReasonSlow, TakenAt: time.Now(),
		Traces: []labapi.Part{{TraceID: traceID, StartUS: start.UnixMicro(), EndUS: end.UnixMicro()}}})
	req, _ := http.NewRequest(http.MethodPost, url+labapi.SnapshotsPath, &recorded)
	req.Header.Set(labapi.UploadHeader, string(text))
	req.Header.Set("Authorization", "Bearer s3cret")
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != http.StatusAccepted {
		t.Fatal(resp, err)
	}
	resp.Body.Close()
	awaitSnapshots(t, url, traceID, snapshots)
	return traceID
}

// awaitSnapshots waits until the server has stored what was uploaded: it answers
// before that.
func awaitSnapshots(t *testing.T, url, traceID string, want int) {
	t.Helper()
	id, err := zipkin.ParseTraceID(traceID)
	if err != nil {
		t.Fatal(err)
	}
	client, err := labapi.Find(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); ; runtime.Gosched() {
		all, err := client.Snapshots(t.Context(), id)
		if err == nil && len(all) == want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("there are %d snapshots of trace %s, %v: want %d", len(all), id, err, want)
		}
	}
}

// TestTheSameFromFiles saves what an explanation was made from, and has it
// explained again without the server.
func TestTheSameFromFiles(t *testing.T) {
	url, traceID := begin(t)
	dir := filepath.Join(t.TempDir(), "incident")
	text, wrong, status := run(traceID, "--server", url, "--save", dir, "--json")
	if status != cli.OK || wrong != "" {
		t.Fatalf("exit status %d, %s", status, wrong)
	}
	var live, saved labapi.Explanation
	if err := json.Unmarshal([]byte(text), &live); err != nil {
		t.Fatal(err)
	}
	if live.Operation != "buy" || len(live.Snapshots) != 1 || live.UnknownUS != 0 || live.TotalUS < 30_000 {
		t.Errorf("the server explains %s", text)
	}
	files, _ := os.ReadDir(dir)
	if len(files) != 3 || files[0].Name() != "saved.json" || files[1].Name() != "shop-cart-%2E%2E%2Fx%2D1.trace" || files[2].Name() != "spans.json" {
		t.Fatalf("saved are %v", files)
	}
	text, wrong, status = run("--from", dir, "--json")
	if err := json.Unmarshal([]byte(text), &saved); err != nil || status != cli.OK {
		t.Fatal(err, status, wrong)
	}
	live.Snapshots[0].Reason, live.Snapshots[0].ID = "", "" // which files do not tell
	if !reflect.DeepEqual(live, saved) {
		t.Errorf("the files explain\n%+v\nthe server\n%+v", saved, live)
	}
	if again, _, status := run(traceID, saved.SpanID, "--from", dir); status != cli.OK || !strings.HasPrefix(strings.Join(strings.Fields(again), " "), live.Sentences[0]) {
		t.Errorf("exit status %d: %s", status, again)
	}
}

// TestHowATraceIsNamed: by its id, in any case, or a URL.
func TestHowATraceIsNamed(t *testing.T) {
	url, traceID := begin(t)
	for _, args := range [][]string{
		{traceID}, {strings.ToUpper(traceID)}, {url + "/zipkin/traces/" + traceID}, {url + "/traces/" + traceID + "/?span=x#y"}, {"--slowest"},
	} {
		out, wrong, status := run(append(args, "--server", url)...)
		if status != cli.OK || wrong != "" || !strings.HasPrefix(out, "buy of the shop-cart took ") || !strings.HasSuffix(out, "http://localhost:"+port(url)+"/zipkin/traces/"+traceID+"\n") {
			t.Errorf("%v: exit status %d, %s%s", args, status, out, wrong)
		}
	}
	out, wrong, status := run("463ac35c9f6413ad", "--server", url)
	if status != cli.Negative || !strings.Contains(wrong, "463ac35c9f6413ad") || out != "" {
		t.Errorf("an unknown trace: exit status %d, %s%s", status, out, wrong)
	}
}

// port is that of a URL.
func port(url string) string { return url[strings.LastIndexByte(url, ':')+1:] }
