package exec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/redact"
)

// source is the trace that a command reads. The argument is called TRACE.
type source struct {
	Trace string `arg:"" help:"A file or a pipe, a URL, or - for standard input."`
}

// maxDownload bounds what a URL or standard input may give.
const maxDownload = 4 << 30

// open returns the trace. Close it in the end.
func (s source) open(ctx context.Context, std cli.Streams) (*exectrace.File, error) {
	var file *exectrace.File
	var err error
	switch u, _ := url.Parse(s.Trace); {
	case s.Trace == "-":
		file, err = toFile(std.In, "standard input", -1)
	case u != nil && (u.Scheme == "http" || u.Scheme == "https"):
		return download(ctx, u)
	case isPipe(s.Trace):
		file, err = fromPipe(s.Trace)
	default:
		file, err = exectrace.Open(s.Trace)
	}
	if err != nil {
		return nil, cli.Status{Code: cli.Usage, Err: err}
	}
	return file, nil
}

// called is what people call the trace.
func (s source) called() string {
	if s.Trace == "-" {
		return "standard input"
	}
	return filepath.Base(redact.In(s.Trace))
}

// isPipe reports whether a path is that of a pipe, as of <(command) in a shell.
func isPipe(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&os.ModeNamedPipe != 0
}

func fromPipe(path string) (*exectrace.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return toFile(f, path, -1)
}

// asked is the part of a file that is asked for, with the times that are.
func asked(file *exectrace.File, p period, asGoTool bool) *exectrace.File {
	if asGoTool {
		file = file.AsGoTool()
	}
	return p.of(file)
}

// index opens the trace, indexes it and warns of lost parts.
func (s source) index(ctx context.Context, std cli.Streams, p period, asGoTool bool) (*exectrace.Trace, error) {
	return reading(ctx, s, std, p, asGoTool, withLosses(exectrace.Read))
}

// withLosses has a way to index a trace return the losses, too.
func withLosses(read func(*exectrace.File) (*exectrace.Trace, error)) func(*exectrace.File) (*exectrace.Trace, []exectrace.Loss, error) {
	return func(f *exectrace.File) (*exectrace.Trace, []exectrace.Loss, error) {
		t, err := read(f)
		if err != nil {
			return nil, nil, err
		}
		return t, t.Lost, nil
	}
}

func (s source) unreadable(err error) error {
	return cli.Status{Code: cli.Usage, Err: fmt.Errorf("%s: %w", s.Trace, err)}
}

// download records an execution trace in a service, which takes as many seconds
// as the URL says, or until ctx ends: what has come by then is a trace, too.
func download(ctx context.Context, u *url.URL) (*exectrace.File, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, cli.Status{Code: cli.Usage, Err: err}
	}
	stop := term.Wait("recording", seconds(u))
	resp, err := http.DefaultClient.Do(req)
	stop()
	if err != nil {
		return nil, cli.Status{Code: cli.Unreachable, Err: err}
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(resp.Body, 300))
		return nil, cli.Status{Code: cli.Unreachable, Err: fmt.Errorf("%s answered %s: %s", u, resp.Status, strings.TrimSpace(string(said)))}
	}
	file, err := toFile(&recording{ctx: ctx, from: resp.Body}, redact.URL(u), resp.ContentLength)
	if err != nil {
		return nil, cli.Status{Code: cli.Unreachable, Err: err}
	}
	return file, nil
}

// seconds is how long the recording that u requests takes; 0: u does not say.
func seconds(u *url.URL) time.Duration {
	n, _ := strconv.ParseFloat(u.Query().Get("seconds"), 64)
	return time.Duration(max(0, min(n, 3600)) * float64(time.Second))
}

// toFile writes what r has to a file without a name, since traces are larger
// than memory should be.
func toFile(r io.Reader, name string, size int64) (*exectrace.File, error) {
	f, err := os.CreateTemp("", "tracelab-*.trace")
	if err != nil {
		return nil, err
	}
	os.Remove(f.Name()) // where open files keep their names, it stays until the system clears it
	bar := term.StartProgress(name, term.Bytes, size)
	n, err := io.Copy(io.MultiWriter(f, bar), io.LimitReader(r, maxDownload+1))
	bar.End()
	if err == nil && n > maxDownload {
		err = errors.New("it has more than 4 GiB")
	}
	var file *exectrace.File
	if err == nil {
		file, err = exectrace.NewFile(f, n)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return file, nil
}

// reading opens the trace, has ask read the part of it that is asked for, and warns of lost
// parts.
func reading[T any](ctx context.Context, s source, std cli.Streams, p period, asGoTool bool, ask func(*exectrace.File) (T, []exectrace.Loss, error)) (T, error) {
	var answer T
	if err := p.check(); err != nil {
		return answer, err
	}
	file, err := s.open(ctx, std)
	if err != nil {
		return answer, err
	}
	defer file.Close()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(25) // an index is large and has few pointers: to collect often costs little
	}
	answer, lost, err := ask(asked(file, p, asGoTool))
	if err != nil {
		return answer, s.unreadable(err)
	}
	warn(std.Err, lost)
	return answer, nil
}
