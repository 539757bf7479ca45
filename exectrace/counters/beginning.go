package counters

import (
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/container"
)

// beginning is when a trace began: with its first event, or, of what File.Between returns,
// before that.
type beginning struct {
	at    int64
	known bool
}

func beginningOf(f *exectrace.File) beginning {
	s := container.Of(f).Span
	if s == nil {
		return beginning{}
	}
	return beginning{s.Began, true}
}

// since is how long after the beginning a moment is.
func (b *beginning) since(at int64) time.Duration {
	if !b.known {
		*b = beginning{at, at > 0} // before Go 1.22 a Sync precedes it, at -1
	}
	return time.Duration(at - b.at)
}
