package exec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/redact"
)

// viewing are the traces that are shown, the first one first.
type viewing []viewedTrace

// viewedTrace is a trace that is shown.
type viewedTrace struct {
	source
	name string
	file *exectrace.File
}

// openAll opens the traces. Close them in the end.
func (c *viewCommand) openAll(ctx context.Context, std cli.Streams) (viewing, error) {
	var all viewing
	for _, trace := range append([]string{c.Trace}, c.Others...) {
		s := source{trace}
		if slices.ContainsFunc(all, func(v viewedTrace) bool { return trace == "-" && v.Trace == "-" }) {
			all.close()
			return nil, cli.Status{Code: cli.Usage, Err: errors.New("standard input is one trace: give files for the others")}
		}
		file, err := s.open(ctx, std)
		if err != nil {
			all.close()
			return nil, err
		}
		all = append(all, viewedTrace{s, s.called(), file})
	}
	return all, nil
}

func (all viewing) close() {
	for _, v := range all {
		v.file.Close()
	}
}

func (all viewing) names() string {
	list := make([]string, len(all))
	for i, v := range all {
		list[i] = v.name
	}
	return strings.Join(list, ", ")
}

// toRead is how many bytes are read to index the traces; -1: not known.
func (all viewing) toRead(p period) (sum int64) {
	if !p.whole() {
		return -1
	}
	for _, v := range all {
		sum += v.file.Size()
	}
	return sum
}

// sources are the traces for pages. What is read of them, progress counts.
func (all viewing) sources(p period, progress io.Writer) (list []executions.Source) {
	for _, v := range all {
		id := executions.NewID(v.name)
		for n := 2; slices.ContainsFunc(list, func(s executions.Source) bool { return s.ID == id }); n++ {
			id = fmt.Sprintf("%s-%d", executions.NewID(v.name), n)
		}
		list = append(list, executions.Source{ID: id, Name: v.name, Size: v.file.Size(), Open: func(context.Context) (part executions.Part, err error) {
			if part.Whole, err = exectrace.NewFile(counted{v.file, progress}, v.file.Size()); err != nil {
				return part, err
			}
			from, to := p.in(part.Whole)
			if p.From != nil {
				part.From = from
			}
			if p.To != nil {
				part.To = to
			}
			return part, nil
		}})
	}
	return list
}

// read reads the traces one after the other, and says what went wrong while the pages say it
// too.
func (all viewing) read(ctx context.Context, std cli.Streams, library executions.Library, sources []executions.Source) (failed error) {
	for i, v := range all {
		e, err := library.Open(ctx, sources[i].ID)
		if unreadable, ok := errors.AsType[*executions.Unreadable](err); ok {
			fmt.Fprintf(term.Text(std.Err), "tracelab: %v\n", redact.Error(v.unreadable(unreadable.Err), v.Trace))
			failed = cli.Status{Code: cli.Usage}
		}
		if err == nil {
			warn(std.Err, e.Trace.Lost)
		}
	}
	return failed
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
