package files_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/executions/files"
	"example.com/tracelab/internal/testbed/workload"
)

var recordOnce = sync.OnceValues(func() ([]byte, error) { return workload.Record("tasks", 1) })

func trace(t *testing.T) []byte {
	t.Helper()
	b, err := recordOnce()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// begin returns what keeps files in a directory of its own, which has none with a name in the
// end.
func begin(t *testing.T, bounds files.Bounds) *files.Files {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	f := files.New(bounds)
	t.Cleanup(func() {
		f.Close()
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("there are files left: %v", left)
		}
	})
	return f
}

var wide = files.Bounds{File: 1 << 30, Bytes: 1 << 30, Files: 16}

func add(t *testing.T, f *files.Files, name string, b []byte) string {
	t.Helper()
	id, err := f.Add(t.Context(), name, bytes.NewReader(b))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return id
}

func TestWhatIsGivenCanBeOpened(t *testing.T) {
	f, b := begin(t, wide), trace(t)
	library := executions.New(1<<30, f.Sources)
	whole, cut := add(t, f, "a.out", b), add(t, f, "cut.out", b[:len(b)-1000])
	for _, id := range []string{whole, cut} {
		if e, err := library.Open(t.Context(), id); err != nil || e.Summary.Goroutines.Seen == 0 {
			t.Errorf("%s: %+v, %v", id, e, err)
		}
	}
	if l := library.List(); len(l) != 2 || l[0].ID != cut || l[1].Name != "a.out" || l[1].Size != int64(len(b)) {
		t.Errorf("the list is %+v, want the newest first", l)
	}
	if k := f.Kept(); k.Files != 2 || k.Bytes != int64(2*len(b)-1000) || k.LetGo != 0 || k.LargestFile != wide.File {
		t.Errorf("%+v", k)
	}
}

func TestNamesAreText(t *testing.T) {
	f, b := begin(t, wide), trace(t)
	for _, name := range []string{"", "\x00\x1b[31m", "../../etc/passwd", "a\u202eb", strings.Repeat("x", 5000), "<script>"} {
		add(t, f, name, b)
	}
	seen := map[string]bool{}
	for _, s := range f.Sources() {
		if s.Name == "" || len(s.Name) > 400 || strings.ContainsAny(s.Name, "\x00\x1b\u202e") || strings.Trim(s.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || seen[s.ID] {
			t.Errorf("name %q, id %q", s.Name, s.ID)
		}
		seen[s.ID] = true
	}
}

// TestWhatIsNotKept leaves nothing behind, and says why.
func TestWhatIsNotKept(t *testing.T) {
	b := trace(t)
	f := begin(t, files.Bounds{File: int64(len(b)), Bytes: 1 << 30, Files: 16})
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx  context.Context
		from io.Reader
		want string
	}{
		"empty":    {nil, strings.NewReader(""), "it is empty"},
		"foreign":  {nil, strings.NewReader("\x7fELF and more of a program"), "it is no Go execution trace"},
		"packed":   {nil, strings.NewReader("\x1f\x8b\x08\x00 and more"), "gunzip"},
		"header":   {nil, bytes.NewReader(b[:7]), "within its header"},
		"large":    {nil, io.MultiReader(bytes.NewReader(b), strings.NewReader("x")), "tracelab exec view FILE"},
		"broken":   {nil, iotest.ErrReader(errors.New("the wire is cut")), "the wire is cut"},
		"canceled": {canceled, bytes.NewReader(b), "context canceled"},
	} {
		if c.ctx == nil {
			c.ctx = t.Context()
		}
		id, err := f.Add(c.ctx, name, c.from)
		_, unreadable := errors.AsType[*executions.Unreadable](err)
		_, large := errors.AsType[*executions.TooLarge](err)
		if err == nil || !strings.Contains(err.Error(), c.want) || large != (name == "large") || unreadable != strings.Contains("empty foreign packed header", name) {
			t.Errorf("%s: %q, %v", name, id, err)
		}
	}
	if k := f.Kept(); k.Files != 0 || k.Bytes != 0 || len(f.Sources()) != 0 {
		t.Errorf("%+v", k)
	}
	add(t, f, "as large as it may be", b)
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	if _, err := f.Add(t.Context(), "a", bytes.NewReader(b)); err == nil || !strings.Contains(err.Error(), "TMPDIR") {
		t.Errorf("without a place: %v", err)
	}
	f.Close()
	if _, err := f.Add(t.Context(), "a", bytes.NewReader(b)); err == nil || f.Kept().Files != 0 {
		t.Errorf("after the end: %v, %+v", err, f.Kept())
	}
}

// TestTheOldestAreLetGo, with a count; who has one open can go on.
func TestTheOldestAreLetGo(t *testing.T) {
	b := trace(t)
	for name, bounds := range map[string]files.Bounds{
		"by number": {File: 1 << 30, Bytes: 1 << 30, Files: 2},
		"by bytes":  {File: int64(len(b)), Bytes: int64(len(b)) * 5 / 2, Files: 16},
	} {
		t.Run(name, func(t *testing.T) {
			f := begin(t, bounds)
			library := executions.New(1<<30, f.Sources)
			first := add(t, f, "1", b)
			open, err := library.Open(t.Context(), first)
			if err != nil {
				t.Fatal(err)
			}
			add(t, f, "2", b)
			last := add(t, f, "3", b)
			if k := f.Kept(); k.Files != 2 || k.LetGo != 1 || k.LetGoBytes != int64(len(b)) || k.Bytes != int64(2*len(b)) {
				t.Errorf("%+v", k)
			}
			if _, err := library.Open(t.Context(), first); !errors.Is(err, executions.ErrUnknown) {
				t.Errorf("the oldest: %v", err)
			}
			if _, err := library.Open(t.Context(), last); err != nil {
				t.Error(err)
			}
			if _, err := open.File.ReadAt(make([]byte, 100), 0); err != nil {
				t.Errorf("who has it open: %v", err)
			}
		})
	}
}

// TestSeveralAtOnce arrive side by side, and no more than four.
func TestSeveralAtOnce(t *testing.T) {
	f, b := begin(t, wide), trace(t)
	var group sync.WaitGroup
	var bodies []*io.PipeWriter
	for range 4 {
		r, w := io.Pipe()
		bodies = append(bodies, w)
		group.Go(func() {
			if _, err := f.Add(t.Context(), "a", r); err != nil {
				t.Error(err)
			}
		})
		w.Write(b[:10]) // which is read
	}
	if _, err := f.Add(t.Context(), "fifth", bytes.NewReader(b)); err == nil || !strings.Contains(err.Error(), "arrive already") {
		t.Errorf("of a fifth: %v", err)
	}
	for _, w := range bodies {
		w.Write(b[10:])
		w.Close()
	}
	group.Wait()
	add(t, f, "fifth", b)
	if k := f.Kept(); k.Files != 5 {
		t.Errorf("%+v", k)
	}
}
