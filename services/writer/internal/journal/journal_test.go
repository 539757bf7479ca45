package journal_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/services/writer/internal/journal"
)

// TestAJournalTakesItsTime writes values of every size, and leaves no file.
func TestAJournalTakesItsTime(t *testing.T) {
	for _, size := range []int{0, 10, 64 << 10} {
		const within = 20 * time.Millisecond
		began := time.Now()
		if err := journal.Write(t.Context(), strings.Repeat("x", size), within); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took < within {
			t.Errorf("%d bytes: it took %s", size, took)
		}
	}
	for _, dir := range []string{"/var/tmp", os.TempDir()} {
		if left, _ := filepath.Glob(dir + "/tracelab-journal-*"); len(left) > 0 {
			t.Errorf("journals are left: %v", left)
		}
	}
}

func TestAJournalEndsWithItsRequest(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	began := time.Now()
	if err := journal.Write(ctx, "value", time.Hour); err != nil {
		t.Error(err) // the request's end is for its command to tell
	}
	if took := time.Since(began); took < 20*time.Millisecond || took > time.Minute {
		t.Errorf("it took %s", took)
	}
}
