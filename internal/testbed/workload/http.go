package workload

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime/trace"
	"sync"
	"time"
)

// requests has a web service do a bit of everything for each request, as a task
// with regions and a subtask: what a trace of an ordinary service has.
func requests(size int) error {
	server := httptest.NewServer(&service{counts: map[string]int{}})
	defer server.Close()
	client := server.Client()
	return atOnce(8, func(me int) error {
		for n := range 10 * size {
			if err := get(client, fmt.Sprintf("%s/%d/%d", server.URL, me, n%10)); err != nil {
				return err
			}
		}
		return nil
	})
}

func get(client *http.Client, url string) error {
	ctx, task := trace.NewTask(context.Background(), "get")
	defer task.End()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// service counts its visitors.
type service struct {
	mu     sync.Mutex
	counts map[string]int
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, task := trace.NewTask(r.Context(), "serve")
	defer task.End()
	trace.Log(ctx, "path", r.URL.Path)
	answer := make(chan int)
	go func() { answer <- s.count(ctx, r.URL.Path) }()
	trace.WithRegion(ctx, "wait", func() { fmt.Fprintln(w, <-answer) })
}

func (s *service) count(ctx context.Context, path string) int {
	ctx, task := trace.NewTask(ctx, "count")
	defer task.End()
	defer trace.StartRegion(ctx, "count").End()
	s.mu.Lock()
	defer s.mu.Unlock()
	trace.WithRegion(ctx, "locked", func() { spin(5 * time.Microsecond) })
	s.counts[path]++
	return s.counts[path]
}
