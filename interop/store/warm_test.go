package store

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// warmth is how much TestBesideWarmZipkin measures.
type warmth struct {
	heap   string // of Zipkin
	warmUp int    // spans
	spans  int    // of a data set in a round
	rounds int
	during time.Duration // for a question in a round
}

// TestBesideWarmZipkin prints what both take when Zipkin's compiler has seen more than a
// million spans, with little heap and with much, for spans that are alike and that are not.
func TestBesideWarmZipkin(t *testing.T) {
	if *warmUp == 0 {
		t.Skip("it only measures: make measure-store-warm")
	}
	for _, heap := range strings.Split(*heaps, ",") {
		t.Run(heap, func(t *testing.T) {
			c := newContest(t)
			c.zipkin.command = withHeap(c.zipkin.command, heap)
			c.warm(warmth{heap: heap, warmUp: *warmUp, spans: 40_000, rounds: max(*rounds, 1), during: 2 * time.Second})
			t.Logf("Zipkin with -Xmx%s after %d spans, %s spans stored in each\n%s", heap, *warmUp, maxSpans, c.table())
		})
	}
}

// withHeap gives a Java program another heap.
func withHeap(command func(string) *exec.Cmd, heap string) func(string) *exec.Cmd {
	return func(port string) *exec.Cmd {
		cmd := command(port)
		for i, arg := range cmd.Args {
			if strings.HasPrefix(arg, "-Xmx") {
				cmd.Args[i] = "-Xmx" + heap
			}
		}
		return cmd
	}
}

func (c *contest) warm(w warmth) {
	c.t.Helper()
	c.zipkin.start()
	c.ours.start()
	all := newDataSets(time.Now().Add(-3 * time.Hour))
	sets, names := all[:3], all[3] // Zipkin takes minutes to forget so many names
	for sent := 0; sent < w.warmUp; {
		for _, set := range sets {
			for _, format := range []string{"JSON", "proto3"} {
				posts := set.posts(c.t, format, min(w.spans, w.warmUp))
				c.both(0, func(s *server) float64 { s.post(posts, 1); return 0 })
				sent += min(w.spans, w.warmUp)
			}
		}
	}
	for _, set := range sets {
		c.warmIngest(w, set)
	}
	for _, set := range sets[:2] { // each is all that is stored when it is asked for
		c.warmQueries(w, set)
	}
	for _, spans := range []int{10_000, 60_000} {
		posts, id := sets[1].large(c.t, spans)
		c.both(0, func(s *server) float64 { s.post(posts, 1); return 0 })
		c.question(w, fmt.Sprintf("GET /trace/{id} of %d spans, CPU ms", spans), "/api/v2/trace/"+id)
	}
	c.warmIngest(w, names)
	c.row("resident at the end, MB", "", 0, 0).add(c.zipkin.resident(), c.ours.resident())
}

// warmIngest measures in rounds, with the two in turns, what a span of a data set takes.
func (c *contest) warmIngest(w warmth, set *dataSet) {
	c.t.Helper()
	for _, format := range []string{"JSON", "proto3"} {
		row := c.row(fmt.Sprintf("%s, %s, CPU µs/span", set.name, format), "", 0, 0)
		for round := range w.rounds {
			posts := set.posts(c.t, format, w.spans)
			row.add(c.both(round, func(s *server) float64 {
				e := s.post(posts, 1)
				row.latencyOf(s == c.ours, e.each)
				return perSpan(e.cpu, w.spans)
			}))
		}
	}
}

// warmQueries fills both with a data set and asks about it.
func (c *contest) warmQueries(w warmth, set *dataSet) {
	c.t.Helper()
	posts := set.posts(c.t, "JSON", w.spans*5)
	c.both(0, func(s *server) float64 { s.post(posts, 1); return 0 })
	window := fmt.Sprintf("endTs=%d&lookback=86400000", time.Now().Add(time.Hour).UnixMilli())
	for _, path := range []string{
		"traces?limit=10&" + window, "traces?limit=1000&" + window, "traces?annotationQuery=none%3Dsuch&limit=10&" + window,
		"traces?annotationQuery=http.method%3Dnone&limit=10&" + window, "traces?annotationQuery=such&limit=10&" + window,
		"traces?minDuration=3600000000&limit=10&" + window, "dependencies?" + window, "trace/" + posts[len(posts)-1].ids[0],
	} {
		c.question(w, set.name+": GET "+shown("/api/v2/"+path, window)+", CPU ms", "/api/v2/"+path)
	}
}

// question measures a question in rounds, after both have answered it for a while.
func (c *contest) question(w warmth, what, path string) {
	c.t.Helper()
	row := c.row(what, "", 0, 0)
	for round := range w.rounds + 1 {
		zipkin, ours := c.both(round, func(s *server) float64 {
			e := s.ask(path, w.during)
			if round > 0 {
				row.latencyOf(s == c.ours, e.each)
			}
			return e.cpu.Seconds() * 1000 / float64(len(e.each))
		})
		if round > 0 {
			row.add(zipkin, ours)
		}
	}
}
