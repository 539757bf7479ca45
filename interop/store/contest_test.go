package store

import (
	"fmt"
	"testing"
	"time"

	"example.com/tracelab/interop/referee"
)

// contest measures the two, one after the other in every round.
type contest struct {
	t            testing.TB
	zipkin, ours *server
	source       source
	filled       []post // what the queries find
	rows         []*row
}

func newContest(t testing.TB) *contest {
	t.Helper()
	if !canMeasure {
		t.Skip("the processor time of another process is read on Linux only")
	}
	return &contest{t: t, zipkin: zipkin(t), ours: ours(t, "--max-spans="+maxSpans)}
}

func (c *contest) row(what, goal string, wanted, floor float64) *row {
	r := &row{what: what, goal: goal, wanted: wanted, floor: floor}
	c.rows = append(c.rows, r)
	return r
}

// both does the same with one server and then the other, in the order of the
// round.
func (c *contest) both(round int, do func(s *server) float64) (zipkin, ours float64) {
	if round%2 == 1 {
		ours = do(c.ours)
		return do(c.zipkin), ours
	}
	zipkin = do(c.zipkin)
	return zipkin, do(c.ours)
}

// start starts both a few times; the last ones stay.
func (c *contest) start(times int) {
	c.t.Helper()
	wall := c.row("start to the first 200 of /health, ms", "≥ 50×", 50, 5)
	cpu := c.row("… CPU ms", "", 0, 0)
	idle := c.row("resident after the start, MB", "", 0, 2)
	for round := range times {
		wall.add(c.both(round, func(s *server) float64 {
			s.stop()
			return float64(s.start().Microseconds()) / 1000
		}))
		cpu.add(c.both(round, func(s *server) float64 { return float64(s.cpuOfStart().Microseconds()) / 1000 }))
		idle.add(c.both(round, (*server).resident))
	}
}

// fill stores the first spans that the servers ever see, those of an hour.
func (c *contest) fill(spans int) {
	c.t.Helper()
	c.source = newSource(time.Now().Add(-time.Hour), time.Hour/time.Duration(spans/spansOfTrace))
	cold := c.row(fmt.Sprintf("cold: the first %d spans as JSON, CPU µs/span", spans), "", 0, 0)
	const piece = 10_000
	var total [2]effort
	for round := range spans / piece {
		posts := c.source.posts(c.t, "JSON", piece)
		c.filled = append(c.filled, posts...)
		for i := range 2 {
			at := (round + i) % 2
			e := []*server{c.zipkin, c.ours}[at].post(posts, 1)
			total[at].cpu += e.cpu
			total[at].each = append(total[at].each, e.each...)
		}
	}
	cold.add(perSpan(total[0].cpu, spans), perSpan(total[1].cpu, spans))
	cold.latency(total[0].each, total[1].each)
	c.zipkin.holds(c.filled)
	c.ours.holds(c.filled)
	c.row(fmt.Sprintf("resident with %d spans, MB", spans), "≤ 80 MB", -80, 1.5).add(c.zipkin.resident(), c.ours.resident())
}

func perSpan(cpu time.Duration, spans int) float64 {
	return float64(cpu.Nanoseconds()) / 1000 / float64(spans)
}

// query asks both about the spans.
func (c *contest) query(p plan) {
	c.t.Helper()
	window := fmt.Sprintf("endTs=%d&lookback=7200000", c.source.next.UnixMilli())
	questions := []struct {
		path        string
		goal, floor float64
	}{
		{"/api/v2/traces?serviceName=orders&limit=10&" + window, 10, 3},
		{"/api/v2/traces?limit=10&" + window, 10, 3},
		{"/api/v2/traces?serviceName=orders&limit=100&" + window, 10, 2},
		{"/api/v2/traces?serviceName=users&annotationQuery=error&limit=10&" + window, 10, 3},
		{"/api/v2/traces?annotationQuery=none%3Dsuch&limit=10&" + window, 10, 3},
		{"/api/v2/trace/" + c.filled[0].ids[0], 3, 1},
		{"/api/v2/dependencies?" + window, 10, 3},
		{"/api/v2/services", 3, 1},
	}
	warmUp, during := time.Duration(p.queryWarmUp)*time.Millisecond, time.Duration(p.queryTime)*time.Millisecond
	var rows []*row
	for _, q := range questions {
		rows = append(rows, c.row("GET "+shown(q.path, window)+", CPU µs/request", fmt.Sprintf("≥ %.0f×", q.goal), q.goal, q.floor))
		if err := (&referee.Pair{Zipkin: "http://" + c.zipkin.addr, Ours: "http://" + c.ours.addr}).Same(q.path); err != nil {
			c.t.Errorf("GET %s: %v", q.path, err)
		}
		c.zipkin.ask(q.path, warmUp)
		c.ours.ask(q.path, warmUp/10)
	}
	for round := range p.queryRounds {
		for i, q := range questions {
			rows[i].add(c.both(round, func(s *server) float64 {
				e := s.ask(q.path, during)
				rows[i].latencyOf(s == c.ours, e.each)
				return float64(e.cpu.Microseconds()) / float64(len(e.each))
			}))
		}
	}
	c.row("resident after the queries, MB", "≤ 80 MB", -80, 1.5).add(c.zipkin.resident(), c.ours.resident())
}

// ingest goes on with spans. In the long run both servers are full by then and
// forget as much as they store.
func (c *contest) ingest(p plan) {
	c.t.Helper()
	c.source.step = 3 * time.Millisecond // so that all rounds together are a few minutes
	ways := []struct {
		format      string
		connections int
	}{{"JSON", 1}, {"JSON", 4}, {"proto3", 1}}
	var cpu, rate []*row
	for _, w := range ways {
		what := fmt.Sprintf("warm: %s, connections: %d", w.format, w.connections)
		cpu = append(cpu, c.row(what+", CPU µs/span", "≥ 10×", 10, 3))
		rate = append(rate, c.row(what+", 1,000 spans/s", "", 0, 0))
		rate[len(rate)-1].moreIsBetter = true
	}
	for i, w := range ways {
		posts := c.source.posts(c.t, w.format, p.ingestWarmUp)
		c.both(i, func(s *server) float64 { s.post(posts, w.connections); return 0 })
	}
	for round := range p.ingestRounds {
		for i, w := range ways {
			posts := c.source.posts(c.t, w.format, p.ingestSpans)
			rateZipkin, rateOurs := 0.0, 0.0
			cpu[i].add(c.both(round, func(s *server) float64 {
				e := s.post(posts, w.connections)
				cpu[i].latencyOf(s == c.ours, e.each)
				if r := float64(p.ingestSpans) / 1000 / e.wall.Seconds(); s == c.ours {
					rateOurs = r
				} else {
					rateZipkin = r
				}
				return perSpan(e.cpu, p.ingestSpans)
			}))
			rate[i].add(rateZipkin, rateOurs)
			c.both(round, func(s *server) float64 { s.holds(posts); return 0 })
		}
	}
	c.row("resident at the end, MB", "", 0, 1).add(c.zipkin.resident(), c.ours.resident())
}
