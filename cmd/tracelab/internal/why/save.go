package why

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/tracelab/internal/archive"
	"example.com/tracelab/internal/atomicfile"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// The files of a directory.
const (
	spansFile   = "spans.json"
	savedFile   = "saved.json"
	traceSuffix = ".trace"
)

// saved is what a directory says of the save that wrote it. The next one replaces
// these files and touches no others.
type saved struct {
	TraceID string `json:"traceId"`
	// SpanID and StartUS are of the span that was explained, of which the execution traces
	// are. Empty: the longest request.
	SpanID  string   `json:"spanId,omitempty"`
	StartUS int64    `json:"start_us,omitempty"`
	Files   []string `json:"files"` // but for saved.json itself
}

// save writes what an answer was made from: the spans of its trace, and of each
// process the execution trace that was read for it. Whatever services call themselves, the files are
// in dir. They replace those of an earlier save together, when all of them are there.
func save(ctx context.Context, client *labapi.Client, dir string, answer *labapi.Explanation, asked subject) error {
	id, err := zipkin.ParseTraceID(answer.TraceID)
	if err != nil {
		return fmt.Errorf("the server explains trace %q: %w", display.Line(answer.TraceID), err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	s, err := newSaving(root)
	if err != nil {
		return err
	}
	defer s.group.Discard()
	s.write(spansFile, func(w io.Writer) error {
		_, err := archive.Write(w, client.Trace(ctx, id))
		return err
	})
	for _, x := range answer.Snapshots {
		s.write(traceName(x.Service, x.Instance), func(w io.Writer) error { return client.DownloadSnapshot(ctx, x.ID, id, w) })
	}
	of := saved{TraceID: answer.TraceID}
	if asked.span.ID != 0 || answer.Requests > 1 {
		of.SpanID, of.StartUS = answer.SpanID, answer.StartUS
	}
	return s.end(of)
}

// saving is a save under way.
type saving struct {
	root    *os.Root
	group   *atomicfile.Group
	earlier []string // files of an earlier save
	files   []string
	failed  error // the first error: nothing is written after it
}

func newSaving(root *os.Root) (*saving, error) {
	earlier, err := readSaved(root)
	if errors.Is(err, fs.ErrNotExist) {
		return &saving{root: root, group: atomicfile.NewGroup(root)}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: name another directory", err)
	}
	return &saving{root: root, group: atomicfile.NewGroup(root), earlier: append(earlier.Files, savedFile)}, nil
}

func (s *saving) write(name string, write func(io.Writer) error) {
	if s.failed != nil {
		return
	}
	if _, err := s.root.Lstat(name); err == nil && !slices.Contains(s.earlier, name) {
		s.failed = fmt.Errorf("%s is of no earlier save: name another directory", filepath.Join(s.root.Name(), name))
		return
	}
	s.failed = s.group.Write(name, atomicfile.Private, write)
	s.files = append(s.files, name)
}

// end puts the files in their places, and removes those of the earlier save that
// have no successor.
func (s *saving) end(of saved) error {
	of.Files = s.files
	text, err := json.MarshalIndent(of, "", "  ")
	if err != nil {
		return err
	}
	s.write(savedFile, func(w io.Writer) error {
		_, err := w.Write(append(text, '\n'))
		return err
	})
	if s.failed != nil {
		return s.failed
	}
	for _, name := range s.earlier {
		if info, err := s.root.Lstat(name); err == nil && info.Mode().IsRegular() && !slices.Contains(s.files, name) {
			s.group.Remove(name)
		}
	}
	return s.group.Commit()
}

// maxSavedBytes bounds saved.json.
const maxSavedBytes = 1 << 20

// readSaved reads which files a save wrote.
func readSaved(root *os.Root) (s saved, err error) {
	path := filepath.Join(root.Name(), savedFile)
	f, _, err := open(root, savedFile, maxSavedBytes)
	if err != nil {
		return s, err
	}
	defer f.Close()
	if err := json.NewDecoder(f).Decode(&s); err != nil || s.TraceID == "" {
		return s, fmt.Errorf("%s is not what a save writes there", path)
	}
	for _, name := range s.Files {
		if name != spansFile && (!strings.HasSuffix(name, traceSuffix) || filepath.Base(name) != name) {
			return s, fmt.Errorf("%s names %q, which no save writes", path, display.Line(name))
		}
	}
	return s, nil
}

// savedSpan is the span whose explanation a save wrote the files of; zero: it does not say.
func savedSpan(root *os.Root) (at zipkin.SpanAt, err error) {
	s, err := readSaved(root)
	if errors.Is(err, fs.ErrNotExist) || err == nil && s.SpanID == "" {
		return at, nil
	}
	if err != nil {
		return at, err
	}
	if at.ID, err = labapi.ParseSpanID(s.SpanID); err != nil {
		return at, fmt.Errorf("%s: %w", filepath.Join(root.Name(), savedFile), err)
	}
	at.Timestamp = max(s.StartUS, 0)
	return at, nil
}

// traceName is the file of a process. The last hyphen divides the two names, in
// which all that means something in the name of a file is escaped.
func traceName(service, instance string) string {
	return escape(service) + "-" + strings.ReplaceAll(escape(instance), "-", "%2D") + traceSuffix
}

// escape is url.PathEscape, for names that may be those of hidden files, or of
// devices and streams of other systems.
func escape(name string) string {
	return strings.NewReplacer(".", "%2E", ":", "%3A", "*", "%2A", "|", "%7C", "~", "%7E").Replace(url.PathEscape(name))
}

// processOf reads the name of a file back.
func processOf(name string) (service, instance string) {
	text := strings.TrimSuffix(name, traceSuffix)
	at := strings.LastIndexByte(text, '-')
	if at < 0 {
		return unescape(text), ""
	}
	return unescape(text[:at]), unescape(text[at+1:])
}

func unescape(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}
