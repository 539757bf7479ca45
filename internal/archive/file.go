package archive

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"example.com/tracelab/internal/zipkin"
)

// Save writes spans to the file at path, gzipped if its name ends in .gz, and
// returns how many. The file is replaced in one step when all is on the disk:
// whatever interrupts Save, path names the old file or the new one, whole. A
// new file is readable by its owner alone, since spans tell much of a system.
func Save(path string, spans Spans) (n int, err error) {
	path, mode, err := replaceable(path)
	if err != nil {
		return 0, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if n, err = writeFile(f, strings.HasSuffix(path, ".gz"), spans); err != nil {
		return n, fmt.Errorf("%s is as it was: %w", path, err)
	}
	if err = errors.Join(f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return n, err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return n, err
	}
	syncDir(filepath.Dir(path))
	return n, nil
}

// CheckWritable says now what would keep a Save to path from working.
func CheckWritable(path string) error {
	path, _, err := replaceable(path)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// replaceable returns where path leads, and the mode of the file that is there
// or shall be.
func replaceable(path string) (string, os.FileMode, error) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return path, 0o600, nil
	case err != nil:
		return "", 0, err
	case !info.Mode().IsRegular():
		return "", 0, fmt.Errorf("%s is not a regular file", path)
	}
	return path, info.Mode().Perm(), nil
}

func writeFile(w io.Writer, packed bool, spans Spans) (int, error) {
	if !packed {
		return Write(w, spans)
	}
	z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return 0, err
	}
	n, err := Write(z, spans)
	return n, errors.Join(err, z.Close())
}

// syncDir makes the new name last. Not every system can, and none loses the
// file for it.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}

// ReadFile reads the file at path as Read does, gzipped or not, whatever its
// name. What it takes from the disk also goes to progress. Errors name path.
func ReadFile(path string, progress io.Writer) Spans {
	return func(yield func([]zipkin.Span, error) bool) {
		f, err := os.Open(path)
		if err != nil {
			yield(nil, err)
			return
		}
		defer f.Close()
		for spans, err := range Read(io.TeeReader(f, progress)) {
			if err != nil {
				err = fmt.Errorf("%s: %w", path, err)
			}
			if !yield(spans, err) {
				return
			}
		}
	}
}
