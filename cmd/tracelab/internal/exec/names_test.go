package exec

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/trace"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

// waitForWhomThisGoroutineWasStartedAndSayNothingOfItUntilTheOtherHasEndedOrTheTimeThatWasAgreedUponIsOverWhicheverComesFirst
// is a function with a name of more than a line.
//
//go:noinline
func waitForWhomThisGoroutineWasStartedAndSayNothingOfItUntilTheOtherHasEndedOrTheTimeThatWasAgreedUponIsOverWhicheverComesFirst(group *sync.WaitGroup, mu *sync.Mutex, name string) {
	defer group.Done()
	ctx, task := trace.NewTask(context.Background(), name)
	defer task.End()
	defer trace.StartRegion(ctx, name).End()
	trace.Log(ctx, name, name)
	mu.Lock()
	defer mu.Unlock()
	time.Sleep(time.Millisecond) // what is to be traced
}

const longName = "example.com/tracelab/cmd/tracelab/internal/exec.waitForWhomThisGoroutineWasStartedAndSayNothingOfItUntilTheOtherHasEndedOrTheTimeThatWasAgreedUponIsOverWhicheverComesFirst"

// TestLongNamesFit in every table, and are whole in JSON.
func TestLongNamesFit(t *testing.T) {
	t.Setenv("COLUMNS", "80")
	word := strings.Repeat("w", 300)
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var group sync.WaitGroup
	for _, name := range []string{word, word, "two " + word} {
		group.Add(1)
		go waitForWhomThisGoroutineWasStartedAndSayNothingOfItUntilTheOtherHasEndedOrTheTimeThatWasAgreedUponIsOverWhicheverComesFirst(&group, &mu, name)
	}
	group.Wait()
	trace.Stop()
	path := filepath.Join(t.TempDir(), "t.trace")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	task := oneTask(t, path, word)
	for _, args := range [][]string{
		{"summary", path}, {"goroutines", path}, {"goroutines", path, "--func", longName}, {"goroutines", path, "--goroutine", oneOf(t, path, longName)}, {"tasks", path}, {"tasks", path, "--name", word}, {"task", path, task},
		{"regions", path}, {"regions", path, "--name", word}, {"profile", "all", path}, {"profile", "sync", path, "--region", word}, {"footprint", path}, {"mmu", path},
	} {
		got := exec(args...)
		if got.code != 0 {
			t.Errorf("%.60q: %d: %s", args, got.code, got.stderr)
		}
		for line := range strings.Lines(got.out) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 80 {
				t.Errorf("%.60q: %d columns: %s", args, n, line)
			}
		}
	}
	for _, args := range [][]string{{"tasks", path}, {"regions", path}, {"task", path, task}} {
		if got := exec(append(args, "--json")...); !strings.Contains(got.out, word) {
			t.Errorf("%q: it is not whole: %s", fmt.Sprint(args), got.out)
		}
	}
}
