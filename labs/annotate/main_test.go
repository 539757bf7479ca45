package main

import (
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var urls = []string{"go.dev", "pkg.go.dev", "play.golang.org"}

// TestRun has Go's own reader find the tasks, regions and logs, and that each
// is of the right task.
func TestRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "trace.out")
	var stdout bytes.Buffer
	if err := run(t.Context(), []string{"-o", file, "-wait", "0s"}, &stdout, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, url := range urls {
		if line := "stored " + url + "\n"; strings.Count("\n"+stdout.String(), "\n"+line) != 1 {
			t.Errorf("printed %q, want %q once", stdout.String(), line)
		}
	}

	events := parsed(t, file)
	all := find(events, `TaskBegin .* ID=(\d+) .* Type="visits"`)
	if len(all) != 1 {
		t.Fatalf("%d tasks visits, want 1", len(all))
	}
	visits := find(events, `TaskBegin .* ID=(\d+) Parent=`+all[0]+` Type="visit"`)
	if len(visits) != len(urls) {
		t.Fatalf("%d tasks visit within the task visits, want %d", len(visits), len(urls))
	}
	var visited []string
	for _, visit := range visits {
		for _, want := range []string{
			`RegionBegin .* Task=%s Type="fetch"`, `RegionEnd .* Task=%s Type="fetch"`,
			`RegionBegin .* Task=%s Type="store"`, `RegionEnd .* Task=%s Type="store"`,
			`Log .* Task=%s Category="status" Message="200"`,
			`TaskEnd .* ID=%s .* Type="visit"`,
		} {
			want = fmt.Sprintf(want, visit)
			if got := len(find(events, want)); got != 1 {
				t.Errorf("%d events are %s, want 1", got, want)
			}
		}
		visited = append(visited, find(events, `Log .* Task=`+visit+` Category="url" Message="(.*)"`)...)
	}
	slices.Sort(visited)
	if !slices.Equal(visited, urls) {
		t.Errorf("the logs of the tasks name %q, want %q", visited, urls)
	}
}

func TestRunSaysWhatIsWrong(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing", "trace.out")
	err := run(t.Context(), []string{"-o", missing, "-wait", "0s"}, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("error %v, want one that names %s", err, missing)
	}
}

// parsed is the trace in file as lines of text.
func parsed(t *testing.T, file string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "tool", "trace", "-d=parsed", file).CombinedOutput()
	if err != nil {
		t.Fatalf("go tool trace: %v\n%s", err, out)
	}
	return string(out)
}

// find returns the last group, or all, of each match of a pattern.
func find(events, pattern string) (found []string) {
	for _, match := range regexp.MustCompile(`(?m)^M=.* `+pattern+`$`).FindAllStringSubmatch(events, -1) {
		found = append(found, match[len(match)-1])
	}
	return found
}
