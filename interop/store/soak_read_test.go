package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// reader asks again and again.
type reader struct {
	name  string
	every time.Duration
	ask   func(conn *connection) (took time.Duration, err error)
}

func (s *soak) readers() []reader {
	const found = 10 // traces
	search := func(query string) func(*connection) (time.Duration, error) {
		return func(conn *connection) (time.Duration, error) {
			end := s.startOf(s.next.Load() * tracesOfPost)
			body, took, err := conn.get(fmt.Sprintf("/api/v2/traces?limit=%d&endTs=%d&lookback=86400000%s", found, end.UnixMilli(), query))
			// A trace comes whole in one post, so that it is there whole or not at all.
			if n := bytes.Count(body, []byte(`"traceId"`)); err == nil && n != found*spansOfTrace {
				err = fmt.Errorf("search %s: %d spans; want %d traces of %d", query, n, found, spansOfTrace)
			}
			return took, err
		}
	}
	answer := func(path, want string) func(*connection) (time.Duration, error) {
		return func(conn *connection) (time.Duration, error) {
			body, took, err := conn.get(path)
			if err == nil && !strings.HasPrefix(string(body), want) {
				err = fmt.Errorf("GET %s: %s; want %s", path, body, want)
			}
			return took, err
		}
	}
	return []reader{
		{"search", 50 * time.Millisecond, search("&serviceName=orders")},
		{"search", 100 * time.Millisecond, search("&serviceName=users&annotationQuery=error")},
		{"trace", 20 * time.Millisecond, s.recent},
		{"services", 200 * time.Millisecond, answer("/api/v2/services", `["gateway","orders","prices","stock","users"]`)},
		{"dependencies", 2 * time.Second, func(conn *connection) (time.Duration, error) {
			end := s.startOf(s.next.Load() * tracesOfPost)
			return answer(fmt.Sprintf("/api/v2/dependencies?endTs=%d&lookback=86400000", end.UnixMilli()), `[{"parent":"gateway","child":"orders","callCount":`)(conn)
		}},
	}
}

// read asks until done is closed, once there is something to find.
func (s *soak) read(conn *connection, r reader, done chan struct{}) error {
	tick := time.NewTicker(r.every)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return nil
		case <-tick.C:
		}
		if s.next.Load() < 2*postsPerSecond {
			continue
		}
		took, err := r.ask(conn)
		if err != nil {
			return fmt.Errorf("after %.1f s: %w", time.Since(s.began).Seconds(), err)
		}
		s.log.asked(r.name, took)
	}
}

// oldest is the number of the first post that must be there still: eviction
// takes the oldest first, and only what is too much. A tenth is for the posts
// that are on their way, and come in another order than they were numbered.
func (s *soak) oldest() int64 {
	return max(0, s.next.Load()-int64(s.maxSpans)*9/10/spansOfPost)
}

// recent reads a trace that must be there, and checks that it is there whole.
func (s *soak) recent(conn *connection) (took time.Duration, err error) {
	oldest := s.oldest()
	n := oldest + rand.Int64N(min(s.next.Load(), s.posts)-oldest)
	if !s.answered[n].Load() {
		return 0, nil
	}
	id := traceID(n*tracesOfPost + rand.Int64N(tracesOfPost))
	body, took, err := conn.get("/api/v2/trace/" + id)
	if err == nil {
		err = whole(body, id, spansOfTrace)
	}
	if n < s.oldest() {
		return took, nil // it took so long that the trace was free to go
	}
	return took, err
}

// checkAll reads all traces that must be there in the end.
func (s *soak) checkAll() {
	s.t.Helper()
	conn := dial(s.t, s.addr)
	defer conn.Close()
	checked := 0
	for n := s.oldest(); n < s.posts; n++ {
		if !s.answered[n].Load() {
			continue
		}
		var ids []string
		for i := range int64(tracesOfPost) {
			ids = append(ids, traceID(n*tracesOfPost+i))
		}
		body, _, err := conn.get("/api/v2/traceMany?traceIds=" + strings.Join(ids, ","))
		for _, id := range ids {
			if err == nil {
				err = whole(body, id, spansOfTrace)
			}
		}
		if err != nil {
			s.t.Fatalf("post %d: %v", n, err)
		}
		checked += len(ids)
	}
	s.t.Logf("%d traces read in the end, each whole", checked)
}
