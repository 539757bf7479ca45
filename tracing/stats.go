package tracing

// dropNoCollector is the reason where no Zipkin was configured.
const dropNoCollector = "no_collector"

// Counts tells where every span of this process is. At every moment
//
//	Started = Sampled + NotSampled
//	Sampled = Open + Queued + Delivered + the sum of Dropped
type Counts struct {
	Started    uint64
	Sampled    uint64
	NotSampled uint64
	Open       uint64 // started and not yet ended
	Queued     uint64 // ended, and waiting or on their way
	Delivered  uint64 // taken by the collector
	Dropped    map[string]uint64

	BadHeaders uint64 // requests whose trace headers could not be read, or were too large
}

// Counts returns the counters as of now. With a reporter of the caller's own,
// what became of spans is for that one to say, and they count as open.
func (t *Tracing) Counts() Counts {
	var reported Stats
	if t.reporter != nil {
		reported = t.reporter.Stats() // before the spans that it comes from, or there would be more ends than starts
	}
	c := Counts{
		Queued: reported.Queued, Delivered: reported.Delivered, Dropped: reported.Dropped,
		NotSampled: t.tracer.notSampled.Load(), BadHeaders: t.tracer.badHeaders.Load(),
	}
	nowhere := t.tracer.unreported.Load()
	c.Sampled = t.tracer.sampled.Load()
	c.Started = c.Sampled + c.NotSampled
	c.Open = c.Sampled - reported.Accepted - nowhere
	if nowhere > 0 {
		c.Dropped = map[string]uint64{dropNoCollector: nowhere}
	}
	return c
}
