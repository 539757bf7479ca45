package main

import (
	"context"
	"net/http"
	"runtime/trace"
	"sync"
	"time"
)

// visitAll visits the URLs side by side and returns them in the order in which
// they were stored. All of it is one task; each visit is a task of its own
// within, and each begins in one goroutine and ends in another.
func visitAll(ctx context.Context, wait time.Duration, urls ...string) []string {
	ctx, task := trace.NewTask(ctx, "visits")
	defer task.End()
	storage := storage{wait: wait / 2}
	var visits sync.WaitGroup
	for _, url := range urls {
		ctx, task := trace.NewTask(ctx, "visit")
		visits.Go(func() {
			defer task.End()
			visit(ctx, &storage, wait, url)
		})
	}
	visits.Wait()
	return storage.urls
}

// visit fetches a URL and stores it: two regions of the task in ctx.
func visit(ctx context.Context, storage *storage, wait time.Duration, url string) {
	trace.Log(ctx, "url", url)
	trace.WithRegion(ctx, "fetch", func() {
		time.Sleep(wait) // stands for a third party
		trace.Logf(ctx, "status", "%d", http.StatusOK)
	})
	storage.store(ctx, url)
}

// storage takes one URL at a time, however many come.
type storage struct {
	wait time.Duration

	mu   sync.Mutex
	urls []string
}

// store is a region from its first line to its last. It begins before the lock
// is taken: the region's time holds the waiting for others.
func (s *storage) store(ctx context.Context, url string) {
	defer trace.StartRegion(ctx, "store").End()
	s.mu.Lock()
	defer s.mu.Unlock()
	time.Sleep(s.wait) // stands for a slow disk
	s.urls = append(s.urls, url)
}
