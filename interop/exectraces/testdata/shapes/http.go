//go:build !plain

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime/trace"
	"sync"
)

func init() {
	shape("http", func() error { return load(40) })
	shape("http-long", func() error { return load(1000) })
}

// load has a web service that calls itself for each request, with a task and regions.
func load(requests int) error {
	var mu sync.Mutex
	seen := map[string]int{}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	defer server.Close()
	client := server.Client()
	mux.HandleFunc("/leaf", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen[r.RemoteAddr]++
		fmt.Fprintln(w, seen[r.RemoteAddr])
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		ctx, task := trace.NewTask(r.Context(), "GET "+r.URL.Path)
		defer task.End()
		err := atOnce(2, func(int) error {
			defer trace.StartRegion(ctx, "call").End()
			return get(ctx, client, server.URL+"/leaf")
		})
		fmt.Fprintln(w, err)
	})
	return atOnce(4, func(int) error {
		for i := 0; i < requests; i++ {
			if err := get(context.Background(), client, server.URL+"/"); err != nil {
				return err
			}
		}
		return nil
	})
}

func get(ctx context.Context, client *http.Client, url string) error {
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
