package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/redistest"
)

// TestTheQueueOutlivesTheWriter queues a thousand visits, and kills the writer
// while it works on them.
func TestTheQueueOutlivesTheWriter(t *testing.T) {
	const requests, each = 20, 50
	server := redistest.Start(t)
	t.Setenv("TRACELAB_QUEUE_WORKERS", "16")
	s := up(t, "--redis", server.Addr)
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr})
	defer rdb.Close()
	third, writer := s.thirdParty(), s.process("writer", 0)

	var keys, traces []string
	var all sync.WaitGroup
	traces = make([]string, requests)
	for i := range requests {
		query := url.Values{}
		for j := range each {
			key := fmt.Sprintf("%s/delay/0.1?n=%d", third, i*each+j)
			keys = append(keys, key)
			query.Add("url", key)
		}
		all.Go(func() {
			status, a := s.ask("POST", "/visits?"+query.Encode())
			if status != 202 {
				t.Errorf("%d %+v", status, a)
			}
			traces[i] = a.TraceID
		})
	}
	all.Wait()
	left := rdb.XLen(t.Context(), "tracelab:visits").Val()
	if err := syscall.Kill(writer.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	killed := time.Now()
	err := testbed.Within(time.Minute, func() error { return allDone(t.Context(), rdb, keys) })
	t.Logf("%d of %d were left when the writer was killed, and done %s later", left, len(keys), time.Since(killed).Round(10*time.Millisecond))
	if err != nil || left < 100 {
		t.Fatalf("%d were left; then: %v", left, err)
	}
	for _, id := range traces {
		s.eventually("consumed", func() error { return s.consumed(id, each) })
	}
	if again := s.process("writer", writer.PID); again.Instance == writer.Instance {
		t.Errorf("it is the same writer: %+v", again)
	}
}

// allDone is satisfied when every visit is stored, and none is queued or set
// aside.
func allDone(ctx context.Context, rdb *redis.Client, keys []string) error {
	queued, aside := rdb.XLen(ctx, "tracelab:visits").Val(), rdb.XLen(ctx, "tracelab:visits:failed").Val()
	values, err := rdb.MGet(ctx, keys...).Result()
	if err != nil {
		return err
	}
	missing := 0
	for _, v := range values {
		if v != "200 OK" {
			missing++
		}
	}
	if missing+int(queued+aside) > 0 {
		return fmt.Errorf("%d values are missing, %d visits queued, %d set aside", missing, queued, aside)
	}
	return nil
}

// consumed is satisfied when a trace has a CONSUMER span, ended and with its
// time in the queue, of each of n messages.
func (s *stack) consumed(id string, n int) error {
	_, _, body := do(s.t, "GET", s.ui+"/api/v2/trace/"+id)
	var spans []span
	if err := json.Unmarshal(body, &spans); err != nil {
		return fmt.Errorf("%v: %s", err, body)
	}
	messages := map[string]bool{}
	for _, sp := range spans {
		if sp.Kind == "CONSUMER" && sp.Duration > 0 && sp.Tags["messaging.queue_ms"] != "" && sp.Tags["error"] == "" {
			messages[sp.ParentID] = true
		}
	}
	if len(messages) != n {
		return fmt.Errorf("CONSUMER spans of %d messages of %d", len(messages), n)
	}
	return nil
}
