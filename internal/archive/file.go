package archive

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"example.com/tracelab/internal/atomicfile"
	"example.com/tracelab/internal/zipkin"
)

// Save writes spans to the file at path, gzipped if its name ends in .gz, and
// returns how many. The file is replaced in one step, as atomicfile.Write does.
// A new file is readable by its owner alone, since spans reveal much of a system.
func Save(path string, spans Spans) (n int, err error) {
	err = atomicfile.Write(path, atomicfile.Private, func(w io.Writer) error {
		n, err = writeFile(w, strings.HasSuffix(path, ".gz"), spans)
		return err
	})
	return n, err
}

// CheckWritable says now what would keep a file at path from being saved and
// read again. It removes what writers of it have left behind when they were killed.
func CheckWritable(path string) error {
	atomicfile.Tidy(path)
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file", path)
	}
	return atomicfile.Check(path)
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
