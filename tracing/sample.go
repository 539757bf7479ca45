package tracing

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"go.opencensus.io/trace"

	"example.com/tracelab/tracing/propagation"
	"example.com/tracelab/tracing/rules"
)

// A Sampler decides which new traces are recorded. A trace that began
// elsewhere keeps the decision that came with it, whatever the Sampler would decide;
// one whose beginner left the decision open is decided like a new one.
//
// OpenCensus's own propagation and trace.StartSpanWithRemoteParent tell a decision
// against a trace from none as little as OpenCensus does: a parent that is sampled
// stays so, and one that is not is decided like a new trace.
//
// A Sampler with a rate counts, so one Sampler is for one process.
type Sampler struct {
	text  string
	rules rules.ByRoute[decision] // by the name of the span that asks
}

// decision is one rule: a share of all traces, or so many a second.
type decision struct {
	fraction float64
	rate     *rateLimit // instead of fraction, when not nil
}

const samplerForms = "want always, never, a fraction such as 0.1, a rate such as 5/s, " +
	"or rules for routes before one for the rest: GET /visit=0.1; POST /visits=5/s; always"

// ParseSampler reads what traces to record:
//
//	always                                    all of them; so does ""
//	never                                     none
//	0.1                                       a tenth of them, the same tenth in every service
//	5/s                                       at most five a second
//	GET /visit=0.1; POST /visits=5/s; always  by route, that is by the name of a trace's first span here
//
// That name is the one that the span begins with: Handler says when it has the
// route in it. A rule that no span's name is equal to has no effect.
//
// Without a rule for the rest, the rest is always recorded.
func ParseSampler(s string) (*Sampler, error) {
	text := strings.TrimSpace(s)
	if text == "" {
		text = "always"
	}
	byRoute, err := rules.Parse(text, decision{fraction: 1}, parseDecision)
	if err != nil {
		return nil, fmt.Errorf("sampler %q: %w: %s", s, err, samplerForms)
	}
	return &Sampler{text, byRoute}, nil
}

func parseDecision(s string) (decision, error) {
	switch s {
	case "always":
		return decision{fraction: 1}, nil
	case "never":
		return decision{}, nil
	}
	if number, ok := strings.CutSuffix(s, "/s"); ok {
		rate, err := strconv.ParseFloat(number, 64)
		if err != nil || math.IsNaN(rate) || rate <= 0 || rate > 1e6 {
			return decision{}, fmt.Errorf("%q is no decision", s)
		}
		return decision{rate: newRateLimit(rate)}, nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || f < 0 || f > 1 {
		return decision{}, fmt.Errorf("%q is no decision", s)
	}
	return decision{fraction: f}, nil
}

// String is the form that ParseSampler read.
func (s *Sampler) String() string { return s.text }

// byRoute reports whether the name of a span matters.
func (s *Sampler) byRoute() bool { return s.rules.Routes() > 0 }

// decide is an OpenCensus sampler.
func (s *Sampler) decide(p trace.SamplingParameters) trace.SamplingDecision {
	if o := p.ParentContext.TraceOptions; o&(propagation.Decided|propagation.Sampled) != 0 {
		return trace.SamplingDecision{Sample: o.IsSampled()}
	}
	d := s.rules.Of(p.Name)
	if d.rate != nil {
		return trace.SamplingDecision{Sample: d.rate.allow(time.Now())}
	}
	return trace.SamplingDecision{Sample: d.samples(p.TraceID)}
}

// samples hashes nothing: ids are random. It reads the low 64 bits, which a
// client with 64-bit ids fills too (OpenCensus's own sampler reads the high
// ones and so records every trace of such a client), and compares 63 of them,
// so that services with one fraction decide alike.
func (d decision) samples(id trace.TraceID) bool {
	if d.fraction >= 1 {
		return true
	}
	return binary.BigEndian.Uint64(id[8:])>>1 < uint64(d.fraction*(1<<63))
}
