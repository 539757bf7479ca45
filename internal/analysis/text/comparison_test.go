package text_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/tracelab/internal/analysis/text"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

var update = flag.Bool("update", false, "write the golden files anew")

func ptr[T any](v T) *T { return &v }

const (
	write   = "gateway get /visit > gateway store > writer put /values/{key} > writer rediswrite"
	fetch   = "gateway get /visit > gateway main > fetcher get /a/very/long/route/that/no/table/has/room/for/{key} > fetcher get"
	visit   = "gateway get /visit"
	idA     = "463ac35c9f6413ad48485a3953bb6124"
	idB     = "7d2e1f0a9c8b47566f5e4d3c2b1a0918"
	another = "00000000000000ff"
)

// sets is a comparison with more of everything than is shown.
func sets() *labapi.Comparison {
	c := &labapi.Comparison{
		Kind: labapi.CompareSets,
		A:    labapi.ComparedSet{Label: "annotationQuery=variant=A", N: 300, Skipped: 2, MeanRootUS: 20_700, P50RootUS: 19_000, P95RootUS: 31_000, Errors: 3},
		B:    labapi.ComparedSet{Label: "annotationQuery=variant=B", N: 298, MeanRootUS: 52_100, P50RootUS: 50_000, P95RootUS: 70_000, Errors: 40}, DeltaRootUS: 31_400, DeltaPercent: 151.7,
		Sentences: []string{"GET /visit of the gateway took 31.4 ms longer in B than in A: 52.1 ms instead of 20.7 ms (+152 %), in the mean.",
			"It comes from slower calls of redisWrite of the writer: +31.0 ms."},
		Verdict: labapi.Verdict{Claimed: true, Service: "writer", Operation: "rediswrite", Path: write, Mechanism: labapi.SlowerCalls, P: ptr(0.0005), DeltaUS: 31_000, NA: 300, NB: 298, DetectableUS: 1_100},
		Bridge: []labapi.Change{
			{Path: write, Service: "writer", Operation: "rediswrite", AUS: 1_200, BUS: 32_200, DeltaUS: 31_000, LowUS: ptr(int64(29_100)), HighUS: ptr(int64(33_000)), P: ptr(0.0005), Mechanism: labapi.SlowerCalls,
				CallsA: 1, CallsB: 1, ExemplarsA: []string{idA, another}, ExemplarsB: []string{idB}},
			{Path: fetch, DeltaUS: 1_500, LowUS: ptr(int64(-200)), HighUS: ptr(int64(3_000)), P: ptr(0.31), Mechanism: labapi.MoreCalls, CallsA: 1, CallsB: 4.04},
			{Path: labapi.MixPath, DeltaUS: -1_400},
			{Path: visit, DeltaUS: 200, P: ptr(1.0), Mechanism: labapi.SlowerCalls},
			{Path: labapi.OtherPath, DeltaUS: 100, Paths: 3000},
		},
		Strata:        []labapi.Stratum{{Key: "gateway get /visit http.method=GET", NA: 280, NB: 278, Used: true}, {Key: "gateway post /visits", NA: 20, NB: 12}},
		Quantile:      &labapi.QuantileChange{Quantile: 0.95, AUS: 31_000, BUS: 70_000, DeltaUS: 39_000, LowUS: 30_000, HighUS: 44_000},
		States:        []labapi.StateChange{{Service: "writer", State: "sync", AUS: 100, BUS: 29_300, DeltaUS: 29_200}, {Service: "writer", State: "running", AUS: 900, BUS: 2_700, DeltaUS: 1_800}},
		StatesMissing: &labapi.StatesMissing{ExplainedA: 5, ExplainedB: 4, TriedA: 5, TriedB: 5, Reason: "The execution traces of 0 of 5 requests of A and of 1 of 5 of B explain nothing."},
		Errors: &labapi.ErrorChange{RateA: 0.01, RateB: 0.134, Paths: []labapi.ErrorPath{
			{Path: write, Service: "writer", Operation: "rediswrite", A: 1, B: 38, P: ptr(0.001)}, {Path: visit, A: 2, B: 2, P: ptr(1.0)}}},
		Warnings: []string{"The windows were not interleaved: what else changed from one to the other is taken for a change of the program, and how likely that is nobody can say from these traces."},
	}
	for range 20 {
		c.Errors.Paths = append(c.Errors.Paths, labapi.ErrorPath{Path: visit})
		c.Strata = append(c.Strata, labapi.Stratum{Key: "gateway get /x", Used: true})
		c.States = append(c.States, labapi.StateChange{Service: "a-service-with-a-very-long-name-indeed", State: "stop-the-world"})
	}
	return c
}

func all() map[string]*labapi.Comparison {
	traces := &labapi.Comparison{Kind: labapi.CompareTraces, DeltaRootUS: -30_000, Sentences: []string{"GET /visit of the gateway took 30.0 ms less in B than in A."},
		A: labapi.ComparedSet{Label: "trace " + idA, N: 1, MeanRootUS: 50_000}, B: labapi.ComparedSet{Label: "trace " + idB, N: 1, MeanRootUS: 20_000},
		Spans: []labapi.AlignedSpan{
			{Path: visit, Service: "gateway", Operation: "get /visit", A: "1", B: "2", DurationAUS: 50_000, DurationBUS: 20_000, OnPathAUS: 3_000, OnPathBUS: 3_000},
			{Depth: 1, Service: "writer", Operation: "rediswrite", A: "3", B: "4", DurationAUS: 45_000, DurationBUS: 15_000, DeltaUS: -29_000},
			{Depth: 2, Service: "writer", Operation: strings.Repeat("long ", 30), A: "5", DurationAUS: 9_000, DeltaUS: -9_000},
			{Depth: 2, Service: "writer", Operation: "new", B: "6", DurationBUS: 8_000, DeltaUS: 8_000},
			{Depth: 2, Service: "writer", Operation: "alike", A: "7", B: "8", DurationAUS: 8_000, DurationBUS: 8_000, DeltaUS: 12}}}
	for range 60 {
		traces.Spans = append(traces.Spans, labapi.AlignedSpan{Depth: 30, Service: "s", Operation: "many", A: "9"})
	}
	slow := sets()
	slow.Kind = labapi.CompareSlow
	slow.Verdict, slow.Errors, slow.States, slow.StatesMissing, slow.Quantile = labapi.Verdict{Path: write}, nil, nil, nil, nil
	for i := range slow.Bridge {
		slow.Bridge[i].Share = ptr(0.2)
	}
	tags := &labapi.Comparison{Kind: labapi.CompareTag, A: labapi.ComparedSet{N: 280, Label: "lookback=900000"}, B: labapi.ComparedSet{N: 28, Label: "lookback=900000, 40.7 ms or more"}, TagsTried: 42, Sentences: []string{"region=eu-1 goes with slowness."},
		Tags: []labapi.TagValue{{Tag: "region", Value: "eu-1", Service: "gateway", SlowWith: 26, Slow: 28, FastWith: 12, Fast: 252, WithUS: 90_000, WithoutUS: 20_000, P: ptr(0.002), Claimed: true, ExemplarsA: []string{idA}, ExemplarsB: []string{idB}},
			{Tag: "http.path", Value: "/a/" + strings.Repeat("very/", 40) + "long", SlowWith: 1, Slow: 28, Fast: 252, P: ptr(1.0)}}}
	return map[string]*labapi.Comparison{"sets": sets(), "traces": traces, "slow": slow, "tags": tags, "nothing": {Kind: labapi.CompareSets}}
}

func next() text.NextOfComparison {
	return text.NextOfComparison{Page: func(id string) string { return "http://127.0.0.1:9411/zipkin/traces/" + id },
		Compare: func(a, b string) string { return "tracelab compare " + a + " " + b + " --server http://127.0.0.1:9411" },
		Why:     func(id string) string { return "tracelab why " + id + " --server http://127.0.0.1:9411" }}
}

func TestComparison(t *testing.T) {
	for name, c := range all() {
		got := text.Comparison(c, next(), display.Plain())
		golden := filepath.Join("testdata", "comparison-"+name+".txt")
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s: it is\n%s\nwant\n%s", name, got, want)
		}
		for line := range strings.SplitSeq(got, "\n") {
			if utf8.RuneCountInString(line) > display.Columns || strings.TrimRight(line, " ") != line {
				t.Errorf("%s: the line %q", name, line)
			}
		}
	}
}

// TestForeignTextOfAComparison cannot obey a terminal.
func TestForeignTextOfAComparison(t *testing.T) {
	const evil = "\x1b[2J\nx"
	c := sets()
	c.A.Label, c.Bridge[0].Path, c.Strata[0].Key, c.Errors.Paths[0].Path, c.States[0].State, c.States[0].Service, c.Bridge[0].Mechanism = evil, evil, evil, evil, evil, evil, evil
	c.Sentences[0], c.Warnings[0], c.Bridge[0].ExemplarsA, c.StatesMissing.Reason = evil, evil, []string{evil}, evil
	traces := all()["traces"]
	traces.Spans[0].Service, traces.Spans[0].Operation, traces.A.Label = evil, evil, evil
	tags := all()["tags"]
	tags.Tags[0].Tag, tags.Tags[0].Value, tags.Tags[0].Service, tags.Tags[0].ExemplarsB = evil, evil, evil, []string{evil}
	for _, c := range []*labapi.Comparison{c, traces, tags} {
		if got := text.Comparison(c, text.NextOfComparison{}, display.Plain()); strings.Contains(got, "\x1b") || strings.Contains(got, "\nx") {
			t.Errorf("%s: %q", c.Kind, got)
		}
	}
}
