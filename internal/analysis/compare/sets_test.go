package compare_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"example.com/tracelab/internal/analysis/compare"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

const epoch = int64(1_700_000_000_000_000)

func set(label string, traces [][]zipkin.Span) compare.Set {
	return compare.Set{Label: label, Traces: slices.Values(traces)}
}

// inTurns simulates n requests of each side, which take turns.
func (w *world) inTurns(seed uint64, n int, f *fault) (a, b [][]zipkin.Span) {
	r := rand.New(rand.NewPCG(seed, 3))
	return w.traces(r, n, epoch, nil), w.traces(r, n, epoch+5000, f)
}

func compared(t testing.TB, a, b [][]zipkin.Span) *labapi.Comparison {
	t.Helper()
	c, err := compare.Sets(t.Context(), set("A", a), set("B", b), compare.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCulprits finds what was changed, with 100 requests a side.
func TestCulprits(t *testing.T) {
	w := workshop()
	for _, c := range []struct {
		fault
		name, operation, mechanism string
	}{
		{fault{kind: delay, of: w.operation("cache"), us: 12_000}, "a delay", "cache", labapi.SlowerCalls},
		{fault{kind: tail, of: w.operation("get"), us: 20_000, probability: 0.2}, "a tail", "get", labapi.SlowerCalls},
		{fault{kind: double, of: w.operation("get")}, "twice as slow", "get", labapi.SlowerCalls},
		{fault{kind: moreOnes, of: w.operation("set"), times: 8}, "more calls", "set", labapi.MoreCalls},
		{fault{kind: retry, of: w.operation("fetch"), us: 500, probability: 0.4}, "retries", "fetch", labapi.MoreCalls},
		{fault{kind: pool, of: w.operation("save"), us: 4000}, "a wait for a connection", "call save", labapi.SlowerCalls},
		{fault{kind: serial, of: w.operation("fetch")}, "in turn", "call fetch", labapi.LessOverlap},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := w.inTurns(1, 100, &c.fault)
			got := compared(t, a, b)
			for _, s := range append(got.Sentences, got.Warnings...) {
				t.Log(s)
			}
			if v := got.Verdict; !v.Claimed || v.Operation != c.operation || v.Mechanism != c.mechanism {
				t.Errorf("verdict %+v; want %s, %s", v, c.operation, c.mechanism)
				for _, r := range got.Bridge[:min(len(got.Bridge), 8)] {
					t.Logf("%+v p=%v", r, r.P)
				}
			}
		})
	}
}

// TestCallsByChance: what calls another now and then got slower, however often that was.
func TestCallsByChance(t *testing.T) {
	w := workshop()
	for seed := range uint64(6) {
		a, b := w.inTurns(seed, 100, &fault{kind: delay, of: w.operation("fetch"), us: 6000})
		if v := compared(t, a, b).Verdict; !v.Claimed || v.Operation != "fetch" || v.Mechanism != labapi.SlowerCalls {
			t.Errorf("seed %d: %+v", seed, v)
		}
	}
}
