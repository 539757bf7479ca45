package store

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/tracelab/internal/testbed"
)

// effort is what a piece of work took.
type effort struct {
	cpu  time.Duration   // of the server
	wall time.Duration   // to the last answer, or until all that was sent can be read
	each []time.Duration // of each request
}

// post sends posts over so many connections and waits until the last spans can
// be read: Zipkin stores what it has accepted in its own time.
func (s *server) post(posts []post, connections int) (e effort) {
	s.t.Helper()
	var group errgroup.Group
	var next atomic.Int64
	var mu sync.Mutex
	cpu, began := s.cpu(), time.Now()
	for range connections {
		conn := dial(s.t, s.addr)
		group.Go(func() error {
			defer conn.Close()
			var each []time.Duration
			for i := next.Add(1) - 1; i < int64(len(posts)); i = next.Add(1) - 1 {
				status, body, took, err := conn.send(posts[i].request)
				if err != nil {
					return err
				}
				if status != http.StatusAccepted {
					return fmt.Errorf("POST: %d: %s", status, body)
				}
				each = append(each, took)
			}
			mu.Lock()
			defer mu.Unlock()
			e.each = append(e.each, each...)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		s.t.Fatalf("%s: %v", s.cmd.Path, err)
	}
	for _, p := range posts[len(posts)-connections:] {
		s.await(p.ids[len(p.ids)-1], p.size)
	}
	e.wall, e.cpu = time.Since(began), s.cpu()-cpu
	return e
}

// await waits for a trace.
func (s *server) await(id string, spans int) {
	s.t.Helper()
	conn := dial(s.t, s.addr)
	defer conn.Close()
	err := testbed.Within(5*time.Minute, func() error {
		body, _, err := conn.get("/api/v2/trace/" + id)
		if err != nil {
			return err
		}
		return whole(body, id, spans)
	})
	if err != nil {
		s.t.Fatalf("%s: %v", s.cmd.Path, err)
	}
}

// whole checks that all spans of a trace are in an answer.
func whole(body []byte, id string, spans int) error {
	if n := bytes.Count(body, []byte(`"traceId":"`+id+`"`)); n != spans {
		return fmt.Errorf("trace %s has %d spans; want %d", id, n, spans)
	}
	return nil
}

// holds checks that every span of posts can be read. Zipkin may have stored the last post
// sooner than one before it.
func (s *server) holds(posts []post) {
	s.t.Helper()
	conn := dial(s.t, s.addr)
	defer conn.Close()
	const some = 10 // posts
	for from := 0; from < len(posts); from += some {
		var ids []string
		for _, p := range posts[from:min(from+some, len(posts))] {
			ids = append(ids, p.ids...)
		}
		err := testbed.Within(time.Minute, func() error {
			body, _, err := conn.get("/api/v2/traceMany?traceIds=" + strings.Join(ids, ","))
			for _, id := range ids {
				if err == nil {
					err = whole(body, id, posts[from].size)
				}
			}
			return err
		})
		if err != nil {
			s.t.Fatalf("%s: %v", s.cmd.Path, err)
		}
	}
}

// ask repeats a question for some time.
func (s *server) ask(question string, during time.Duration) (e effort) {
	s.t.Helper()
	conn := dial(s.t, s.addr)
	defer conn.Close()
	cpu, began := s.cpu(), time.Now()
	for len(e.each) < 2 || time.Since(began) < during {
		_, took, err := conn.get(question)
		if err != nil {
			s.t.Fatalf("%s: %v", s.cmd.Path, err)
		}
		e.each = append(e.each, took)
	}
	e.wall, e.cpu = time.Since(began), s.cpu()-cpu
	return e
}
