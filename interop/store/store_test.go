// Package store measures the embedded store beside the released Zipkin server,
// both as processes of their own and under the same load in the same run, and
// the store alone under a load that goes on.
//
// What counts is the processor time of the server's process, garbage collector
// and compiler included. Rounds alternate between the two: a machine that
// others use is slow for both.
package store

import (
	"flag"
	"os"
	"testing"

	"example.com/tracelab/internal/testbed/stacktest"
)

var (
	rounds = flag.Int("rounds", 0, "measure everything, in so many rounds")
	warmUp = flag.Int("warmup", 0, "measure beside a Zipkin that has had so many spans")
	heaps  = flag.String("heaps", "512m,2g", "of that Zipkin, one after the other")
)

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(stacktest.MainMeasured(m))
}

// plan is how much is measured.
type plan struct {
	starts       int
	stored       int // spans that the queries find
	queryRounds  int
	queryTime    int // ms for each question, server and round
	queryWarmUp  int // ms for each question and server
	ingestRounds int
	ingestSpans  int // in each round
	ingestWarmUp int // spans
}

// TestBesideZipkin holds ours against Zipkin. Without -rounds it is short.
func TestBesideZipkin(t *testing.T) {
	p := plan{starts: 1, stored: 20_000, queryRounds: 1, queryTime: 100, queryWarmUp: 100, ingestRounds: 3, ingestSpans: 6_000, ingestWarmUp: 6_000}
	if *rounds > 0 {
		p = plan{starts: 5, stored: 100_000, queryRounds: *rounds, queryTime: 400, queryWarmUp: 3000, ingestRounds: *rounds, ingestSpans: 50_000, ingestWarmUp: 100_000}
	}
	c := newContest(t)
	c.start(p.starts)
	c.fill(p.stored)
	c.query(p)
	c.ingest(p)
	t.Logf("%+v\n%s", p, c.table())
	c.check(t)
}

// check holds what must be true on any machine, with room for any noise.
func (c *contest) check(t *testing.T) {
	for _, r := range c.rows {
		if r.floor > 0 && r.ratio() < r.floor {
			t.Errorf("%s: Zipkin takes %.3g, ours %.3g: %.1f times as much; want %.1f at least", r.what, median(r.zipkin), median(r.ours), r.ratio(), r.floor)
		}
	}
}
