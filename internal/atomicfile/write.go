// Package atomicfile replaces files: whatever happens, a path names the old file
// or the new one, whole.
package atomicfile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Modes of files that are new. The umask applies.
const (
	Public  fs.FileMode = 0o644
	Private fs.FileMode = 0o600 // for what reveals much about a system
)

// Write replaces the file at path by what write writes, in one step when all of
// it is on the disk. If write fails, the file stays as it is, and nothing else
// stays. A file that exists keeps its mode, and mode is for a new one. The file
// that a symbolic link leads to is replaced, not the link. What is not a regular
// file, such as /dev/stdout or a pipe, is opened and written to.
func Write(path string, mode fs.FileMode, write func(io.Writer) error) error {
	to, err := follow(path)
	if err != nil {
		return err
	}
	if to.through {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0) // a file behind /dev/stdout may have a beginning already
		return through(f, err, write)
	}
	root, err := os.OpenRoot(to.dir)
	if err != nil {
		return failed(path, err)
	}
	defer root.Close()
	return replacement{root, to.name, mode}.write(write)
}

// Check returns now what would keep Write from replacing the file at path.
func Check(path string) error {
	to, err := follow(path)
	if err != nil || to.through {
		return err
	}
	root, err := os.OpenRoot(to.dir)
	if err != nil {
		return failed(path, err)
	}
	defer root.Close()
	r := replacement{root, to.name, Private}
	if _, err := r.old(); err != nil {
		return err
	}
	f, part, err := r.create(Private)
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), root.Remove(part))
}

// through has write write to what cannot be replaced.
func through(f *os.File, err error, write func(io.Writer) error) error {
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// replacement is what comes in the place of the file name, in root.
type replacement struct {
	root *os.Root
	name string
	mode fs.FileMode // of a file that is new
}

// path is the file's, for people.
func (r replacement) path() string { return filepath.Join(r.root.Name(), r.name) }

// old returns the file that is there; nil: there is none.
func (r replacement) old() (fs.FileInfo, error) {
	info, err := r.root.Stat(r.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, failed(r.path(), err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", r.path())
	}
	return info, nil
}

func (r replacement) write(write func(io.Writer) error) error {
	part, err := r.stage(write)
	if err != nil {
		return err
	}
	if err := r.root.Rename(part, r.name); err != nil {
		r.root.Remove(part)
		return failed(r.path(), err)
	}
	syncFolder(r.root, filepath.Dir(r.name))
	return nil
}

// stage has a file beside the one that is to be replaced, whole and on the disk,
// and returns its name. If that fails there is none.
func (r replacement) stage(write func(io.Writer) error) (string, error) {
	old, err := r.old()
	if err != nil {
		return "", err
	}
	mode := r.mode
	if old != nil {
		mode = Private // until all is written
	}
	f, part, err := r.create(mode)
	if err != nil {
		return "", err
	}
	done := false
	defer func() { // also when write panics
		f.Close()
		if !done {
			r.root.Remove(part)
		}
	}()
	if err := write(f); err != nil {
		return "", fmt.Errorf("%s: %w", r.unchanged(old), err)
	}
	if old != nil {
		err = f.Chmod(old.Mode().Perm())
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", failed(r.path(), err)
	}
	done = true
	return part, nil
}

// create opens a new file beside the one that is to be replaced: a rename does
// not cross file systems.
func (r replacement) create(mode fs.FileMode) (f *os.File, name string, err error) {
	name = beside(r.name, ".part")
	if f, err = r.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode); err != nil {
		return nil, "", failed(r.path(), err)
	}
	return f, name, nil
}

// beside is a name that no file has, hidden and in the same folder as name.
func beside(name, suffix string) string { return besidePrefix(name) + rand.Text() + suffix }

func besidePrefix(name string) string {
	dir, base := filepath.Split(name)
	return dir + "." + strings.ToValidUTF8(base[:min(len(base), 100)], "") + "." // names are at most 255 bytes long
}

func (r replacement) unchanged(old fs.FileInfo) string {
	if old == nil {
		return r.path() + " is not written"
	}
	return r.path() + " is as it was"
}

// failed names the file that was meant, and not the one beside it.
func failed(path string, err error) error {
	var wrong *fs.PathError
	if errors.As(err, &wrong) {
		err = wrong.Err
	}
	return &fs.PathError{Op: "write", Path: path, Err: err}
}

// syncFolder makes the new name last. Not every system can, and none loses the
// file for it.
func syncFolder(root *os.Root, dir string) {
	if d, err := root.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}
