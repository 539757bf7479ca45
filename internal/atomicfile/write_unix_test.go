//go:build unix

package atomicfile_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"example.com/tracelab/internal/atomicfile"
)

// text is what writes it.
func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

var errHalfWay = errors.New("the network has gone")

// half fails when half is written.
func half(w io.Writer) error {
	io.WriteString(w, "half of")
	return errHalfWay
}

// ways are those to write the file name of the folder dir.
var ways = map[string]func(dir, name string, mode fs.FileMode, write func(io.Writer) error) error{
	"Write": func(dir, name string, mode fs.FileMode, write func(io.Writer) error) error {
		return atomicfile.Write(filepath.Join(dir, name), mode, write)
	},
	"Group": func(dir, name string, mode fs.FileMode, write func(io.Writer) error) error {
		return inGroup(dir, func(g *atomicfile.Group) error {
			if err := g.Write(name, mode, write); err != nil {
				return err
			}
			return g.Commit()
		})
	},
}

// inGroup has do use a group of the folder dir.
func inGroup(dir string, do func(*atomicfile.Group) error) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	g := atomicfile.NewGroup(root)
	defer g.Discard()
	return do(g)
}

// each runs a test for all ways, in a folder of its own.
func each(t *testing.T, test func(t *testing.T, dir string, write func(name string, mode fs.FileMode, write func(io.Writer) error) error)) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			test(t, dir, func(name string, mode fs.FileMode, write func(io.Writer) error) error {
				return way(dir, name, mode, write)
			})
		})
	}
}

// byPath runs a test for Write alone, which does not replace links and pipes.
func byPath(t *testing.T, test func(t *testing.T, dir string, write func(name string, mode fs.FileMode, write func(io.Writer) error) error)) {
	dir := t.TempDir()
	test(t, dir, func(name string, mode fs.FileMode, write func(io.Writer) error) error {
		return ways["Write"](dir, name, mode, write)
	})
}

// put makes a file.
func put(t *testing.T, path, content string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// has checks a file's content and mode.
func has(t *testing.T, path, content string, mode fs.FileMode) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil || string(b) != content {
		t.Errorf("%s has %q, %v: want %q", path, b, err, content)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != mode {
		t.Errorf("%s: mode %v, %v: want %v", path, info.Mode(), err, mode)
	}
}

// holds checks what is in a folder.
func holds(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, e := range entries {
		found = append(found, e.Name())
	}
	if strings.Join(found, " ") != strings.Join(names, " ") {
		t.Errorf("the folder has %q, want %q", found, names)
	}
}

func TestANewFileHasTheModeLessTheUmask(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o027))
	each(t, func(t *testing.T, dir string, write func(string, fs.FileMode, func(io.Writer) error) error) {
		for name, mode := range map[string]fs.FileMode{"public": atomicfile.Public, "secret": atomicfile.Private} {
			if err := write(name, mode, text("new")); err != nil {
				t.Fatal(err)
			}
		}
		has(t, filepath.Join(dir, "public"), "new", 0o640)
		has(t, filepath.Join(dir, "secret"), "new", 0o600)
		holds(t, dir, "public", "secret")
	})
}

func TestAFileKeepsItsMode(t *testing.T) {
	each(t, func(t *testing.T, dir string, write func(string, fs.FileMode, func(io.Writer) error) error) {
		for _, mode := range []fs.FileMode{0o600, 0o666, 0o640, 0o755, 0o400} {
			path := filepath.Join(dir, "x")
			put(t, path, "old and longer", mode)
			if err := write("x", atomicfile.Public, text("new")); err != nil {
				t.Fatal(err)
			}
			has(t, path, "new", mode)
			os.Remove(path)
		}
	})
}

// TestAFailureChangesNothing: neither of a file that is there nor of one that
// is not.
func TestAFailureChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, dir string, write func(string, fs.FileMode, func(io.Writer) error) error) {
		path := filepath.Join(dir, "old")
		put(t, path, "old", 0o640)
		if err := write("old", atomicfile.Public, half); !errors.Is(err, errHalfWay) || !strings.Contains(err.Error(), path+" is as it was") {
			t.Errorf("an old file: %v", err)
		}
		if err := write("new", atomicfile.Public, half); !errors.Is(err, errHalfWay) || !strings.Contains(err.Error(), "new is not written") {
			t.Errorf("a new file: %v", err)
		}
		has(t, path, "old", 0o640)
		holds(t, dir, "old")
	})
}

// TestAPanicLeavesNothing behind either.
func TestAPanicLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, dir string, write func(string, fs.FileMode, func(io.Writer) error) error) {
		func() {
			defer func() { recover() }()
			write("x", atomicfile.Public, func(io.Writer) error { panic("x") })
		}()
		holds(t, dir)
	})
}

// TestTheOldFileIsReadableMeanwhile, and it is whole.
func TestTheOldFileIsReadableMeanwhile(t *testing.T) {
	each(t, func(t *testing.T, dir string, write func(string, fs.FileMode, func(io.Writer) error) error) {
		path := filepath.Join(dir, "x")
		put(t, path, "old", 0o600)
		err := write("x", atomicfile.Public, func(w io.Writer) error {
			io.WriteString(w, "new")
			has(t, path, "old", 0o600)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		has(t, path, "new", 0o600)
	})
}

func TestALinkStays(t *testing.T) {
	byPath(t, func(t *testing.T, dir string, write func(string, fs.FileMode, func(io.Writer) error) error) {
		if err := os.Mkdir(filepath.Join(dir, "data"), 0o755); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, "data", "old"), "old", 0o640)
		for link, to := range map[string]string{"far": "near", "near": "data/old", "dangling": "data/new"} {
			if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
				t.Fatal(err)
			}
		}
		for _, link := range []string{"far", "dangling"} {
			if err := write(link, atomicfile.Public, text("new")); err != nil {
				t.Error(err)
			}
			if info, err := os.Lstat(filepath.Join(dir, link)); err != nil || info.Mode()&fs.ModeSymlink == 0 {
				t.Errorf("%s is no link any more: %v", link, err)
			}
		}
		has(t, filepath.Join(dir, "data", "old"), "new", 0o640)
		has(t, filepath.Join(dir, "data", "new"), "new", 0o644)
		holds(t, filepath.Join(dir, "data"), "new", "old")
		holds(t, dir, "dangling", "data", "far", "near")
	})
}

// TestALinkInACircle ends.
func TestALinkInACircle(t *testing.T) {
	byPath(t, func(t *testing.T, dir string, write func(string, fs.FileMode, func(io.Writer) error) error) {
		os.Symlink("b", filepath.Join(dir, "a"))
		os.Symlink("a", filepath.Join(dir, "b"))
		if err := write("a", atomicfile.Public, text("x")); err == nil || !strings.Contains(err.Error(), "too many symbolic links") {
			t.Error(err)
		}
		holds(t, dir, "a", "b")
	})
}

func TestAFolderIsRefused(t *testing.T) {
	each(t, func(t *testing.T, dir string, write func(string, fs.FileMode, func(io.Writer) error) error) {
		os.Mkdir(filepath.Join(dir, "x"), 0o755)
		if err := write("x", atomicfile.Public, text("x")); err == nil || !strings.Contains(err.Error(), "x is not a regular file") {
			t.Error(err)
		}
		if err := write("nowhere/x", atomicfile.Public, text("x")); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "nowhere") {
			t.Error(err)
		}
		holds(t, dir, "x")
	})
}

// TestAPipeIsWrittenTo: it is not replaced.
func TestAPipeIsWrittenTo(t *testing.T) {
	byPath(t, func(t *testing.T, dir string, write func(string, fs.FileMode, func(io.Writer) error) error) {
		path := filepath.Join(dir, "pipe")
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Skip("no pipes with a name here:", err)
		}
		read := make(chan string)
		go func() {
			b, _ := os.ReadFile(path)
			read <- string(b)
		}()
		if err := write("pipe", atomicfile.Public, text("through")); err != nil {
			t.Fatal(err)
		}
		if got := <-read; got != "through" {
			t.Errorf("%q came through", got)
		}
		holds(t, dir, "pipe")
	})
}

func TestADeviceIsWrittenTo(t *testing.T) {
	if err := atomicfile.Write(os.DevNull, atomicfile.Public, text("x")); err != nil {
		t.Error(err)
	}
	if err := atomicfile.Write("/dev/full", atomicfile.Public, text("x")); !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// TestAnOpenFileIsAppendedTo: /dev/stdout leads to one after > and >>, and the
// shell has its own file written.
func TestAnOpenFileIsAppendedTo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	put(t, path, "old\n", 0o600)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	name := filepath.Join("/proc/self/fd", fmt.Sprint(f.Fd()))
	if _, err := os.Stat(name); err != nil {
		t.Skip("no", name)
	}
	if err := atomicfile.Write(name, atomicfile.Public, text("new\n")); err != nil {
		t.Fatal(err)
	}
	has(t, path, "old\nnew\n", 0o600)
	if err := atomicfile.Check(name); err != nil {
		t.Error(err)
	}
}

// TestALongName leaves room for what is added to it meanwhile.
func TestALongName(t *testing.T) {
	each(t, func(t *testing.T, dir string, write func(string, fs.FileMode, func(io.Writer) error) error) {
		name := strings.Repeat("ä", 127)
		if err := write(name, atomicfile.Public, text("x")); err != nil {
			t.Fatal(err)
		}
		holds(t, dir, name)
	})
}

// TestNoPermission names the file that was meant.
func TestNoPermission(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write anywhere")
	}
	each(t, func(t *testing.T, dir string, write func(string, fs.FileMode, func(io.Writer) error) error) {
		path := filepath.Join(dir, "x")
		put(t, path, "old", 0o600)
		os.Chmod(dir, 0o500)
		defer os.Chmod(dir, 0o700)
		if err := write("x", atomicfile.Public, text("x")); !errors.Is(err, fs.ErrPermission) || !strings.HasPrefix(err.Error(), "write "+path+": ") {
			t.Error(err)
		}
		if err := atomicfile.Check(path); !errors.Is(err, fs.ErrPermission) {
			t.Error(err)
		}
		has(t, path, "old", 0o600)
	})
}

// TestNoWayOut: the files of a group are in its folder.
func TestNoWayOut(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	put(t, filepath.Join(outside, "x"), "old", 0o600)
	os.Symlink(filepath.Join(outside, "x"), filepath.Join(dir, "absolute"))
	os.Symlink("../"+filepath.Base(outside)+"/x", filepath.Join(dir, "relative"))
	for _, name := range []string{"absolute", "relative", "../y"} {
		if err := ways["Group"](dir, name, atomicfile.Public, text("x")); err == nil {
			t.Errorf("%s was written", name)
		}
	}
	has(t, filepath.Join(outside, "x"), "old", 0o600)
}

// TestAllOfAGroupOrNone: of five changes the first four are made and taken back,
// when a part has gone before its file is replaced.
func TestAllOfAGroupOrNone(t *testing.T) {
	for name, fails := range map[string]bool{"all": false, "none": true} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, old := range []string{"changed", "last", "other", "removed"} {
				put(t, filepath.Join(dir, old), "old", 0o640)
			}
			err := inGroup(dir, func(g *atomicfile.Group) error {
				for _, name := range []string{"changed", "new"} {
					if err := g.Write(name, atomicfile.Public, text("new")); err != nil {
						t.Fatal(err)
					}
				}
				g.Remove("removed")
				g.Remove("missing")
				if err := g.Write("last", atomicfile.Public, text("new")); err != nil {
					t.Fatal(err)
				}
				has(t, filepath.Join(dir, "changed"), "old", 0o640) // until now
				if parts, err := filepath.Glob(filepath.Join(dir, ".last.*.part")); err != nil || len(parts) != 1 {
					t.Fatalf("the parts are %v, %v", parts, err)
				} else if fails {
					os.Remove(parts[0])
				}
				return g.Commit()
			})
			has(t, filepath.Join(dir, "other"), "old", 0o640)
			if fails {
				if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), filepath.Join(dir, "last")) {
					t.Errorf("it fails with %v", err)
				}
				holds(t, dir, "changed", "last", "other", "removed")
				for _, old := range []string{"changed", "last", "removed"} {
					has(t, filepath.Join(dir, old), "old", 0o640)
				}
				return
			}
			if err != nil {
				t.Error(err)
			}
			holds(t, dir, "changed", "last", "new", "other")
			has(t, filepath.Join(dir, "changed"), "new", 0o640)
			has(t, filepath.Join(dir, "last"), "new", 0o640)
			has(t, filepath.Join(dir, "new"), "new", 0o644)
		})
	}
}

func TestCheck(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "x"), "old", 0o600)
	for path, good := range map[string]bool{
		"x": true, "new": true, "nowhere/x": false, ".": false, "x/y": false,
	} {
		if err := atomicfile.Check(filepath.Join(dir, path)); (err == nil) != good {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := atomicfile.Check(os.DevNull); err != nil {
		t.Error(err)
	}
	has(t, filepath.Join(dir, "x"), "old", 0o600)
	holds(t, dir, "x")
}
