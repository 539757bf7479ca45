package trace

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"example.com/tracelab/cmd/tracelab/internal/source"
	"example.com/tracelab/internal/analysis/collect"
	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/analysis/report"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// subject is the request that a verb shows.
type subject struct {
	Of      string `arg:"" optional:"" name:"id|file" help:"The trace: its id of 16 or 32 digits, a URL that ends in it, or a file of Zipkin's JSON; - is the standard input. Default: --last."`
	Span    string `arg:"" optional:"" help:"One of its spans, 16 digits: its request is shown. Default: the longest request."`
	Trace   string `help:"Of several traces in FILE, the one with this id." placeholder:"ID"`
	Slowest bool   `help:"The slowest request of the last ten minutes, or of FILE."`
	Last    bool   `help:"The request that began last, or the last of FILE."`

	source.Flags `embed:""`
}

// within is how long ago a request began at most that is looked for.
const within = 10 * time.Minute

// path finds the request and its critical path.
func (s *subject) path(ctx context.Context, std cli.Streams) (*labapi.CriticalPath, error) {
	var span zipkin.SpanID
	if s.Span != "" {
		var err error
		if span, err = labapi.ParseSpanID(strings.ToLower(s.Span)); err != nil {
			return nil, usage("SPAN %.40q: want 16 hexadecimal digits", s.Span)
		}
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	if s.Of == "" && s.ZipkinURL == "" {
		return s.chosenByServer(ctx)
	}
	spans, growing, err := s.spans(ctx, std)
	if err != nil {
		return nil, err
	}
	path, err := report.Path(critical.Of(spans, critical.Options{}), span)
	if err == nil && growing {
		path.Warnings = append(path.Warnings, collect.GrowingWarning)
	}
	return path, err
}

func usage(format string, args ...any) error {
	return cli.Status{Code: cli.Usage, Err: fmt.Errorf(format, args...)}
}

// check says which flags do not go with each other.
func (s *subject) check() error {
	_, isID := parseTrace(s.Of)
	file := s.Of != "" && !isID
	switch {
	case s.Slowest && s.Last:
		return usage("want one of --slowest and --last")
	case isID && (s.Slowest || s.Last || s.Trace != ""):
		return usage("%.40s names the trace: leave out --slowest, --last and --trace, which choose one of several", s.Of)
	case !file && s.Trace != "":
		return usage("--trace chooses a trace of FILE; a server is asked for it by its id alone: %.40s", s.Trace)
	}
	return nil
}

// spans are those of the trace; growing says that some may come yet.
func (s *subject) spans(ctx context.Context, std cli.Streams) (spans []zipkin.Span, growing bool, err error) {
	if s.Of == "" {
		return s.chosen(ctx)
	}
	if id, isID := parseTrace(s.Of); isID {
		return s.Flags.Trace(ctx, id)
	}
	spans, err = s.ofFile(std)
	return spans, false, err
}

// parseTrace reads an id, or a URL whose path ends in one.
func parseTrace(text string) (zipkin.TraceID, bool) {
	id := text
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		path := strings.TrimSuffix(u.Path, "/")
		id = path[strings.LastIndexByte(path, '/')+1:]
	}
	parsed, err := labapi.ParseTraceID(strings.ToLower(id))
	return parsed, err == nil
}

// chosen are those of the trace that is looked for in a Zipkin.
func (s *subject) chosen(ctx context.Context) ([]zipkin.Span, bool, error) {
	reader, err := s.Reader(ctx)
	if err != nil {
		return nil, false, err
	}
	choose := zipkinapi.Latest
	if s.Slowest {
		choose = zipkinapi.Slowest
	}
	spans, err := choose(ctx, reader, within)
	if errors.Is(err, zipkinapi.ErrNotFound) {
		return nil, false, cli.Status{Code: cli.Negative, Err: fmt.Errorf("no request of the last %.0f minutes is stored: make one, or name a trace", within.Minutes())}
	}
	if err != nil {
		return nil, false, err
	}
	return s.Flags.Trace(ctx, spans[0].TraceID)
}

// chosenByServer is the path of the trace that a tracelab server chooses.
func (s *subject) chosenByServer(ctx context.Context) (*labapi.CriticalPath, error) {
	client, err := s.Find(ctx)
	if err != nil {
		return nil, err
	}
	if s.Slowest {
		return client.PathSlowest(ctx)
	}
	return client.PathLast(ctx)
}

func (s *subject) ofFile(std cli.Streams) ([]zipkin.Span, error) {
	c := choice{named: s.Of, slowest: s.Slowest, last: s.Last}
	traces := source.Read(std.In, "the standard input")
	if s.Of != "-" {
		if _, err := os.Stat(s.Of); err != nil {
			return nil, usage("%.200q is no file, and no id of a trace, which has 16 or 32 hexadecimal digits: %w", s.Of, err)
		}
		traces = source.File(s.Of)
	} else {
		c.named = "the standard input"
	}
	if s.Trace != "" {
		id, ok := parseTrace(s.Trace)
		if !ok {
			return nil, usage("--trace %.40q: want 16 or 32 hexadecimal digits", s.Trace)
		}
		c.id = id
	}
	return c.from(traces)
}
