package tracing

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"

	"go.opencensus.io/trace"
)

// A Sampler decides which new traces are recorded. A trace that began
// elsewhere keeps the decision that came with it, whatever the Sampler says.
type Sampler struct {
	fraction float64
}

// ParseSampler reads "always" (or ""), "never", or the fraction of traces to
// record, from 0 to 1.
func ParseSampler(s string) (Sampler, error) {
	switch s {
	case "always", "":
		return Sampler{fraction: 1}, nil
	case "never":
		return Sampler{}, nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || f < 0 || f > 1 {
		return Sampler{}, fmt.Errorf("sampler %q: want always, never or a fraction between 0 and 1 such as 0.1", s)
	}
	return Sampler{fraction: f}, nil
}

// String is the form that ParseSampler reads.
func (s Sampler) String() string {
	switch s.fraction {
	case 1:
		return "always"
	case 0:
		return "never"
	}
	return strconv.FormatFloat(s.fraction, 'g', -1, 64)
}

// decide is an OpenCensus sampler. OpenCensus asks it for roots and for remote
// parents; local children inherit.
func (s Sampler) decide(p trace.SamplingParameters) trace.SamplingDecision {
	if p.ParentContext.TraceOptions&decided != 0 {
		return trace.SamplingDecision{Sample: p.ParentContext.IsSampled()}
	}
	return trace.SamplingDecision{Sample: s.samples(p.TraceID)}
}

// samples hashes nothing: ids are random. It reads the low 64 bits, which a
// client with 64-bit ids fills too (OpenCensus's own sampler reads the high
// ones and so records every trace of such a client), and compares 63 of them,
// so that services with one fraction decide alike.
func (s Sampler) samples(id trace.TraceID) bool {
	if s.fraction >= 1 {
		return true
	}
	return binary.BigEndian.Uint64(id[8:])>>1 < uint64(s.fraction*(1<<63))
}
