package exec

import (
	"io"

	"example.com/tracelab/internal/atomicfile"
	"example.com/tracelab/internal/cli"
)

// save has write write to the file at path, or to out if path is "-". A file is
// left as it is, or replaced by a whole one, which keeps its mode.
func save(out io.Writer, path string, write func(io.Writer) error) error {
	if path == "-" {
		return write(out)
	}
	if err := atomicfile.Check(path); err != nil {
		return cli.Status{Code: cli.Usage, Err: err}
	}
	return atomicfile.Write(path, atomicfile.Public, write)
}
