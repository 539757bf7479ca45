package flight

import (
	"context"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/tracing"
)

var goroutines = flag.Int("goroutines", 5000, "that idle while snapshots are taken") // the race detector allows 8128

// TestIdleGoroutines has a server answer while snapshots are requested all the time, with all
// goroutines of the process, most of which do nothing.
func TestIdleGoroutines(t *testing.T) {
	r := record(t, "")
	wake := make(chan struct{})
	defer close(wake)
	for range *goroutines {
		go func() { <-wake }()
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "here") }))
	defer srv.Close()
	askFor := func(lasts time.Duration) (took []time.Duration) {
		for began := time.Now(); time.Since(began) < lasts; {
			sent := time.Now()
			resp, err := srv.Client().Get(srv.URL)
			if err != nil {
				t.Error(err)
				break
			}
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			took = append(took, time.Since(sent))
		}
		slices.Sort(took)
		return took
	}
	before := askFor(time.Second / 2) // to compare with by eye
	ctx, stop := context.WithCancel(background)
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for ctx.Err() == nil {
				if body, err := r.Take(ctx); err == nil && len(body) == 0 {
					t.Error("a snapshot is empty")
				}
			}
		})
	}
	began := time.Now()
	during := askFor(2 * time.Second)
	stop()
	readers.Wait()
	seconds, c := time.Since(began).Seconds(), r.Stats()
	n := float64(c.Taken[reasonRead])
	t.Logf("%d idle goroutines: %.1f snapshots a second, each %.1f ms and %.0f kB", *goroutines, n/seconds, 1e3*c.Seconds/n, float64(c.Bytes)/n/1e3)
	for what, took := range map[string][]time.Duration{"without": before, "with": during} {
		t.Logf("%8s snapshots: %d requests, p50 %v, p99 %v, longest %v", what, len(took), took[len(took)/2], took[len(took)*99/100], took[len(took)-1])
	}
	if n < 1 || n > 5*seconds+1 {
		t.Errorf("%.0f snapshots in %.1f s; want at most 5 a second", n, seconds)
	}
	if longest := during[len(during)-1]; longest > 5*time.Second {
		t.Errorf("a request waited for %s", longest)
	}
}

// BenchmarkRoot is what the recorder adds to a request.
func BenchmarkRoot(b *testing.B) {
	r := New(Config{ServerURL: "http://127.0.0.1:9"})
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		root := tracing.Root{TraceID: id(n), Name: "GET /visit", Start: time.Now()}
		r.RootStarted(root)
		root.Duration = time.Millisecond
		r.RootEnded(root)
	}
}
