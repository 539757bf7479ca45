package store

import (
	"flag"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

var soakFor = flag.Duration("soak", 0, "load the store, with its usual bounds, for so long")

const (
	soakRate        = 20_000 // spans a second
	soakConnections = 4
	postsPerSecond  = soakRate / spansOfPost
	tracesOfPost    = spansOfPost / spansOfTrace
)

// soak is a store at its bound, under a load that goes on. Readers look for
// what must be there all the while.
type soak struct {
	*server
	maxSpans int
	length   time.Duration
	first    time.Time // when the first trace is said to have begun
	began    time.Time
	posts    int64         // to be sent
	next     atomic.Int64  // number of the post to be sent next
	answered []atomic.Bool // with 202
	log      record
}

// TestSoak sends the spans of an hour in ten minutes; without -soak those of a minute
// to a store that is full after one second.
func TestSoak(t *testing.T) {
	if !canMeasure {
		t.Skip("the memory of another process is read on Linux only")
	}
	s := &soak{maxSpans: 20_000, length: 9 * time.Second}
	s.log.part = 3 * time.Second
	if *soakFor > 0 {
		s.maxSpans, s.length, s.log.part = 500_000, *soakFor, time.Minute
	}
	s.server = ours(t, "--max-spans="+strconv.Itoa(s.maxSpans))
	s.posts = int64(s.length.Seconds() * postsPerSecond)
	s.answered = make([]atomic.Bool, s.posts)
	s.start()
	s.first, s.began = time.Now().Add(-time.Hour), time.Now()
	s.log.began = s.began
	s.run()
	took, cpu := time.Since(s.began), s.cpu()
	end := s.sample()
	t.Logf("%d spans in %.1f s, %.0f a second (aim: %d); %.2f µs of processor time a span, questions included\n%s",
		end.accepted, took.Seconds(), float64(end.accepted)/took.Seconds(), soakRate, perSpan(cpu, int(end.accepted)), s.log.table())
	s.checkCounters(end)
	s.checkMemory()
	s.checkAll()
}

// run writes and reads until all is sent, or the time is up: a machine that is
// too slow gets fewer spans. It fails the test with the first thing that is
// wrong.
func (s *soak) run() {
	s.t.Helper()
	var writers, readers errgroup.Group
	done := make(chan struct{})
	src := newSource(s.first, time.Second)
	for range soakConnections {
		conn, tpl := dial(s.t, s.addr), src.template(s.t)
		writers.Go(func() error { defer conn.Close(); return s.write(conn, tpl) })
	}
	for _, r := range s.readers() {
		conn := dial(s.t, s.addr)
		readers.Go(func() error { defer conn.Close(); return s.read(conn, r, done) })
	}
	readers.Go(func() error { s.watch(done); return nil })
	written := writers.Wait()
	close(done)
	if err := readers.Wait(); err != nil {
		s.t.Errorf("reading: %v", err)
	}
	if written != nil {
		s.t.Errorf("writing: %v", written)
	}
}

// write sends a post whenever one is due.
func (s *soak) write(conn *connection, tpl *template) error {
	for n := s.next.Add(1) - 1; n < s.posts; n = s.next.Add(1) - 1 {
		// The pace.
		time.Sleep(time.Until(s.began.Add(time.Duration(n) * time.Second / postsPerSecond)))
		if time.Since(s.began) > s.length {
			return nil
		}
		status, body, took, err := conn.send(tpl.stamp(n*tracesOfPost, s.startOf))
		if err != nil {
			return err
		}
		if status != 202 {
			return fmt.Errorf("POST: %d: %s", status, body)
		}
		s.answered[n].Store(true)
		s.log.posted(took)
	}
	return nil
}

// startOf is when a trace is said to have begun: six seconds pass in one.
func (s *soak) startOf(trace int64) time.Time {
	return s.first.Add(time.Duration(trace) * 6 * time.Second / (soakRate / spansOfTrace))
}

// watch samples the server every second, or ten times in each third.
func (s *soak) watch(done chan struct{}) {
	tick := time.NewTicker(min(time.Second, s.length/30))
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
			s.log.sampled(s.sample())
		}
	}
}

// sample asks the server for its figures.
func (s *soak) sample() (now sample) {
	s.t.Helper()
	conn := dial(s.t, s.addr)
	defer conn.Close()
	body, _, err := conn.get("/prometheus")
	if err != nil {
		s.t.Fatal(err)
	}
	for line := range strings.Lines(string(body)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		figure, _ := strconv.ParseFloat(value, 64)
		n := int64(figure)
		name, _, _ = strings.Cut(name, "{")
		switch name {
		case "tracelab_store_spans":
			now.kept = n
		case "tracelab_store_spans_accepted_total":
			now.accepted = n
		case "tracelab_store_spans_duplicate_total":
			now.duplicates = n
		case "tracelab_store_spans_evicted_total":
			now.evicted += n
		case "tracelab_collector_rejected_total":
			now.rejected += n
		case "go_memstats_alloc_bytes":
			now.heap = figure / 1e6
		}
	}
	if now.heap == 0 {
		s.t.Errorf("the server does not say how large its heap is: %s", body)
	}
	now.resident, now.at = s.resident(), time.Since(s.began)
	return now
}

// checkCounters holds the figures of the end against what was sent.
func (s *soak) checkCounters(end sample) {
	s.t.Helper()
	var sent int64
	for i := range s.answered {
		if s.answered[i].Load() {
			sent += spansOfPost
		}
	}
	switch {
	case end.accepted != sent || end.duplicates != 0 || end.rejected != 0:
		s.t.Errorf("%+v; want the %d spans that were answered with 202 accepted", end, sent)
	case end.accepted != end.kept+end.evicted:
		s.t.Errorf("%+v: accepted is not kept and evicted", end)
	case end.evicted == 0 || end.kept < int64(s.maxSpans)*95/100 || end.kept > int64(s.maxSpans):
		s.t.Errorf("%+v: want the store at its bound of %d spans", end, s.maxSpans)
	}
}

// checkMemory holds the last third against the one before: by then the store
// is full, and grows no more.
func (s *soak) checkMemory() {
	s.t.Helper()
	second, last := s.log.most(s.length/3, s.length*2/3), s.log.most(s.length*2/3, s.length)
	const noise = 4 // MB
	if last > second*1.1+noise {
		s.t.Errorf("resident in the last third: up to %.1f MB, in the second %.1f", last, second)
	}
}
