package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

// TestUpKeepsTraces makes a trace, stops, starts again and finds it.
func TestUpKeepsTraces(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"traces.json", "traces.json.gz"} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), name)
			up := func() *stacktest.Stack {
				cmd := exec.Command(stacktest.Program, append([]string{"up", "--keep", file}, stacktest.FreePorts()...)...)
				cmd.Env = append(os.Environ(), "TRACELAB_SLOW=never") // an explanation would come to the trace later
				s := stacktest.Start(t, cmd)
				s.AwaitUp()
				return s
			}
			s := up()
			_, header, _ := do(t, "GET", s.Gateway+"/visit")
			id := strings.Split(header.Get("traceresponse"), "-")[1]
			whole := awaitTrace(t, s.UI, id)
			s.Stop()
			if out := s.Output(); !strings.Contains(out, "spans saved to "+file) {
				t.Errorf("it says nothing of the file: %s", out)
			}
			again := up()
			if _, _, now := do(t, "GET", again.UI+"/api/v2/trace/"+id); !bytes.Equal(now, whole) {
				t.Errorf("the trace was\n%s\nand is\n%s", whole, now)
			}
			again.Stop()
			third := up()
			if status, _, _ := do(t, "GET", third.UI+"/api/v2/trace/"+id); status != 200 {
				t.Errorf("what was loaded is not saved again: %d", status)
			}
		})
	}
}

// awaitTrace returns the trace once its ten spans are there.
func awaitTrace(t *testing.T, server, id string) (body []byte) {
	t.Helper()
	err := testbed.Eventually(func() error {
		_, _, body = do(t, "GET", server+"/api/v2/trace/"+id)
		if n := bytes.Count(body, []byte(`"traceId"`)); n < 10 {
			return fmt.Errorf("%d spans: %s", n, body)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestUpRefusesAFileThatItCannotKeep(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	damaged := filepath.Join(dir, "damaged.json")
	const content = `[{"traceId":"1","id":"2"},{"traceId"`
	if err := os.WriteFile(damaged, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--keep", damaged}, "damaged.json: span 2: unexpected EOF"},
		{[]string{"--keep", dir}, "not a regular file"},
		{[]string{"--keep", filepath.Join(dir, "none", "x.json")}, "no such file or directory"},
		{[]string{"--keep", filepath.Join(dir, "x.json"), "--zipkin", "http://127.0.0.1:9"}, "tracelab save"},
	} {
		out, err := exec.Command(stacktest.Program, append(append([]string{"up"}, stacktest.FreePorts()...), test.args...)...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), test.want) {
			t.Errorf("%v: %v, %s, want %s", test.args, err, out, test.want)
		}
	}
	if now, _ := os.ReadFile(damaged); string(now) != content {
		t.Errorf("the damaged file has changed: %s", now)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("something is left behind: %v", left)
	}
}

// TestSaveAndRestore moves the traces of one store into another, through a
// file and through a pipe.
func TestSaveAndRestore(t *testing.T) {
	t.Parallel()
	first := stacktest.StartStore(t, nil)
	now := time.Now().UnixMicro()
	for i := range 30 {
		var body strings.Builder
		for span := range 100 {
			fmt.Fprintf(&body, `,{"traceId":"%x","id":"%x","timestamp":%d,"localEndpoint":{"serviceName":"s%d"}}`, i+1, span+1, now-int64(span)*7000, span%5)
		}
		postSpans(t, first.UI, "["+body.String()[1:]+"]")
	}
	file := filepath.Join(t.TempDir(), "traces.json.gz")
	tracelab(t, "", "save", file, "--server", first.UI)
	second, third := stacktest.StartStore(t, nil), stacktest.StartStore(t, nil)
	if out := tracelab(t, "", "restore", file, "--server", second.UI); !strings.Contains(out, "3000 spans of "+file) || !strings.Contains(out, strings.Replace(second.UI, "127.0.0.1", "localhost", 1)+"/?lookback=1d") {
		t.Errorf("it says %s", out)
	}
	tracelab(t, tracelab(t, "", "save", "-", "--server", second.UI), "restore", "-", "--server", third.UI)
	for _, question := range []string{"/api/v2/services", "/api/v2/traces?limit=100", "/api/v2/trace/7", "/api/v2/spans?serviceName=s1"} {
		_, _, want := do(t, "GET", first.UI+question)
		for _, copy := range []*stacktest.Stack{second, third} {
			if _, _, got := do(t, "GET", copy.UI+question); !bytes.Equal(got, want) {
				t.Errorf("GET %s: the first store answers\n%.300s\na copy\n%.300s", question, want, got)
			}
		}
	}
}

func tracelab(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	cmd := exec.Command(stacktest.Program, args...)
	cmd.Stdin = strings.NewReader(stdin)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil || errs.Len() > 0 {
		t.Fatalf("tracelab %v: %v: %s", args, err, &errs)
	}
	return string(out)
}

// TestRestoreOfADamagedFileStoresNothing has the damage at the very end.
func TestRestoreOfADamagedFileStoresNothing(t *testing.T) {
	t.Parallel()
	s := stacktest.StartStore(t, nil)
	file := filepath.Join(t.TempDir(), "damaged.json")
	content := "[" + strings.Repeat(`{"traceId":"1","id":"2"},`, 5000) + `{"traceId":"1"}]`
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(stacktest.Program, "restore", file, "--server", s.UI).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "Missing : id") || !strings.Contains(string(out), "nothing is restored") {
		t.Errorf("%v: %s", err, out)
	}
	if status, _, body := do(t, "GET", s.UI+"/api/v2/trace/1"); status != 404 {
		t.Errorf("something was: %s", body)
	}
}

// TestAKilledSaveLeavesTheOldFile kills it while the server is still sending.
func TestAKilledSaveLeavesTheOldFile(t *testing.T) {
	t.Parallel()
	sending := make(chan struct{}, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/tracelab/v1/stack" {
			fmt.Fprint(w, "{}")
			return
		}
		fmt.Fprint(w, "["+strings.Repeat(`{"traceId":"1","id":"2"},`, 100_000))
		w.(http.Flusher).Flush()
		sending <- struct{}{}
		<-r.Context().Done()
	}))
	defer srv.Close()
	file := filepath.Join(t.TempDir(), "traces.json")
	if err := os.WriteFile(file, []byte("[]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, signal := range []os.Signal{os.Kill, syscall.SIGINT} {
		cmd := exec.Command(stacktest.Program, "save", file, "--server", srv.URL)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		<-sending
		cmd.Process.Signal(signal)
		if cmd.Wait() == nil {
			t.Errorf("%v: it says that all is well", signal)
		}
		if now, _ := os.ReadFile(file); string(now) != "[]\n" {
			t.Errorf("%v: the file is now %.100q", signal, now)
		}
	}
	// Nothing can tidy up after a kill; after Ctrl-C nothing is left.
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".*.part")); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestSaveNeedsAServer(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x.json")
	for _, command := range []string{"save", "restore"} {
		cmd := exec.Command(stacktest.Program, command, file, "--server", "http://127.0.0.1:1")
		out, err := cmd.CombinedOutput()
		if err == nil || cmd.ProcessState.ExitCode() != 3 || !strings.Contains(string(out), "http://127.0.0.1:1") {
			t.Errorf("%s: %v, %s", command, err, out)
		}
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a file was made")
	}
}
