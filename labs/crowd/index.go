package main

import (
	"context"
	"hash/fnv"
	"runtime/trace"
	"strconv"
	"strings"
	"sync"
)

// index counts the words of pages, with so many goroutines, and returns how often each is
// there. It is a task of the trace.
func index(ctx context.Context, name string, workers, pages int) map[string]int {
	ctx, task := trace.NewTask(ctx, name)
	defer task.End()
	s := shelf{words: map[string]int{}}
	todo := make(chan int, pages)
	for i := range pages {
		todo <- i
	}
	close(todo)
	var working sync.WaitGroup
	for range workers {
		working.Add(1)
		go func() { // not working.Go: the trace names a goroutine by the function it is started with
			defer working.Done()
			read(ctx, todo, &s)
		}()
	}
	working.Wait()
	return s.words
}

// read counts the words of a page after the other, until none is left.
func read(ctx context.Context, todo <-chan int, s *shelf) {
	for i := range todo {
		var words []string
		trace.WithRegion(ctx, "read", func() { words = strings.Fields(page(i)) })
		s.add(ctx, words)
	}
}

// shelf has the words of all pages. Its goroutines take turns.
type shelf struct {
	mu    sync.Mutex
	words map[string]int
}

func (s *shelf) add(ctx context.Context, words []string) {
	defer trace.StartRegion(ctx, "add").End()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range words {
		s.words[w]++
	}
}

// page makes the text of a page: work for a processor, and 10 kB.
func page(i int) string {
	var text []byte
	h := fnv.New64a()
	for n := range 2_000 {
		for range 200 {
			h.Write([]byte{byte(i), byte(n)})
		}
		text = append(strconv.AppendUint(text, h.Sum64()%1000, 36), ' ')
	}
	return string(text)
}
