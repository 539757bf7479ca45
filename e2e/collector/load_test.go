package collector

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// load is a number of requests at a steady pace, whatever the answers take: who
// waits for an answer before the next request would not see a service that
// stands still.
type load struct {
	rate  int // a second
	count int
	path  func(i int) string
}

// outcome is what came of a load. Each request took from when it was meant to
// be sent, so that it counts what those before it made it wait.
type outcome struct {
	took []time.Duration // sorted
	bad  []string        // requests without a 200
}

func (o outcome) quantile(q float64) time.Duration {
	return o.took[min(len(o.took)-1, int(q*float64(len(o.took))))]
}

// connections are enough for a thousand requests a second that take 64 ms each.
const connections = 64

// drive makes the requests, and returns when all are answered.
func (l load) drive(url string) outcome {
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	o := outcome{took: make([]time.Duration, l.count)}
	var next atomic.Int64
	var mu sync.Mutex
	var wg sync.WaitGroup
	began := time.Now()
	for range connections {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= l.count {
					return
				}
				meant := began.Add(time.Duration(i) * time.Second / time.Duration(l.rate))
				time.Sleep(time.Until(meant)) // the pace
				err := get(client, url+l.path(i))
				o.took[i] = time.Since(meant)
				if err != nil {
					mu.Lock()
					o.bad = append(o.bad, err.Error())
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	slices.Sort(o.took)
	return o
}

func get(client *http.Client, url string) error {
	resp, err := client.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s", url, resp.Status)
	}
	return nil
}
