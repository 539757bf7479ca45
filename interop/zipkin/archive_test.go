package zipkin

import (
	"bytes"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
	"example.com/tracelab/internal/testbed/zipkintest"
	"example.com/tracelab/interop/referee"
)

// TestTracesMoveBetweenZipkinAndTheStore saves what the released server holds,
// restores it into ours, and asks both the same; and then the other way, also
// through a server of ours that shows the released one.
func TestTracesMoveBetweenZipkinAndTheStore(t *testing.T) {
	zipkin, ours := zipkintest.Start(t), stacktest.StartStore(t, nil)
	pair := &referee.Pair{Zipkin: zipkin.URL, Ours: ours.UI}
	const traces = 1300 // more than one search is asked for
	now := time.Now().UnixMicro()
	storeMany(t, zipkin.URL, func(i int) string {
		return fmt.Sprintf(`{"traceId":"%032x","id":"2","parentId":"1","timestamp":%d,"localEndpoint":{"serviceName":"b"},"tags":{"i":"%d"}},`+
			`{"traceId":"%032x","id":"1","kind":"SERVER","timestamp":%d,"duration":70,"localEndpoint":{"serviceName":"a"}}`,
			i+1, now-int64(i)*1_000_000+500, i, i+1, now-int64(i)*1_000_000)
	}, traces)
	window := fmt.Sprintf("endTs=%d&lookback=86400000", now/1000+60_000)
	last := fmt.Sprintf("/api/v2/trace/%032x", traces)
	for i := batch; i <= traces; i += batch { // it may store a later batch sooner
		await(t, fmt.Sprintf("%s/api/v2/trace/%032x", zipkin.URL, i))
	}

	file := filepath.Join(t.TempDir(), "traces.json.gz")
	say := run(t, "save", file, "--server", zipkin.URL)
	if want := fmt.Sprintf("%d spans saved", 2*traces); !strings.Contains(say, want) {
		t.Errorf("it says %q, want %q", say, want)
	}
	run(t, "restore", file, "--server", ours.UI)
	questions := []string{"/api/v2/services", "/api/v2/traces?limit=2000&" + window, "/api/v2/dependencies?" + window, last}
	for _, question := range questions {
		if err := pair.Same(question); err != nil {
			t.Errorf("saved from Zipkin, restored here: GET %s: %.500v", question, err)
		}
	}

	storeMany(t, ours.UI, func(i int) string {
		return fmt.Sprintf(`{"traceId":"%x","id":"1","timestamp":%d,"localEndpoint":{"serviceName":"c"}}`, 1<<40+i, now-int64(i)*1000)
	}, 700)
	web := startWeb(t, zipkin.URL)
	run(t, "save", file, "--server", ours.UI)
	run(t, "restore", file, "--server", web)
	for _, question := range questions {
		err := testbed.Eventually(func() error { return pair.Same(question) })
		if err != nil {
			t.Errorf("saved here, restored to Zipkin: GET %s: %.500v", question, err)
		}
	}
	if say := run(t, "save", file, "--server", web); !strings.Contains(say, fmt.Sprintf("%d spans saved", 2*traces+700)) {
		t.Errorf("through the server that shows Zipkin: %s", say)
	}
}

// batch is how many traces are stored at once.
const batch = 100

// storeMany stores n texts of spans, in batches.
func storeMany(t *testing.T, server string, spans func(i int) string, n int) {
	t.Helper()
	for from := 0; from < n; from += batch {
		var body strings.Builder
		for i := from; i < min(from+batch, n); i++ {
			body.WriteString("," + spans(i))
		}
		resp, err := http.Post(server+"/api/v2/spans", "application/json", strings.NewReader("["+body.String()[1:]+"]"))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusAccepted {
			t.Fatalf("POST: %s", resp.Status)
		}
	}
}

// await waits until url answers 200: Zipkin stores after its answer.
func await(t *testing.T, url string) {
	t.Helper()
	err := testbed.Eventually(func() error {
		resp, err := http.Get(url)
		if err != nil {
			return err
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("GET %s: %s", url, resp.Status)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command(stacktest.Program, args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tracelab %v: %v: %s", args, err, &errs)
	}
	return string(out)
}

// startWeb runs `tracelab web` over a Zipkin and returns its URL.
func startWeb(t *testing.T, zipkin string) string {
	t.Helper()
	addr := "127.0.0.1:" + testbed.FreePort(t)
	stacktest.Start(t, exec.Command(stacktest.Program, "web", "--addr", addr, "--zipkin-url", zipkin))
	await(t, "http://"+addr+"/readyz")
	return "http://" + addr
}
