// Package files keeps execution traces that people give in temporary files: a bounded number
// of them, with bounded bytes. The files have no names while they are open, where the system
// can do that, so that they end with the program, however that ends.
package files

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"crypto/rand"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
)

// Bounds are those of what is kept. Each that arrives has a file, too: up to four more.
type Bounds struct {
	File  int64 // bytes of one
	Bytes int64 // of all together; at least File
	Files int   // at least one
}

// mostArriving is how many may arrive at once.
const mostArriving = 4

// Files is an executions.Keeper. It is safe for concurrent use.
type Files struct {
	bounds   Bounds
	arriving chan struct{}

	mu     sync.Mutex
	all    []kept // the newest last
	closed bool
	counts executions.Kept
}

type kept struct {
	id, name string
	file     *os.File
	size     int64
}

// New returns one that keeps nothing yet.
func New(bounds Bounds) *Files {
	return &Files{bounds: bounds, arriving: make(chan struct{}, mostArriving)}
}

// Kept says how much there is.
func (f *Files) Kept() executions.Kept {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.counts
	c.MostFiles, c.MostBytes, c.LargestFile = f.bounds.Files, f.bounds.Bytes, f.bounds.File
	return c
}

// Sources returns what is kept, the newest first, for an executions.Opened.
func (f *Files) Sources() (list []executions.Source) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, k := range slices.Backward(f.all) {
		list = append(list, executions.Source{ID: k.id, Name: k.name, Size: k.size, Open: func(context.Context) (executions.Part, error) {
			whole, err := exectrace.NewFile(k.file, k.size)
			return executions.Part{Whole: whole}, err
		}})
	}
	return list
}

// Add keeps an execution trace, which it reads from r until that ends: see executions.Keeper.
func (f *Files) Add(ctx context.Context, name string, r io.Reader) (id string, err error) {
	select {
	case f.arriving <- struct{}{}:
		defer func() { <-f.arriving }()
	default:
		return "", fmt.Errorf("%d execution traces arrive already: try again in a moment", mostArriving)
	}
	name = cmp.Or(strings.TrimSpace(display.Text(name, 100)), "trace")
	file, err := temporary()
	if err != nil {
		return "", err
	}
	size, err := f.copy(ctx, file, r)
	if err == nil {
		if _, wrong := exectrace.NewFile(file, size); wrong != nil {
			err = &executions.Unreadable{Name: name, Err: wrong}
		}
	}
	k := kept{executions.NewID(name) + "-" + strings.ToLower(rand.Text()[:8]), name, file, size}
	if err == nil {
		err = f.keep(k)
	}
	if err != nil {
		discard(file)
		return "", err
	}
	return k.id, nil
}

// temporary is a file that ends with the program.
func temporary() (*os.File, error) {
	file, err := os.CreateTemp("", "tracelab-*.trace")
	if err != nil {
		return nil, fmt.Errorf("there is no place to keep it: %w. Start the server with TMPDIR set to a directory that it may write to", err)
	}
	os.Remove(file.Name()) // where open files keep their names, close removes it
	return file, nil
}

func discard(file *os.File) {
	file.Close()
	os.Remove(file.Name())
}

// copy writes what r has, a TooLarge where that is too much.
func (f *Files) copy(ctx context.Context, to io.Writer, r io.Reader) (int64, error) {
	from := &source{ctx: ctx, from: io.LimitReader(r, f.bounds.File+1)}
	size, err := io.Copy(to, from)
	switch {
	case from.err != nil:
		return 0, from.err
	case err != nil:
		return 0, fmt.Errorf("it cannot be kept: %w", err)
	case size > f.bounds.File:
		return 0, &executions.TooLarge{Most: f.bounds.File}
	}
	return size, nil
}

// source is what is read, until ctx ends.
type source struct {
	ctx  context.Context
	from io.Reader
	err  error // of reading, which is not one of writing
}

func (s *source) Read(b []byte) (n int, err error) {
	if err = s.ctx.Err(); err == nil {
		n, err = s.from.Read(b)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = fmt.Errorf("it did not arrive: %w", err)
		err = s.err
	}
	return n, err
}

// keep adds one, and lets go of the oldest until the others fit. Who looks at one of these can
// go on: its file is closed when nothing refers to it any more.
func (f *Files) keep(k kept) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return errors.New("the server ends")
	}
	f.all = append(f.all, k)
	f.counts.Files++
	f.counts.Bytes += k.size
	for f.counts.Files > f.bounds.Files || f.counts.Bytes > f.bounds.Bytes {
		oldest := f.all[0]
		f.all = slices.Delete(f.all, 0, 1)
		f.counts.Files--
		f.counts.Bytes -= oldest.size
		f.counts.LetGo++
		f.counts.LetGoBytes += oldest.size
		os.Remove(oldest.file.Name())
	}
	return nil
}

// Close removes all of them. What is open cannot be read any further, and nothing more is kept.
func (f *Files) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for _, k := range f.all {
		discard(k.file)
	}
	f.all, f.counts.Files, f.counts.Bytes = nil, 0, 0
}
