// Package load holds 'tracelab load' beside hey and wrk, before a server of
// which is known how it stalls.
package load

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed/stacktest"
)

var duration = flag.Duration("duration", every, "how long each tool loads the server")

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(stacktest.Main(m))
}

const (
	every = 2 * time.Second
	stall = every / 10
)

// stalling is a server that answers in 2 ms, but for the last tenth of every
// two seconds by its own clock: then it answers when they are over.
func stalling(t *testing.T) (url string) {
	began := time.Now()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		wait := 2 * time.Millisecond
		if left := every - time.Since(began)%every; left < stall {
			wait += left
		}
		time.Sleep(wait) // what the tools are to see
		w.Write([]byte("ok"))
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// truth is what users who come evenly would wait: one in ten meets the stall,
// and waits for what is left of it.
func truth(q float64) time.Duration {
	return 2*time.Millisecond + max(0, time.Duration((q-0.9)*float64(every)))
}

// TestTheStallIsSeen prints what each tool says of the server. Only what ours
// says is judged: p99 must be nearer to the truth than to the 2 ms that most
// answers take. What the others say depends on the machine.
func TestTheStallIsSeen(t *testing.T) {
	rows := table{{tool: "the truth", p50: truth(0.5), p99: truth(0.99)}}
	url := stalling(t)
	for _, rate := range []int{200, 1000} {
		for _, concurrency := range []int{2000, connections} {
			mine := runTracelab(t, url, rate, concurrency)
			if mine.p99 < truth(0.99)/2 {
				t.Errorf("p99 at %d/s, %d under way at most, is %s; want about %s", rate, concurrency, mine.p99, truth(0.99))
			}
			rows = append(rows, mine)
		}
		rows = append(rows, runHey(t, url, rate))
	}
	rows = append(rows, runWrk(t, url))
	t.Logf("a stall of %s in every %s\n%s", stall, every, rows)
}
