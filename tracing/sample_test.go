package tracing

import (
	"math"
	"math/rand/v2"
	"testing"

	"go.opencensus.io/trace"
)

func TestParseSampler(t *testing.T) {
	for in, want := range map[string]string{"": "always", "always": "always", "never": "never", "1": "always", "0": "never", "0.25": "0.25", "1e-3": "0.001"} {
		s, err := ParseSampler(in)
		if err != nil || s.String() != want {
			t.Errorf("ParseSampler(%q) = %s, %v; want %s", in, s, err, want)
		}
	}
	for _, in := range []string{"sometimes", "-0.1", "1.1", "NaN", "Inf", "10%"} {
		if s, err := ParseSampler(in); err == nil {
			t.Errorf("ParseSampler(%q) = %s; want an error", in, s)
		}
	}
}

// TestFractionIsHonest draws ids of both widths. The bound is five standard
// deviations: a right sampler fails once in two million runs, one that reads
// the wrong half of a 64-bit id always.
func TestFractionIsHonest(t *testing.T) {
	const n = 100_000
	for _, wide := range []bool{true, false} {
		for _, fraction := range []string{"0.01", "0.1", "0.5", "0.9"} {
			s, err := ParseSampler(fraction)
			if err != nil {
				t.Fatal(err)
			}
			kept := 0
			for range n {
				if s.decide(trace.SamplingParameters{TraceID: randomID(wide)}).Sample {
					kept++
				}
			}
			want := s.fraction * n
			if off := math.Abs(float64(kept) - want); off > 5*math.Sqrt(want*(1-s.fraction)) {
				t.Errorf("128-bit %v, fraction %s: kept %d of %d", wide, fraction, kept, n)
			}
		}
	}
}

func randomID(wide bool) (id trace.TraceID) {
	for i := range id {
		if wide || i >= 8 {
			id[i] = byte(rand.Uint32())
		}
	}
	return id
}

func TestTheCallersDecisionStands(t *testing.T) {
	for _, name := range []string{"always", "never", "0.5"} {
		s, err := ParseSampler(name)
		if err != nil {
			t.Fatal(err)
		}
		for state, want := range map[string]bool{"1": true, "0": false, "d": true} {
			parent, _ := ParseB3(id128 + "-" + span1 + "-" + state)
			if got := s.decide(trace.SamplingParameters{ParentContext: parent, TraceID: parent.TraceID}); got.Sample != want {
				t.Errorf("sampler %s, caller said %s: %v", name, state, got.Sample)
			}
		}
	}
}
