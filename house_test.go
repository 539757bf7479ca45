package tracelab_test

import (
	"archive/tar"
	"bytes"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

var (
	house = flag.Bool("house", false, "print how large the pieces of this repository are")
	base  = flag.String("base", "", "a revision to print beside it")
)

// What the pieces may not grow beyond. layering_test.go bounds the files of a
// package.
const (
	longestFunction = 51  // lines
	usualFunction   = 22  // nine of ten are no longer
	longestFile     = 266 // lines
)

// TestHouse holds the sizes. With -house it prints them (make measure-house).
func TestHouse(t *testing.T) {
	now := count(t, ".")
	if got := now.functions.quantile(9); got > usualFunction {
		t.Errorf("a tenth of the functions has more than %d lines: at most %d", got, usualFunction)
	}
	for _, f := range now.functions {
		if f.lines > longestFunction {
			t.Errorf("%s has %d lines: at most %d", f.name, f.lines, longestFunction)
		}
	}
	for _, f := range now.files {
		if f.lines > longestFile {
			t.Errorf("%s has %d lines: at most %d", f.name, f.lines, longestFile)
		}
	}
	if !*house {
		return
	}
	if *base == "" {
		print(t.Output(), now)
		return
	}
	print(t.Output(), count(t, revision(t, *base)), now)
}

// revision is a directory with the files of a revision.
func revision(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("git", "archive", "--format=tar", name).Output()
	if err != nil {
		t.Fatalf("git archive %s: %v", name, err)
	}
	dir := t.TempDir()
	for archive := tar.NewReader(bytes.NewReader(out)); ; {
		entry, err := archive.Next()
		if err == io.EOF {
			return dir
		}
		if err != nil {
			t.Fatal(err)
		}
		if entry.Typeflag == tar.TypeReg {
			keep(t, filepath.Join(dir, filepath.FromSlash(entry.Name)), archive)
		}
	}
}

func keep(t *testing.T, name string, content io.Reader) {
	t.Helper()
	b, err := io.ReadAll(content)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(name), 0o777)
	}
	if err == nil {
		err = os.WriteFile(name, b, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}
