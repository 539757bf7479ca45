package stack

import (
	"errors"
	"fmt"
	"io"
	"os"

	"example.com/tracelab/internal/archive"
	"example.com/tracelab/internal/cli"
)

// load fills the store from the file to keep it in. What would keep the file
// from being written ends the start, rather than lose the traces at the end.
func (s *pieces) load() error {
	if s.cfg.Keep == "" {
		return nil
	}
	if s.cfg.Zipkin != "" {
		return wrongKeep("--keep %s: the traces are in the Zipkin at %s; save them with 'tracelab save'", s.cfg.Keep, s.cfg.Zipkin)
	}
	if err := archive.CheckWritable(s.cfg.Keep); err != nil {
		return wrongKeep("--keep: %w", err)
	}
	if info, err := os.Stat(s.cfg.Keep); err == nil && info.Size() > 1<<20 {
		s.cfg.Logf("loading %s", s.cfg.Keep)
	}
	for spans, err := range archive.ReadFile(s.cfg.Keep, io.Discard) {
		if errors.Is(err, os.ErrNotExist) {
			return nil // it will be made
		}
		if err != nil {
			return wrongKeep("--keep: %w; the file stays as it is: repair it, move it away or name another", err)
		}
		s.store.Add(spans)
	}
	if n := s.store.Stats().Spans; n > 0 {
		s.cfg.Logf("%d spans loaded from %s", n, s.cfg.Keep)
	}
	return nil
}

// wrongKeep is an error of a file that cannot be the one to keep traces in.
func wrongKeep(format string, args ...any) error {
	return cli.Status{Code: cli.Usage, Err: fmt.Errorf(format, args...)}
}

// save keeps what the store holds once all that reports has ended.
func (s *pieces) save() error {
	if s.cfg.Keep == "" {
		return nil
	}
	n, err := archive.Save(s.cfg.Keep, archive.Of(s.store.All()))
	if err != nil {
		return fmt.Errorf("--keep: %w", err)
	}
	s.cfg.Logf("%d spans saved to %s", n, s.cfg.Keep)
	return nil
}
