package spans

import (
	"context"
	"fmt"
	"os"
	"time"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/internal/archive"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/zipkin"
)

// Restore is tracelab restore.
type Restore struct {
	File   string `arg:"" help:"File that 'tracelab save' wrote, or an answer of a Zipkin's /api/v2/traces; - is the standard input."`
	source `embed:""`
}

// Help is shown by tracelab restore --help.
func (c *Restore) Help() string {
	return `A file is read to its end before anything is sent, so that a damaged one restores nothing. What the server has already is not stored again.

Examples:
  tracelab restore friday.json.gz
  curl -s 'http://zipkin:9411/api/v2/traces?limit=100' | tracelab restore -
  docker compose -f deploy/docker-compose.yml exec -T tracelab \
    tracelab restore - < friday.json`
}

// Run sends the spans of the file. The file is checked first; standard input cannot
// be, so that an error there comes after some were sent, and says how many.
func (c *Restore) Run(ctx context.Context, std cli.Streams) error {
	server, err := c.find(ctx)
	if err != nil {
		return err
	}
	name, spans := "the standard input", archive.Read(std.In)
	if c.File != "-" {
		name = c.File
		bar, err := checkFile(ctx, c.File)
		if err != nil {
			return err
		}
		defer bar.End()
		spans = archive.ReadFile(c.File, bar)
	}
	var sent sent
	for some, err := range spans {
		if err == nil {
			err = server.Report(ctx, some)
		}
		if err != nil {
			return fmt.Errorf("after %d spans: %w", sent.spans, err)
		}
		sent.add(some)
	}
	_, err = fmt.Fprintln(term.Text(std.Out), sent.summary(name, server))
	return err
}

// checkFile reads the file to its end and returns the progress of reading it
// twice.
func checkFile(ctx context.Context, path string) (bar term.Progress, err error) {
	var size int64 = -1
	if info, err := os.Stat(path); err == nil {
		size = 2 * info.Size()
	}
	bar = term.StartProgress(path, term.Bytes, size)
	for _, err := range archive.ReadFile(path, bar) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			bar.End()
			return bar, cli.Status{Code: cli.Usage, Err: fmt.Errorf("nothing is restored: %w", err)}
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
