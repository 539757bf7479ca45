package tracing

import "example.com/tracelab/tracing/reporter"

// DroppedNoCollector is the reason, in Stats.Dropped, where neither a Zipkin
// server nor a reporter was configured.
const DroppedNoCollector = "no_collector"

// Stats counts where every span of this process is. At every moment
//
//	Started = Sampled + NotSampled
//	Sampled = Open + Queued + Delivered + the sum of Dropped
type Stats struct {
	Started    uint64
	Sampled    uint64
	NotSampled uint64
	Open       uint64 // started and not yet ended

	// Stats counts the spans that ended, as the reporter does. Those that there was
	// no reporter for are among its Dropped.
	reporter.Stats

	BadHeaders uint64 // requests of whose trace headers not all was read: malformed, contradictory or too large
}

// Stats returns the counters as of now. Spans that a Config.Reporter without a
// method Stats was given count as open.
func (p *Provider) Stats() Stats {
	t := p.tracer
	var s Stats
	if r, ok := t.reporter.(interface{ Stats() reporter.Stats }); ok {
		s.Stats = r.Stats() // before the spans that it comes from, or there would be more ends than starts
	}
	if unreported := t.unreported.Load(); unreported > 0 {
		s.Accepted = unreported
		s.Dropped = map[string]uint64{DroppedNoCollector: unreported}
	}
	s.NotSampled, s.BadHeaders = t.notSampled.Load(), t.badHeaders.Load()
	s.Sampled = t.sampled.Load()
	s.Started = s.Sampled + s.NotSampled
	s.Open = s.Sampled - s.Accepted
	return s
}

// Counts returns what Stats returns.
//
// Deprecated: it is the name that Stats had first; use Stats.
func (p *Provider) Counts() Stats { return p.Stats() }
