package reporter

import (
	"maps"
	"time"

	"example.com/tracelab/redact"
)

// logRetry logs, once a minute at most, that the collector does not take spans.
func (r *Reporter) logRetry(err error) {
	if time.Since(r.sender.warnedAt) < time.Minute {
		return
	}
	r.sender.warnedAt = time.Now()
	r.cfg.Logger.Warn("spans wait: the collector does not take them; trying again", "err", err)
}

// logLosses logs, once a minute at most, how many spans were lost, and for which
// reasons all so far, as in Stats.
func (r *Reporter) logLosses() {
	r.mu.Lock()
	lost := r.unlogged
	if lost == 0 || time.Since(r.loggedAt) < time.Minute {
		r.mu.Unlock()
		return
	}
	r.unlogged, r.loggedAt = 0, time.Now()
	reasons := maps.Clone(r.stats.Dropped)
	r.mu.Unlock()
	about := []any{"count", lost, "collector", redact.Text(r.url), "dropped", reasons}
	if r.sender.rejection != nil {
		about = append(about, "refusal", r.sender.rejection)
		r.sender.rejection = nil
	}
	r.cfg.Logger.Warn("spans were lost", about...)
}
