package exectrace_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"go.opencensus.io/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/tracing"
)

// load has clients ask a server for so long, whose requests do a bit of
// everything and hinder each other.
func load(t *testing.T, d time.Duration) {
	var mu sync.Mutex
	slots := make(chan bool, 2)
	var url string
	client := &http.Client{Transport: &tracing.Transport{Base: &http.Transport{MaxIdleConnsPerHost: 8}}}
	get := func(ctx context.Context, path string) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+path, nil)
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
	mux := http.NewServeMux()
	mux.HandleFunc("/leaf", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		spin(20 * time.Microsecond)
		mu.Unlock()
		allocate(20 * time.Microsecond)
		fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("/visit", func(w http.ResponseWriter, r *http.Request) {
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				ctx, span := trace.StartSpan(r.Context(), "part")
				defer span.End()
				slots <- true
				defer func() { <-slots }()
				if err := get(ctx, "/leaf"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
	server := httptest.NewServer(tracing.Handler(mux))
	defer server.Close()
	defer client.CloseIdleConnections()
	url = server.URL
	var clients sync.WaitGroup
	for range 6 {
		clients.Go(func() {
			for start := time.Now(); time.Since(start) < d; {
				if err := get(context.Background(), "/visit"); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	clients.Wait()
}

// TestSegmentsAddUp explains every span of a busy program: each adds up, and next to
// nothing of it is unknown.
func TestSegmentsAddUp(t *testing.T) {
	d := time.Second
	if *rounds > 0 {
		d = 10 * time.Second
	}
	r := record(t, 2*d)
	sampleCPU(t, 20*time.Millisecond)
	load(t, d)
	x := r.snapshot()
	start := time.Now()
	tasks, failed, segments := 0, 0, 0
	total := map[exectrace.SegmentState]time.Duration{}
	var all, inferred time.Duration
	for k := range x.Tasks() {
		if !k.Begun || !k.Ended {
			continue
		}
		tasks++
		at := k.Start
		for _, segment := range x.Breakdown(k) {
			if segment.Start != at || segment.End <= at {
				break
			}
			at = segment.End
			segments++
			total[segment.State] += segment.End.Sub(segment.Start)
			if segment.Inferred {
				inferred += segment.End.Sub(segment.Start)
			}
		}
		if at != k.End {
			failed++
		}
		all += k.End.Sub(k.Start)
	}
	unknown := 100 * float64(total[exectrace.SegmentUnknown]) / float64(all)
	t.Logf("%d spans of %s, %d segments, %s for each span; %d do not add up; %.3f %% unknown, %.1f %% inferred; %v",
		tasks, x.Duration(), segments, time.Since(start)/time.Duration(max(tasks, 1)), failed, unknown, 100*float64(inferred)/float64(all), total)
	if tasks < 10 || failed > 0 || unknown > .5 {
		t.Errorf("of %d spans %d do not add up, and %.3f %% are unknown", tasks, failed, unknown)
	}
}
