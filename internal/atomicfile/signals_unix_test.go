//go:build unix

package atomicfile_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"example.com/tracelab/internal/atomicfile"
	"example.com/tracelab/internal/testbed"
)

// TestTidyRemovesWhatTheKilledLeft and nothing else.
func TestTidyRemovesWhatTheKilledLeft(t *testing.T) {
	dir := t.TempDir()
	long := time.Now().Add(-2 * time.Hour)
	const random = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	files := map[string]struct {
		written time.Time
		stays   bool
	}{
		"a.json":                           {long, true},
		".a.json." + random + ".part":      {long, false},
		".a.json." + random[1:] + "A.part": {time.Now(), true}, // its writer is at work
		".a.json.new.part":                 {long, true},
		".b.json." + random + ".part":      {long, true},
		".a.json." + random + ".old":       {long, true},
	}
	for name, f := range files {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, f.written, f.written); err != nil {
			t.Fatal(err)
		}
	}
	atomicfile.Tidy(filepath.Join(dir, "a.json"))
	for name, f := range files {
		if _, err := os.Lstat(filepath.Join(dir, name)); (err == nil) != f.stays {
			t.Errorf("%s: %v, stays %v", name, err, f.stays)
		}
	}
}

const (
	groupVariable = "ATOMICFILE_TEST_GROUP" // the folder in which a child of the test commits
	groupSize     = 300
)

// TestMain makes the test program one that commits a large group.
func TestMain(m *testing.M) {
	if dir := os.Getenv(groupVariable); dir != "" {
		if err := commitMany(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func commitMany(dir string) error {
	return inGroup(dir, func(g *atomicfile.Group) error {
		for i := range groupSize {
			if err := g.Write(strconv.Itoa(i), 0o600, text("new")); err != nil {
				return err
			}
		}
		return g.Commit()
	})
}

// TestCtrlCDoesNotDivideAGroup sends it while files are replaced: again, where a busy
// machine let the child end before this process saw it begin.
func TestCtrlCDoesNotDivideAGroup(t *testing.T) {
	dir := t.TempDir()
	if err := testbed.Eventually(func() error { return interrupt(t, dir) }); err != nil {
		t.Error(err)
	}
}

// interrupt has a child commit a group, and sends it signals meanwhile. It is an error
// that the child was too fast.
func interrupt(t *testing.T, dir string) error {
	t.Helper()
	for i := range groupSize {
		if err := os.WriteFile(filepath.Join(dir, strconv.Itoa(i)), []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), groupVariable+"="+dir)
	child.Stderr = os.Stderr
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		child.Wait()
		close(ended)
	}()
	for begun := false; !begun; {
		select {
		case <-ended:
			if !child.ProcessState.Success() {
				t.Fatalf("it ended before it began: %v", child.ProcessState)
			}
			return errors.New("it was never seen at work")
		default:
			now, err := os.ReadFile(filepath.Join(dir, "0"))
			begun = err == nil && string(now) == "new"
		}
	}
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		child.Process.Signal(s)
	}
	<-ended
	old := 0
	for i := range groupSize {
		if now, _ := os.ReadFile(filepath.Join(dir, strconv.Itoa(i))); string(now) != "new" {
			old++
		}
	}
	if old != 0 && old != groupSize {
		t.Errorf("%d of %d files are old, or gone", old, groupSize)
	}
	return nil
}
