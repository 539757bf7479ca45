package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const committedAt = "2026-11-30T08:00:00+01:00"

// small are the files of a small module, which has a package of others.
func small() map[string]string {
	return map[string]string{
		"go.mod":    "module example.com/small\n\ngo 1.26\n\nrequire example.com/theirs v1.2.3\n\nreplace example.com/theirs => ./theirs\n",
		"main.go":   "package main\n\nimport _ `example.com/theirs/part`\n\nfunc main() { println(`small`) }\n",
		"README.md": "# small\n", "LICENSE": "free\n",
		"theirs/go.mod": "module example.com/theirs\n\ngo 1.26\n", "theirs/part/part.go": "package part\n",
		"theirs/license.md": "Theirs, and free.\r\n", "theirs/part/COPYING": "As free as its part.\n\n\n",
		"theirs/NOTICE": "They are known.\n", "theirs/license.go": "package theirs\n", "theirs/other/LICENSE": "not ours to give away", "theirs/other/x.go": "package other\n",
	}
}

// module is a small one, committed, in a new folder of dir.
func module(t *testing.T, dir string) string { return commit(t, dir, small()) }

// commit makes a repository of files.
func commit(t *testing.T, dir string, files map[string]string) string {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "--quiet"}, {"add", "."}, {"-c", "user.name=ann", "-c", "user.email=ann@example.com", "commit", "--quiet", "--message", "small"}} {
		git := exec.Command("git", args...)
		git.Dir = dir
		git.Env = append(os.Environ(), "GIT_AUTHOR_DATE="+committedAt, "GIT_COMMITTER_DATE="+committedAt)
		if said, err := git.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, said)
		}
	}
	return dir
}

// sums makes the archive of a module, and returns its name and what the sums say.
func sums(t *testing.T, dir string) (archive, text string) {
	t.Helper()
	m := maker{dir: dir, pkg: ".", out: t.TempDir()}
	archive, err := m.make(t.Context(), here())
	if err := errors.Join(err, m.writeSums()); err != nil {
		t.Fatal(err)
	}
	said, err := os.ReadFile(filepath.Join(m.out, sumsName))
	if err != nil {
		t.Fatal(err)
	}
	return archive, string(said)
}

// TestTheSameCommitMakesTheSameArchive in other folders, at another time, with settings of
// the machine, and when all is compiled anew.
func TestTheSameCommitMakesTheSameArchive(t *testing.T) {
	archive, first := sums(t, module(t, filepath.Join(t.TempDir(), "a")))
	t.Setenv("GOCACHE", t.TempDir())
	t.Setenv("GOFLAGS", "-tags=other")
	t.Setenv("GOAMD64", "v2")
	t.Setenv("TZ", "Asia/Tokyo")
	if _, again := sums(t, module(t, filepath.Join(t.TempDir(), "elsewhere", "b"))); again != first {
		t.Errorf("the sums are\n%sand\n%s", first, again)
	}
	sum := exec.Command("sha256sum", "--check", "--strict")
	sum.Dir, sum.Stdin = filepath.Dir(archive), strings.NewReader(first)
	if said, err := sum.CombinedOutput(); err != nil && !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("%v: %s", err, said)
	}
	want, _ := time.Parse(time.RFC3339, committedAt)
	files := content(t, archive)
	if len(files) != 4 {
		t.Errorf("it has %v", files)
	}
	folder := strings.TrimSuffix(filepath.Base(archive), suffix(here()))
	for name, mode := range map[string]int64{here().program(): 0o755, "LICENSE": 0o644, "README.md": 0o644, licensesName: 0o644} {
		if h := files[folder+"/"+name]; h == nil || h.Mode != mode || !h.ModTime.Equal(want) || h.Uid != 0 || h.Uname != "" {
			t.Errorf("%s is %+v", name, h)
		}
	}
}

func content(t *testing.T, archive string) map[string]*tar.Header {
	t.Helper()
	text, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	packed, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*tar.Header{}
	for r := tar.NewReader(packed); ; {
		h, err := r.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		files[h.Name] = h
	}
}

// TestAProgramForAnotherSystemIsFound and one that needs what the machine may not have.
func TestAProgramForAnotherSystemIsFound(t *testing.T) {
	m := maker{dir: module(t, t.TempDir()), pkg: "."}
	binary := filepath.Join(t.TempDir(), "small")
	if err := m.build(t.Context(), here(), binary); err != nil {
		t.Fatal(err)
	}
	for _, other := range targets {
		if err := check(binary, other); (err == nil) != (other == here()) {
			t.Errorf("a program for %s, as one for %s: %v", here(), other, err)
		}
	}
	if err := check("/bin/ls", here()); err == nil || here().os == "linux" && !strings.Contains(err.Error(), "dynamic linker") {
		t.Errorf("/bin/ls: %v", err)
	}
}

func TestTargetsAreChosen(t *testing.T) {
	if got, err := choose(""); err != nil || len(got) != 6 {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := choose("windows/arm64,linux/amd64"); err != nil || len(got) != 2 || got[0] != (target{"windows", "arm64"}) {
		t.Errorf("%v, %v", got, err)
	}
	for list, says := range map[string]string{"plan9/386": "plan9/386", "linux/amd64,": `""`, "linux/amd64,linux/amd64": "linux/amd64 is there twice"} {
		if _, err := choose(list); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", list, err, says)
		}
	}
}
