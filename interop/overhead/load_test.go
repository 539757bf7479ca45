package overhead

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Requests come in bunches, so that they share what it costs to wake a process
// at rest. Alone, each would pay for that, which is more than tracing costs and
// differs from one to the next by as much.
const (
	rate        = 700 // a second
	bunch       = 10
	connections = 2
)

// load sends n requests, each at its time, whether those before it were
// answered or not. It counts the answers that say that their request was
// recorded, which of all variants only ours can. Where joined is set the requests
// are those of a traced caller.
func load(addr string, n, rate int, joined bool) (recorded int, err error) {
	var next, yes atomic.Int64
	var group errgroup.Group
	start := time.Now()
	for range connections {
		group.Go(func() error {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				return err
			}
			defer conn.Close()
			conn.SetDeadline(start.Add(time.Minute))
			answers := bufio.NewReader(conn)
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				due := start.Add(time.Duration(i/bunch*bunch) * time.Second / time.Duration(rate))
				time.Sleep(time.Until(due)) // the pace
				headers := ""
				if joined {
					headers = joinedHeaders()
				}
				said, err := visit(conn, answers, headers)
				if err != nil {
					return err
				}
				if strings.HasSuffix(said, "-01") {
					yes.Add(1)
				}
			}
			return nil
		})
	}
	err = group.Wait()
	return int(yes.Load()), err
}

// joinedHeaders are those of a caller that is traced, in both forms that
// somebody here reads: each variant joins the trace by the one that it knows. A vendor
// on the way has added its tracestate.
func joinedHeaders() string {
	trace, span := fmt.Sprintf("%016x%016x", rand.Uint64()|1, rand.Uint64()), fmt.Sprintf("%016x", rand.Uint64()|1)
	return "traceparent: 00-" + trace + "-" + span + "-01\r\ntracestate: vendor=" + span + ",other=0-1\r\n" +
		"X-B3-TraceId: " + trace + "\r\nX-B3-SpanId: " + span + "\r\nX-B3-Sampled: 1\r\n"
}

// visit makes one request and returns the header traceresponse.
func visit(conn net.Conn, answers *bufio.Reader, headers string) (said string, err error) {
	if _, err := io.WriteString(conn, "GET /hello HTTP/1.1\r\nHost: localhost\r\nUser-Agent: load\r\n"+headers+"\r\n"); err != nil {
		return "", err
	}
	resp, err := http.ReadResponse(answers, nil)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("answered %s", resp.Status)
	}
	return resp.Header.Get("Traceresponse"), nil
}
