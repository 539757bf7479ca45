package spans_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/tracelab/cmd/tracelab/internal/spans"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/server"
	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/testbed/clitest"
	"example.com/tracelab/internal/testbed/servertest"
	"example.com/tracelab/internal/zipkinapi"
)

func run(args ...string) (out, wrong string, status int) {
	var grammar struct {
		Save    spans.Save    `cmd:""`
		Restore spans.Restore `cmd:""`
	}
	return clitest.Run(&grammar, args...)
}

// tracelab starts a tracelab server with a store of its own, and returns its URL.
func tracelab(t *testing.T) string {
	t.Helper()
	return servertest.Start(t, server.Config{Store: store.New(store.Config{})})
}

// zipkin starts a server that has Zipkin's API and nothing else.
func zipkin(t *testing.T) string {
	t.Helper()
	z := httptest.NewServer(zipkinapi.NewServer(store.New(store.Config{}), zipkinapi.Options{}))
	t.Cleanup(z.Close)
	return z.URL
}

// post reports spans in Zipkin's JSON.
func post(t *testing.T, to, text string) {
	t.Helper()
	resp, err := http.Post(to+"/api/v2/spans", "application/json", strings.NewReader(text))
	if err != nil || resp.StatusCode != http.StatusAccepted {
		t.Fatal(resp, err)
	}
	resp.Body.Close()
}

// has reports whether a server has a trace.
func has(t *testing.T, at, traceID string) bool {
	t.Helper()
	resp, err := http.Get(at + "/api/v2/trace/" + traceID)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, resp.Body)
	return resp.StatusCode == http.StatusOK
}

const (
	first  = "463ac35c9f6413ad48485a3953bb6124"
	second = "0000000000000002"
	// Spans of two traces, one of them with a time.
	two = `[{"traceId":"` + first + `","id":"a2fb4a1d1a96d312","name":"get","timestamp":1700000000000000,"duration":2000,"localEndpoint":{"serviceName":"shop"}},` +
		`{"traceId":"` + second + `","id":"0000000000000002","name":"put","timestamp":1700000001000000,"duration":1,"localEndpoint":{"serviceName":"shop"}}]`
)

// TestThereAndBack: what is saved of one server is restored at another, whichever
// of the two is a Zipkin.
func TestThereAndBack(t *testing.T) {
	for name, servers := range map[string]struct{ from, to func(*testing.T) string }{
		"tracelab": {tracelab, tracelab}, "from a Zipkin": {zipkin, tracelab}, "to a Zipkin": {tracelab, zipkin},
	} {
		for _, file := range []string{"friday.json", "friday.json.gz"} {
			from, to := servers.from(t), servers.to(t)
			post(t, from, two)
			path := filepath.Join(t.TempDir(), file)
			if out, wrong, status := run("save", path, "--server", from); status != cli.OK || out != "2 spans saved to "+path+"\n" {
				t.Fatalf("%s: exit status %d, %s%s", name, status, out, wrong)
			}
			if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
				t.Errorf("%s: %v, %v", name, info.Mode(), err)
			}
			out, wrong, status := run("restore", path, "--server", to)
			want := fmt.Sprintf("2 spans of %s sent to http://localhost:%s; the first began ", path, to[strings.LastIndexByte(to, ':')+1:])
			if status != cli.OK || !strings.HasPrefix(out, want) || !has(t, to, first) || !has(t, to, second) {
				t.Errorf("%s: exit status %d, %s%s, want %s", name, status, out, wrong, want)
			}
			if shown := strings.Contains(out, "/?lookback="); shown != (name != "to a Zipkin") {
				t.Errorf("%s: it says %s", name, out)
			}
		}
	}
}

// TestSaveToStandardOutput prints nothing else there.
func TestSaveToStandardOutput(t *testing.T) {
	from := tracelab(t)
	post(t, from, two)
	out, wrong, status := run("save", "-", "--server", from)
	if status != cli.OK || !strings.HasPrefix(out, "[{") || !strings.HasSuffix(out, "}]\n") || strings.Count(out, `"traceId"`) != 2 {
		t.Errorf("exit status %d, %s%s", status, out, wrong)
	}
}

// TestADamagedFileRestoresNothing, though its beginning is whole.
func TestADamagedFileRestoresNothing(t *testing.T) {
	to := tracelab(t)
	path := filepath.Join(t.TempDir(), "half.json")
	if err := os.WriteFile(path, []byte(two[:len(two)-20]), 0o600); err != nil {
		t.Fatal(err)
	}
	out, wrong, status := run("restore", path, "--server", to)
	if status != cli.Usage || out != "" || !strings.Contains(wrong, "nothing is restored: "+path) || has(t, to, first) {
		t.Errorf("exit status %d, %s%s", status, out, wrong)
	}
	if _, wrong, status := run("restore", path+".none", "--server", to); status != cli.Usage || !strings.Contains(wrong, "no such file") {
		t.Errorf("no file: exit status %d, %s", status, wrong)
	}
}

// TestAFailedSaveLeavesTheOldFile: the server ends in the midst of it.
func TestAFailedSaveLeavesTheOldFile(t *testing.T) {
	behind := tracelab(t)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/spans") {
			io.WriteString(w, two[:200])
			panic(http.ErrAbortHandler)
		}
		resp, err := http.Get(behind + r.URL.String())
		if err != nil {
			t.Error(err)
			return
		}
		defer resp.Body.Close()
		io.Copy(w, resp.Body)
	}))
	defer front.Close()
	path := filepath.Join(t.TempDir(), "friday.json")
	if err := os.WriteFile(path, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	out, wrong, status := run("save", path, "--server", front.URL)
	if status == cli.OK || out != "" || !strings.Contains(wrong, path+" is as it was") {
		t.Errorf("exit status %d, %s%s", status, out, wrong)
	}
	if b, _ := os.ReadFile(path); string(b) != "old" {
		t.Errorf("the file has %q", b)
	}
}

func TestNoServerIsThree(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.json")
	if err := os.WriteFile(path, []byte("[]"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"save", "restore"} {
		if _, wrong, status := run(verb, path, "--server", "http://127.0.0.1:1"); status != cli.Unreachable || !strings.Contains(wrong, "tracelab up") {
			t.Errorf("%s: exit status %d, %s", verb, status, wrong)
		}
	}
	if b, _ := os.ReadFile(path); string(b) != "[]" {
		t.Errorf("the file has %q", b)
	}
}
