package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"

	"example.com/tracelab/internal/zipkin"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"example.com/tracelab/internal/archive"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/server"
	"example.com/tracelab/internal/zipkinapi"
)

// keeper has spans, and takes some.
type keeper interface {
	All(context.Context) archive.Spans
	Report(context.Context, []zipkin.Span) error
}

// spanServer is a keeper with its URL, and with that of our UI if it has one.
type spanServer struct {
	keeper
	url, ui string
}

// findSpans finds the tracelab server at url, or the Zipkin that is there, or
// one of the usual servers when url is empty.
func findSpans(ctx context.Context, url string) (spanServer, error) {
	found, err := server.Find(ctx, url)
	if err == nil {
		return spanServer{found, found.URL(), found.URL()}, nil
	}
	if url != "" {
		zipkin, wrong := zipkinapi.NewClient(url, &http.Client{Timeout: time.Minute})
		if wrong != nil {
			return spanServer{}, cli.Status{Code: cli.Usage, Err: fmt.Errorf("--server: %w", wrong)}
		}
		if zipkin.Health(ctx) == nil {
			return spanServer{zipkin, zipkin.URL().String(), ""}, nil
		}
	}
	return spanServer{}, cli.Status{Code: cli.Unreachable, Err: err}
}

// progress draws how far something is, for people only.
func progress(total int64, what string, more ...progressbar.Option) *progressbar.ProgressBar {
	return progressbar.NewOptions64(total, append([]progressbar.Option{
		progressbar.OptionSetDescription(what),
		progressbar.OptionSetWriter(os.Stderr),
		progressbar.OptionSetVisibility(term.IsTerminal(int(os.Stderr.Fd()))),
		progressbar.OptionThrottle(100 * time.Millisecond),
		progressbar.OptionShowCount(),
		progressbar.OptionShowIts(),
		progressbar.OptionSetItsString("spans"),
		progressbar.OptionClearOnFinish(),
	}, more...)...)
}

// checkFile reads the file to its end and returns the progress of reading it
// twice.
func checkFile(ctx context.Context, path string) (*progressbar.ProgressBar, error) {
	var size int64 = -1
	if info, err := os.Stat(path); err == nil {
		size = 2 * info.Size()
	}
	bar := progress(size, path, progressbar.OptionShowBytes(true))
	for _, err := range archive.ReadFile(path, bar) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			bar.Finish()
			return nil, fmt.Errorf("nothing is restored: %w", err)
		}
	}
	return bar, nil
}

// sent is what was restored.
type sent struct {
	spans    int
	earliest int64 // µs; zero: no span has a time
}

func (s *sent) add(spans []zipkin.Span) {
	s.spans += len(spans)
	for i := range spans {
		if at := spans[i].Timestamp; at != 0 && (s.earliest == 0 || at < s.earliest) {
			s.earliest = at
		}
	}
}

// summary says what was done, and where to look: a search does not go back far
// enough by itself.
func (s *sent) summary(file string, to spanServer) string {
	text := fmt.Sprintf("%d spans of %s sent to %s", s.spans, file, to.url)
	if s.earliest == 0 {
		return text
	}
	first := time.UnixMicro(s.earliest)
	text += "; the first began " + first.Format(time.DateTime)
	if to.ui != "" {
		const day = 24 * time.Hour
		text += fmt.Sprintf("\n  %s/?lookback=%dd&limit=1000", to.ui, max(time.Since(first), 0)/day+1)
	}
	return text
}
