// Package gotool compares package exectrace with go tool trace, on traces that
// the tests make.
package gotool

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/workload"
)

// mmuTrace records a workload, and serves it by go tool trace.
func mmuTrace(t *testing.T, kind string, size int) (file *exectrace.File, tool string) {
	t.Helper()
	b, err := workload.Record(kind, size)
	if err != nil {
		t.Fatal(err)
	}
	file, err = exectrace.FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	return file, mmuTool(t, b)
}

var mmuListening = regexp.MustCompile(`listening on (http://\S+)`)

// mmuTool starts go tool trace on a port that it takes itself, and returns its
// address.
func mmuTool(t *testing.T, b []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "trace")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	// Without go in between, which would outlive its end.
	path, err := exec.Command("go", "tool", "-n", "trace").Output()
	if err != nil {
		t.Skipf("there is no go tool trace: %v", err)
	}
	tool := exec.Command(string(path[:len(path)-1]), "-http=127.0.0.1:0", name)
	tool.Env = append(os.Environ(), "BROWSER=true")
	stderr, err := tool.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := tool.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tool.Process.Kill(); tool.Wait() })
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if m := mmuListening.FindStringSubmatch(lines.Text()); m != nil {
			go io.Copy(io.Discard, stderr)
			return m[1]
		}
	}
	t.Fatal("go tool trace ended before it was listening")
	return ""
}

func mmuGet(t *testing.T, url string, v any) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(v); err != nil {
		t.Fatalf("%s: %v", url, err)
	}
}

var mmuFlags = []struct {
	flags   string
	work    exectrace.GCWork
	perProc bool
}{
	{"stw", exectrace.GCStopTheWorld, false},
	{"background", exectrace.GCBackground, false},
	{"assist", exectrace.GCAssist, false},
	{"sweep", exectrace.GCSweep, false},
	{"stw|background", exectrace.GCStopTheWorld | exectrace.GCBackground, false},
	{"stw|background|assist", exectrace.GCStopTheWorld | exectrace.GCBackground | exectrace.GCAssist, false},
	{"stw|background|assist|sweep", exectrace.GCStopTheWorld | exectrace.GCBackground | exectrace.GCAssist | exectrace.GCSweep, false},
	{"perProc|stw", exectrace.GCStopTheWorld, true},
	{"perProc|stw|background|assist|sweep", exectrace.GCStopTheWorld | exectrace.GCBackground | exectrace.GCAssist | exectrace.GCSweep, true},
}

// mmuApart is how far the curves of two ways to add up may be apart.
const mmuApart = 1e-12

// TestMMUIsTheTools compares the curve at the hundred windows of the tool's
// page, for each choice of flags: all with its own rules, and with ours
// those in which its rules are right.
func TestMMUIsTheTools(t *testing.T) {
	for _, kind := range []string{"gc", "idle", "sync"} {
		file, tool := mmuTrace(t, kind, 3)
		for _, f := range mmuFlags {
			t.Run(kind+"/"+f.flags, func(t *testing.T) {
				var want struct{ Curve [][2]float64 }
				mmuGet(t, tool+"/mmu?mode=plot&flags="+f.flags, &want)
				if len(want.Curve) != 100 {
					t.Fatalf("the tool has %d windows", len(want.Curve))
				}
				for _, asGoTool := range []bool{true, false} {
					apart := mmuDifference(t, file, exectrace.UtilizationOptions{Work: f.work, PerProc: f.perProc, AsGoTool: asGoTool}, want.Curve)
					t.Logf("as go tool %v: %.1e apart", asGoTool, apart)
					if apart > mmuApart && (asGoTool || f.work&exectrace.GCBackground == 0) {
						t.Errorf("as go tool %v: %v apart", asGoTool, apart)
					}
				}
			})
		}
	}
}

func mmuDifference(t *testing.T, file *exectrace.File, o exectrace.UtilizationOptions, want [][2]float64) (apart float64) {
	t.Helper()
	u, lost, err := file.Utilization(o)
	if err != nil || len(lost) > 0 {
		t.Fatal(lost, err)
	}
	for _, p := range want {
		if p[0] > 1 { // in a window of 1 ns the tool sees what is behind the end
			apart = max(apart, math.Abs(u.MMU(time.Duration(p[0]))-p[1]))
		}
	}
	return apart
}

// TestMMUPercentilesOfTheTool shows that what the page of Go 1.26 draws as
// percentiles is the minimum each time: internal/trace/gc.go leaves addMU before
// it comes to the distribution. Should it be mended, ours are to be equal.
func TestMMUPercentilesOfTheTool(t *testing.T) {
	file, tool := mmuTrace(t, "gc", 3)
	u, _, err := file.Utilization(exectrace.UtilizationOptions{Work: exectrace.GCStopTheWorld | exectrace.GCAssist})
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Quantiles []float64
		Curve     [][]float64
	}
	mmuGet(t, tool+"/mmu?mode=plot&flags=stw|assist|mut", &want)
	for _, p := range want.Curve {
		window, minimum := time.Duration(p[0]), p[1]
		for i, got := range u.Quantiles(window, want.Quantiles...) {
			if tools := p[1+i]; tools != minimum && math.Abs(tools-got) > 1e-6 || got < minimum-mmuApart {
				t.Errorf("window %v, quantile %v: %v, and the tool has %v", window, want.Quantiles[i], got, tools)
			}
		}
	}
}

// TestMMUWorstIsTheTools compares the worst window of the tool's page for some
// sizes. Which others there are it does not promise.
func TestMMUWorstIsTheTools(t *testing.T) {
	file, tool := mmuTrace(t, "gc", 3)
	u, _, err := file.Utilization(exectrace.UtilizationOptions{Work: exectrace.GCStopTheWorld | exectrace.GCAssist})
	if err != nil {
		t.Fatal(err)
	}
	for window := time.Microsecond; window <= 10*time.Millisecond; window *= 10 {
		var want []struct{ MutatorUtil float64 }
		mmuGet(t, fmt.Sprintf("%s/mmu?mode=details&flags=stw|assist&window=%d", tool, window), &want)
		got := u.Worst(window, len(want))
		if len(got) == 0 || len(want) == 0 || math.Abs(got[0].Utilization-want[0].MutatorUtil) > mmuApart {
			t.Errorf("%v: %v, and the tool has %v", window, got, want)
		}
	}
}
