package exec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/redact"
)

// from is the trace. What is read of it, progress counts.
func (c *viewCommand) from(file *exectrace.File, name string, progress io.Writer) executions.Source {
	return executions.Source{ID: executions.NewID(name), Name: name, Size: file.Size(), Open: func(context.Context) (part executions.Part, err error) {
		if part.Whole, err = exectrace.NewFile(counted{file, progress}, file.Size()); err != nil {
			return part, err
		}
		from, to := c.in(part.Whole)
		if c.From != nil {
			part.From = from
		}
		if c.To != nil {
			part.To = to
		}
		return part, nil
	}}
}

// read reads the trace, and says what went wrong while the pages say it too.
func (c *viewCommand) read(ctx context.Context, std cli.Streams, library executions.Library, id string) error {
	e, err := library.Open(ctx, id)
	if unreadable, ok := errors.AsType[*executions.Unreadable](err); ok {
		fmt.Fprintf(term.Text(std.Err), "tracelab: %v\n", redact.Error(c.unreadable(unreadable.Err), c.Trace))
		return cli.Status{Code: cli.Usage}
	}
	if err == nil {
		warn(std.Err, e.Trace.Lost)
	}
	return nil
}

// counted is a file of which a writer counts what is read, while the file is being indexed.
type counted struct {
	*exectrace.File
	progress io.Writer
}

func (c counted) ReadAt(b []byte, off int64) (int, error) {
	n, err := c.File.ReadAt(b, off)
	c.progress.Write(b[:n])
	return n, err
}

// toRead is how many bytes are read to index the trace and to sum it up; -1: not known.
func (c *viewCommand) toRead(file *exectrace.File) int64 {
	if c.whole() {
		return 2 * file.Size()
	}
	return -1
}

// indexing shows how far the reading is, until it has ended.
type indexing struct {
	term.Progress
	ended atomic.Bool
}

func (i *indexing) Write(b []byte) (int, error) {
	if i.ended.Load() {
		return len(b), nil
	}
	return i.Progress.Write(b)
}

func (i *indexing) end() {
	i.ended.Store(true)
	i.End()
}
