package testtrace

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTrace runs what the README runs and looks for what it says: a wait for
// each batch that is handed over, and at most one more of each worker, which
// waits for the end.
func TestTrace(t *testing.T) {
	for _, tt := range []struct {
		run     string
		batches int
	}{
		{"TestSum/one_by_one", 1000},
		{"TestSum/by_the_hundred", 10},
	} {
		file := filepath.Join(t.TempDir(), "trace.out")
		goTool(t, "test", "-count=1", "-run=^"+tt.run+"$", "-trace="+file, ".")
		events := goTool(t, "tool", "trace", "-d=parsed", file)
		if got := waits(events); got < tt.batches || got > tt.batches+2 {
			t.Errorf("%s: Sum and its workers waited %d times for the channel, want %d to %d", tt.run, got, tt.batches, tt.batches+2)
		}
	}
}

// waits counts how often one of our goroutines began to wait for a channel.
func waits(events string) (n int) {
	begin := regexp.MustCompile(`Running->Waiting Reason="chan (send|receive)"`)
	ours := regexp.MustCompile(`testtrace\.(Sum|work)\b`)
	for event := range strings.SplitSeq(events, "\nM=") {
		if begin.MatchString(event) && ours.MatchString(event) {
			n++
		}
	}
	return n
}

func goTool(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}
