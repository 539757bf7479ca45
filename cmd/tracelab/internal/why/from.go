package why

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"example.com/tracelab/internal/zipkin"

	"golang.org/x/sync/errgroup"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/archive"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/why"
)

// Bounds of the files that are read.
const (
	maxSpans      = 500_000
	maxSpansBytes = 256 << 20
	maxTraces     = 64
	maxTraceBytes = 256 << 20
)

// explainFrom explains from the files in dir, where nothing else is asked for what a save
// wrote them for. What is usual is not known there.
func explainFrom(dir string, of subject) (*labapi.Explanation, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, cli.Status{Code: cli.Usage, Err: fmt.Errorf("--from: %w", err)}
	}
	defer root.Close()
	spans, id, err := readSpans(root, of.trace)
	if err != nil {
		return nil, cli.Status{Code: cli.Usage, Err: err}
	}
	processes, err := readTraces(root)
	if err != nil {
		return nil, cli.Status{Code: cli.Usage, Err: err}
	}
	if of == (subject{}) {
		if of.span, err = savedSpan(root); err != nil {
			return nil, cli.Status{Code: cli.Usage, Err: err}
		}
	}
	answer, err := why.Explain(why.Input{TraceID: id, Span: of.span, Spans: spans, Processes: processes})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return answer, nil
}

// readSpans reads the spans of the trace that is asked for, or of the only one.
func readSpans(root *os.Root, id zipkin.TraceID) ([]zipkin.Span, zipkin.TraceID, error) {
	path := filepath.Join(root.Name(), spansFile)
	f, _, err := open(root, spansFile, maxSpansBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, id, fmt.Errorf("--from %s: it has no %s: name a directory that --save wrote", root.Name(), spansFile)
	}
	if err != nil {
		return nil, id, err
	}
	defer f.Close()
	in := bufio.NewReader(io.LimitReader(f, maxSpansBytes))
	if first, _ := in.Peek(1); string(first) == "\x1f" {
		return nil, id, fmt.Errorf("%s is compressed, so that its length is not known: unpack it with gunzip first", path)
	}
	var spans []zipkin.Span
	for some, err := range archive.Read(in) {
		if err == nil && len(spans)+len(some) > maxSpans {
			err = fmt.Errorf("it has more than %d spans", maxSpans)
		}
		if err != nil {
			return nil, id, fmt.Errorf("%s: %w", path, err)
		}
		spans = append(spans, some...)
	}
	if id == (zipkin.TraceID{}) && len(spans) > 0 {
		id = spans[0].TraceID
		if i := slices.IndexFunc(spans, func(sp zipkin.Span) bool { return sp.TraceID != id }); i >= 0 {
			return nil, id, fmt.Errorf("%s has several traces, %s and %s among them: name one", path, id, spans[i].TraceID)
		}
	}
	if id == (zipkin.TraceID{}) {
		return nil, id, fmt.Errorf("%s has no spans: name the trace", path)
	}
	return slices.DeleteFunc(spans, func(sp zipkin.Span) bool { return sp.TraceID != id }), id, nil
}

// readTraces indexes the execution traces, side by side, in the order in which
// the server has them.
func readTraces(root *os.Root) ([]why.Process, error) {
	names, err := traceNames(root)
	if err != nil {
		return nil, err
	}
	if len(names) > maxTraces {
		return nil, fmt.Errorf("%s has %d execution traces: at most %d are read", root.Name(), len(names), maxTraces)
	}
	processes := make([]why.Process, len(names))
	var group errgroup.Group
	group.SetLimit(2)
	for i, name := range names {
		group.Go(func() error { return readTrace(root, name, &processes[i]) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	slices.SortFunc(processes, func(a, b why.Process) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Instance, b.Instance))
	})
	return processes, nil
}

// traceNames are the files of a save, or, where there was none, whatever has
// such a name.
func traceNames(root *os.Root) ([]string, error) {
	s, err := readSaved(root)
	if errors.Is(err, fs.ErrNotExist) {
		return fs.Glob(root.FS(), "*"+traceSuffix)
	}
	return slices.DeleteFunc(s.Files, func(name string) bool { return name == spansFile }), err
}

func readTrace(root *os.Root, name string, p *why.Process) error {
	p.Service, p.Instance = processOf(name)
	f, size, err := open(root, name, maxTraceBytes)
	if err != nil {
		return err
	}
	defer f.Close()
	file, err := exectrace.NewFile(f, size)
	if err == nil {
		p.Bytes = file.Size()
		p.Trace, err = exectrace.Read(file)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(root.Name(), name), err)
	}
	return nil
}

// open opens a file, no link out of the directory and nothing that is none.
func open(root *os.Root, name string, most int64) (*os.File, int64, error) {
	path := filepath.Join(root.Name(), name)
	if info, err := root.Stat(name); err != nil {
		return nil, 0, fmt.Errorf("%s: %w", path, err)
	} else if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%s is not a regular file", path) // opening a pipe would wait
	} else if info.Size() > most {
		return nil, 0, fmt.Errorf("%s has %d bytes: at most %d are read", path, info.Size(), most)
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", path, err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}
