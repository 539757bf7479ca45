//go:build unix

package exec

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestAPipeIsRead as a file is: a shell gives one for <(command).
func TestAPipeIsRead(t *testing.T) {
	whole, err := os.ReadFile(recorded(t, "idle"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	written := make(chan error)
	go func() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err == nil {
			_, err = f.Write(whole)
			f.Close()
		}
		written <- err
	}()
	exec("summary", path).check(t, 0, []string{"goroutines"})
	if err := <-written; err != nil {
		t.Error(err)
	}
}
