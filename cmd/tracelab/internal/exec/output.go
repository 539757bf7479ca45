package exec

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// save has write write to the file at path, or to out if path is "-". A file is
// left as it is, or replaced by a whole one.
func save(out io.Writer, path string, write func(io.Writer) error) (err error) {
	if path == "-" {
		return write(out)
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return writeTo(path, write)
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err = write(f); err != nil {
		return fmt.Errorf("%s is as it was: %w", path, err)
	}
	if err = errors.Join(f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// writeTo writes to what is no file that could be replaced: a pipe, a device.
func writeTo(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
