package tracing

import (
	"math"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"go.opencensus.io/trace"

	"example.com/tracelab/tracing/propagation"
)

func TestParseSampler(t *testing.T) {
	for in, want := range map[string]string{"": "always", "always": "always", "never": "never", "0.25": "0.25", "5/s": "5/s",
		" GET /visit=0.1; POST /visits=5/s; never ": "GET /visit=0.1; POST /visits=5/s; never", "GET /visit=never": "GET /visit=never"} {
		s, err := ParseSampler(in)
		if err != nil || s.String() != want {
			t.Errorf("ParseSampler(%q) = %s, %v; want %s", in, s, err, want)
		}
	}
	for _, in := range []string{"sometimes", "-0.1", "1.1", "NaN", "Inf", "10%", "0/s", "-1/s", "NaN/s", "1e9/s", "always; never",
		"always; GET /=never", "GET /=0.1; GET /=0.2", "GET /=", "GET /=0.1;", ";"} {
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
			want := s.rules.Of("").fraction * n
			if off := math.Abs(float64(kept) - want); off > 5*math.Sqrt(want*(1-s.rules.Of("").fraction)) {
				t.Errorf("128-bit %v, fraction %s: kept %d of %d", wide, fraction, kept, n)
			}
		}
	}
}

// TestServicesDecideAlike checks that a fraction keeps the same traces
// everywhere, and that a larger one keeps all that a smaller one does.
func TestServicesDecideAlike(t *testing.T) {
	a, _ := ParseSampler("0.2")
	b, _ := ParseSampler("GET /visit=0.2; never")
	more, _ := ParseSampler("0.3")
	for range 10_000 {
		p := trace.SamplingParameters{TraceID: randomID(true), Name: "GET /visit"}
		here, there := a.decide(p).Sample, b.decide(p).Sample
		if here != there || here && !more.decide(p).Sample {
			t.Fatalf("trace %s: %v here, %v there, %v at 0.3", p.TraceID, here, there, more.decide(p).Sample)
		}
	}
}

func TestRoutesHaveRulesOfTheirOwn(t *testing.T) {
	s, err := ParseSampler("GET /healthz=never; POST /visits=always; never")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"GET /healthz": false, "POST /visits": true, "GET /visit": false} {
		if got := s.decide(trace.SamplingParameters{Name: name, TraceID: randomID(true)}).Sample; got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestARateIsKept runs on a clock of its own: ten seconds of a flood, a pause,
// and a second flood.
func TestARateIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for rate, text := range map[float64]string{0.5: "0.5/s", 5: "5/s", 300: "300/s"} {
			s, err := ParseSampler(text)
			if err != nil {
				t.Fatal(err)
			}
			flood := func(d time.Duration) (kept float64) {
				for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(time.Millisecond) {
					for range 3 {
						if s.decide(trace.SamplingParameters{TraceID: randomID(true)}).Sample {
							kept++
						}
					}
				}
				return kept
			}
			burst := math.Max(rate, 1)
			if kept := flood(10 * time.Second); kept < 10*rate || kept > 10*rate+burst+1 {
				t.Errorf("%s: %v of 30,000 in ten seconds", text, kept)
			}
			time.Sleep(time.Hour)
			if kept := flood(time.Second); kept < rate || kept > rate+burst+1 {
				t.Errorf("%s: %v in one second after a pause", text, kept)
			}
		}
	})
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
	for _, name := range []string{"always", "never", "0.5", "1/s", "GET /=never; always"} {
		s, err := ParseSampler(name)
		if err != nil {
			t.Fatal(err)
		}
		for state, want := range map[string]bool{"1": true, "0": false, "d": true} {
			parent, _ := propagation.ParseB3("463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-" + state)
			if got := s.decide(trace.SamplingParameters{ParentContext: parent, TraceID: parent.TraceID}); got.Sample != want {
				t.Errorf("sampler %s, caller said %s: %v", name, state, got.Sample)
			}
		}
	}
}
