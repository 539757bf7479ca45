package why_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.opencensus.io/trace"

	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/labapi"
)

// unreliable stands before the server at to, and breaks off downloads of
// execution traces half-way once it is asked to.
func unreliable(t *testing.T, to string) (proxy string, breaks *atomic.Bool) {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	breaks = &atomic.Bool{}
	behind := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if breaks.Load() && strings.HasPrefix(r.URL.Path, labapi.SnapshotsPath+"/") {
			w.Header().Set("Content-Length", "1000000")
			w.Write([]byte("go 1.26 trace"))
			panic(http.ErrAbortHandler)
		}
		behind.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	return front.URL, breaks
}

// content is the files of a directory.
func content(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(text)
	}
	return files
}

// same checks that a directory has the files that it had, and no others.
func same(t *testing.T, dir string, before map[string]string) {
	t.Helper()
	after := content(t, dir)
	if was, is := slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(after)); !slices.Equal(was, is) {
		t.Errorf("%s had %v, and has %v", dir, was, is)
	}
	for name, text := range before {
		if after[name] != text {
			t.Errorf("%s has other content, of %d bytes and not %d", name, len(after[name]), len(text))
		}
	}
}

// put makes files in a directory.
func put(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAFailedSaveLeavesWhatIsThere: a download that ends half-way costs none of
// the files of the time before.
func TestAFailedSaveLeavesWhatIsThere(t *testing.T) {
	to, traceID := begin(t)
	other := handIn(t, to, "../x-1")
	server, breaks := unreliable(t, to)
	dir := filepath.Join(t.TempDir(), "incident")
	if _, wrong, status := run(traceID, "--server", server, "--save", dir); status != cli.OK {
		t.Fatalf("exit status %d: %s", status, wrong)
	}
	name := filepath.Join(dir, "shop-cart-%2E%2E%2Fx%2D1.trace")
	before := content(t, dir)
	breaks.Store(true)
	if _, wrong, status := run(other, "--server", server, "--save", dir); status == cli.OK || !strings.Contains(wrong, name+" is as it was") {
		t.Errorf("exit status %d: %s", status, wrong)
	}
	same(t, dir, before)
	if out, wrong, status := run(traceID, "--from", dir); status != cli.OK {
		t.Errorf("exit status %d: %s%s", status, out, wrong)
	}
}

// TestASaveReplacesTheEarlierOne, and nothing else of its directory, of which
// nothing else is read either.
func TestASaveReplacesTheEarlierOne(t *testing.T) {
	server, first := begin(t)
	second := handIn(t, server, "2")
	dir := t.TempDir()
	others := map[string]string{"notes.txt": "It was the cart.", "own-1.trace": "not one"}
	put(t, dir, others)
	for _, save := range []struct{ id, file string }{{first, "shop-cart-%2E%2E%2Fx%2D1.trace"}, {second, "shop-cart-2.trace"}, {second, "shop-cart-2.trace"}} {
		if _, wrong, status := run(save.id, "--server", server, "--save", dir); status != cli.OK || wrong != "" {
			t.Fatalf("exit status %d: %s", status, wrong)
		}
		files := content(t, dir)
		if names := slices.Sorted(maps.Keys(files)); !slices.Equal(names, []string{"notes.txt", "own-1.trace", "saved.json", save.file, "spans.json"}) {
			t.Errorf("there are %v, want %s", names, save.file)
		}
		for name, text := range others {
			if files[name] != text {
				t.Errorf("%s is now %q", name, files[name])
			}
		}
		if n := strings.Count(files["spans.json"], "traceId"); n < 2 || n != strings.Count(files["spans.json"], save.id) {
			t.Errorf("the spans of %s are %s", save.id, files["spans.json"])
		}
		if out, wrong, status := run("--from", dir, "--json"); status != cli.OK || !strings.Contains(out, save.id) {
			t.Errorf("exit status %d: %s%s", status, out, wrong)
		}
	}
}

// TestASaveIsOfTheRequestThatIsExplained: of a trace with two, each is explained again
// from its files as it was by the server, whichever it is.
func TestASaveIsOfTheRequestThatIsExplained(t *testing.T) {
	server, _ := begin(t)
	caller := trace.SpanContext{TraceID: trace.TraceID{7}, SpanID: trace.SpanID{9}, TraceOptions: 1}
	traceID := join(t, server, "1", caller, 40*time.Millisecond, 1)
	join(t, server, "1", caller, 20*time.Millisecond, 2)
	explained := func(args ...string) (x labapi.Explanation) {
		t.Helper()
		text, wrong, status := run(append(args, "--json")...)
		if err := json.Unmarshal([]byte(text), &x); err != nil || status != cli.OK || x.UnknownUS > 0 || x.Requests != 2 || len(x.Others) != 1 {
			t.Fatalf("%v: exit status %d, %v: %s%s", args, status, err, text, wrong)
		}
		return x
	}
	other := explained(traceID, "--server", server).Others[0]
	for _, of := range [][]string{{traceID}, {traceID, other.SpanID}} {
		dir := filepath.Join(t.TempDir(), "incident")
		live := explained(append(of, "--server", server, "--save", dir)...)
		if from := explained("--from", dir); from.SpanID != live.SpanID || from.TotalUS != live.TotalUS || from.Sentences[0] != live.Sentences[0] {
			t.Errorf("%v: the files explain %q, the server %q", of, from.Sentences, live.Sentences)
		}
		text, _, _ := run("--from", dir)
		if next := "\n    tracelab why " + traceID + " " + live.Others[0].SpanID; !strings.Contains(text, next) || !strings.Contains(text, "--from ") {
			t.Errorf("%v: it lacks %q: %s", of, next, text)
		}
	}
	text, _, _ := run(traceID, "--server", server)
	if next := traceID + " " + other.SpanID + " \\\n      --server " + server; !strings.Contains(text, next) {
		t.Errorf("it lacks %q: %s", next, text)
	}
}

// TestASaveTakesNoNamesOfOthers: it would rather be somewhere else.
func TestASaveTakesNoNamesOfOthers(t *testing.T) {
	server, traceID := begin(t)
	for name, files := range map[string]map[string]string{
		"spans of others":          {"spans.json": "[]"},
		"an execution trace":       {"shop-cart-%2E%2E%2Fx%2D1.trace": "mine"},
		"a list that is none":      {"saved.json": "mine"},
		"a list of something else": {"saved.json": `{"files":["spans.json"]}`, "spans.json": "[]"},
		"a list of other files":    {"saved.json": `{"traceId":"1","files":["notes.txt"]}`, "notes.txt": "mine"},
		"a list of other folders":  {"saved.json": `{"traceId":"1","files":["../x.trace"]}`},
	} {
		dir := t.TempDir()
		put(t, dir, files)
		if out, wrong, status := run(traceID, "--server", server, "--save", dir); status == cli.OK || !strings.Contains(wrong, dir) || !strings.Contains(wrong, "name another directory") {
			t.Errorf("%s: exit status %d, %s%s", name, status, out, wrong)
		}
		same(t, dir, files)
	}
}

// TestSavedFilesAreTheOwners: they tell much of a system.
func TestSavedFilesAreTheOwners(t *testing.T) {
	server, traceID := begin(t)
	dir := t.TempDir()
	if _, wrong, status := run(traceID, "--server", server, "--save", dir); status != cli.OK {
		t.Fatalf("exit status %d: %s", status, wrong)
	}
	files, _ := os.ReadDir(dir)
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", f.Name(), info.Mode(), err)
		}
	}
}
