package why_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/labapi"
)

// unreliable stands before the server at to, and breaks off downloads of
// execution traces half-way once it is asked to.
func unreliable(t *testing.T, to string) (proxy string, breaks *atomic.Bool) {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	breaks = &atomic.Bool{}
	behind := httputil.NewSingleHostReverseProxy(target)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if breaks.Load() && strings.HasPrefix(r.URL.Path, labapi.SnapshotsPath+"/") {
			w.Header().Set("Content-Length", "1000000")
			w.Write([]byte("go 1.26 trace"))
			panic(http.ErrAbortHandler)
		}
		behind.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	return front.URL, breaks
}

// TestAFailedSaveLeavesWhatIsThere: a download that ends half-way does not cost
// the file of the time before.
func TestAFailedSaveLeavesWhatIsThere(t *testing.T) {
	to, traceID := begin(t)
	server, breaks := unreliable(t, to)
	dir := filepath.Join(t.TempDir(), "incident")
	if _, wrong, status := run(traceID, "--server", server, "--save", dir); status != cli.OK {
		t.Fatalf("exit status %d: %s", status, wrong)
	}
	name := filepath.Join(dir, "shop-cart-%2E%2E%2Fx%2D1.trace")
	if err := os.Chmod(name, 0o644); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	breaks.Store(true)
	if _, wrong, status := run(traceID, "--server", server, "--save", dir); status == cli.OK || !strings.Contains(wrong, name+" is as it was") {
		t.Errorf("exit status %d: %s", status, wrong)
	}
	if after, err := os.ReadFile(name); err != nil || string(after) != string(before) {
		t.Errorf("of %d bytes there are %d: %v", len(before), len(after), err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 2 {
		t.Errorf("there are %v", files)
	}
	if _, wrong, status := run("--from", dir); status != cli.OK {
		t.Errorf("exit status %d: %s", status, wrong)
	}
}

// TestSavedFilesAreTheOwners: they tell much of a system.
func TestSavedFilesAreTheOwners(t *testing.T) {
	server, traceID := begin(t)
	dir := t.TempDir()
	if _, wrong, status := run(traceID, "--server", server, "--save", dir); status != cli.OK {
		t.Fatalf("exit status %d: %s", status, wrong)
	}
	files, _ := os.ReadDir(dir)
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", f.Name(), info.Mode(), err)
		}
	}
}
