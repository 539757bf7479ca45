package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/trace"
	"strings"
	"sync"
	"testing"
)

// TestWhereTheWaitIs holds what the README says: the handler sleeps, which
// three of the profiles do not have; the network profile has the background
// read of the connection, and nothing of the handler.
func TestWhereTheWaitIs(t *testing.T) {
	url := start(t, "100ms")
	var recorded bytes.Buffer
	if err := trace.Start(&recorded); err != nil {
		t.Fatal(err)
	}
	const visitors = 10
	var asking sync.WaitGroup
	for range visitors {
		asking.Go(func() {
			if got := get(t, url); got != "Network Trace Profile Test\n" {
				t.Errorf("answered %q", got)
			}
		})
	}
	asking.Wait()
	trace.Stop()

	file := filepath.Join(t.TempDir(), "trace.out")
	if err := os.WriteFile(file, recorded.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	sleeps := 0
	for event := range strings.SplitSeq(goTool(t, "tool", "trace", "-d=parsed", file), "\nM=") {
		if strings.Contains(event, `Running->Waiting Reason="sleep"`) && strings.Contains(event, ".slow.") {
			sleeps++
		}
	}
	if sleeps != visitors {
		t.Errorf("%d handlers slept, want %d", sleeps, visitors)
	}
	for _, kind := range []string{"net", "sync", "syscall"} {
		profile := file + "." + kind
		if err := os.WriteFile(profile, []byte(goTool(t, "tool", "trace", "-pprof="+kind, file)), 0o600); err != nil {
			t.Fatal(err)
		}
		stacks := goTool(t, "tool", "pprof", "-traces", profile)
		if strings.Contains(stacks, ".slow.") {
			t.Errorf("the profile %s shows the handler:\n%s", kind, stacks)
		}
		if kind == "net" && !strings.Contains(stacks, "net/http.(*connReader).backgroundRead") {
			t.Errorf("the profile net does not show the read beside the handler:\n%s", stacks)
		}
	}
}

func TestTracesOnRequest(t *testing.T) {
	url := start(t, "0s")
	if got := get(t, url+"debug/pprof/trace?seconds=0.01"); !strings.HasPrefix(got, "go 1.") {
		t.Errorf("the trace begins with %q, want the header of a trace", got[:min(len(got), 16)])
	}
	if got := get(t, url+"debug/pprof/goroutine?debug=2"); !strings.Contains(got, "goroutine 1 [") {
		t.Errorf("the goroutines are\n%s", got)
	}
}

func TestRunSaysWhatIsWrong(t *testing.T) {
	err := run(t.Context(), []string{"-addr", "127.0.0.1:none"}, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "-addr") {
		t.Errorf("error %v, want one that names -addr", err)
	}
}

// start runs the server on a free port until the test ends.
func start(t *testing.T, wait string) (url string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, []string{"-addr", "127.0.0.1:0", "-wait", wait}, in, io.Discard)
		in.CloseWithError(err)
		ended <- err
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

func get(t *testing.T, url string) string {
	res, err := http.Get(url)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("%s: %s, %v", url, res.Status, err)
	}
	return string(body)
}

// goTool is what a command of the go tool prints.
func goTool(t *testing.T, args ...string) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	return string(out)
}
