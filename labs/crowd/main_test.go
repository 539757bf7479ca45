package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/counters"
)

// TestManyGoroutinesWaitForAProcessor holds what the README says: each way is a task, has its
// goroutines, and of many most are runnable at once, of few a handful. Where other programs
// have the processors, the one that starts goroutines may be slower than they are: then in a
// later run.
func TestManyGoroutinesWaitForAProcessor(t *testing.T) {
	const runs, pages = 20, 100
	for range runs {
		few, many := waiting(t, record(t, pages))
		if t.Logf("most that were runnable: %d of few, %d of many", few, many); many > pages/2 && few < pages/4 {
			return
		}
	}
	t.Errorf("in none of %d runs were most of the many runnable at once, and few of the few", runs)
}

// record has the program run, and returns its trace.
func record(t *testing.T, pages int) *exectrace.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "trace.out")
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-o", name, "-pages", strconv.Itoa(pages)}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if want := `^few +\d+ goroutines .*\nmany +` + strconv.Itoa(pages) + ` goroutines .*\n$`; !regexp.MustCompile(want).Match(out.Bytes()) {
		t.Fatalf("it prints\n%s\nwant %s", &out, want)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	f, err := exectrace.FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// waiting is how many goroutines were runnable at most during each of the tasks.
func waiting(t *testing.T, f *exectrace.File) (few, many int) {
	t.Helper()
	trace, err := exectrace.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	tasks := map[string]exectrace.Task{}
	for k := range trace.Tasks() {
		tasks[k.Name] = k
	}
	most := func(name string) (n int) {
		k, ok := tasks[name]
		if !ok {
			t.Fatalf("there is no task %s", name)
		}
		_, err := counters.Follow(f, func(after time.Duration, now counters.Values) {
			if at := trace.Start + exectrace.Time(after); k.Start <= at && at < k.End {
				n = max(n, now.Goroutines.Runnable)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return most("few"), most("many")
}

func TestBothWaysCountTheSame(t *testing.T) {
	few, many := index(t.Context(), "few", 1, 5), index(t.Context(), "many", 5, 5)
	sum := 0
	for w, n := range few {
		if sum += n; many[w] != n {
			t.Errorf("%s: %d with few, %d with many", w, n, many[w])
		}
	}
	if sum != 5*2000 || len(few) != len(many) {
		t.Errorf("%d words of 5 pages, of %d and %d kinds", sum, len(few), len(many))
	}
}

func TestRunSaysWhatIsWrong(t *testing.T) {
	for wrong, args := range map[string][]string{"-pages 0": {"-pages", "0"}, "choose another with -o": {"-o", t.TempDir(), "-pages", "1"}} {
		if err := run(t.Context(), args, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), wrong) {
			t.Errorf("%v: %v, want an error that says %q", args, err, wrong)
		}
	}
}
