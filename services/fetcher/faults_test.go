package fetcher

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.opencensus.io/trace"

	"example.com/tracelab/internal/costs"
	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/reporting"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/tracetest"
)

// TestMain has this process trust the certificates of httptest, where Go reads
// the roots that it trusts from a file.
func TestMain(m *testing.M) { os.Exit(trusting(m)) }

func trusting(m *testing.M) int {
	dir, err := os.MkdirTemp("", "fetcher-test")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	srv := httptest.NewTLSServer(nil)
	root := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	srv.Close()
	file := filepath.Join(dir, "roots.pem")
	if err := os.WriteFile(file, root, 0o600); err != nil {
		log.Fatal(err)
	}
	os.Setenv("SSL_CERT_FILE", file)
	return m.Run()
}

// faulty fetches as a request with the header Fault does, and returns what the
// log of costs has of it.
func faulty(t testing.TB, ctx context.Context, h http.Handler, fault, target string) (int, answer, []costs.Cost) {
	t.Helper()
	var costLog costs.Log
	ctx, span := trace.StartSpan(ctx, "test")
	defer span.End()
	if fault != "" {
		asks, err := faults.Parse(fault)
		if err != nil {
			t.Fatal(err)
		}
		ctx = faults.With(ctx, "", "fetcher", asks, &costLog)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/fetch?url="+url.QueryEscape(target), nil).WithContext(ctx))
	return w.Code, decode(t, w), costLog.Of(span.SpanContext().TraceID.String())
}

// everyFault is one of each, with a placeholder for ms where there is one.
var everyFault = []string{
	"fetcher=slow-third-party;ms=%d",
	"fetcher=narrow-channel;ms=%d",
	"fetcher=gc-pressure;ms=%d",
	"fetcher=cold-connections;n=3",
	"fetcher=clock-skew;ms=%d",
}

func spec(fault string, ms int) string {
	if strings.Contains(fault, "%d") {
		return fmt.Sprintf(fault, ms)
	}
	return fault
}

// TestFaultsAddTheirTime makes faulty fetches, each with a plain one beside it.
func TestFaultsAddTheirTime(t *testing.T) {
	const ms = 500
	srv, addr := webServer(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") })
	h := handler(t, Config{}, addr)
	fetch(t, h, srv.URL)
	for _, fault := range everyFault {
		longer := strings.Contains(fault, "%d") && !strings.Contains(fault, "clock-skew")
		hurts := strings.Contains(fault, "gc-pressure")
		beside := func() error { // what makes others wait does so each time; a busy machine does not
			done := make(chan struct{})
			began := time.Now()
			go func() {
				defer close(done)
				code, a, costs := faulty(t, t.Context(), h, spec(fault, ms), srv.URL)
				took := time.Since(began)
				switch {
				case code != 200 || a.Bytes != 5:
					t.Errorf("%s: %d %+v", fault, code, a)
				case len(costs) != 1:
					t.Errorf("%s: the log has %+v", fault, costs)
				case longer && (took < ms*time.Millisecond || costs[0].Took < ms*1000 || costs[0].Took > took.Microseconds()):
					t.Errorf("%s took %s and cost %d µs; want %d ms", fault, took, costs[0].Took, ms)
				}
			}()
			code, a := fetch(t, h, srv.URL)
			took := time.Since(began)
			<-done
			if code != 200 || a.Status != 200 || longer && !hurts && took >= ms*time.Millisecond {
				return fmt.Errorf("beside %s: %d %+v after %s", fault, code, a, took)
			}
			return nil
		}
		if err := testbed.Eventually(beside); err != nil {
			t.Error(err)
		}
	}
}

// TestFaultsEndWithTheirRequest lets the caller go in the middle.
func TestFaultsEndWithTheirRequest(t *testing.T) {
	arrived := make(chan struct{}, 1)
	srv, addr := webServer(t, func(http.ResponseWriter, *http.Request) {
		select {
		case arrived <- struct{}{}:
		default:
		}
	})
	h := handler(t, Config{}, addr)
	for _, fault := range []string{"fetcher=slow-third-party;ms=2500", "fetcher=narrow-channel;ms=1000", "fetcher=gc-pressure;ms=1000"} {
		before := runtime.NumGoroutine()
		soon := func() error { // what goes on to its end does so each time; a busy machine does not
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			ended := make(chan int)
			began := time.Now()
			go func() {
				code, _, _ := faulty(t, ctx, h, fault, srv.URL)
				ended <- code
			}()
			if strings.Contains(fault, "third-party") {
				<-arrived // the target has the request at once
			}
			cancel()
			if code := <-ended; code == 200 || time.Since(began) > 900*time.Millisecond {
				return fmt.Errorf("%s: %d after %s", fault, code, time.Since(began))
			}
			return nil
		}
		if err := testbed.Eventually(soon); err != nil {
			t.Error(err)
		}
		awaitGoroutines(t, fault, before)
	}
}

func awaitGoroutines(t *testing.T, what string, before int) {
	t.Helper()
	err := testbed.Eventually(func() error {
		if n := runtime.NumGoroutine(); n > before {
			stacks := make([]byte, 64<<10)
			return fmt.Errorf("%d goroutines, %d before:\n%s", n, before, stacks[:runtime.Stack(stacks, true)])
		}
		return nil
	})
	if err != nil {
		t.Errorf("%s leaves something behind: %v", what, err)
	}
}

var times = flag.Int("times", 100, "how often TestFaultsLeaveNothingBehind has each fault happen")

// TestFaultsLeaveNothingBehind has each happen often enough that a connection, a goroutine
// or a few kilobytes of each would be seen.
func TestFaultsLeaveNothingBehind(t *testing.T) {
	plain, addr := webServer(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") })
	secure, secureAddr := secureServer(t, true)
	h := handler(t, Config{}, addr, secureAddr)
	for _, url := range []string{plain.URL, secure.URL} {
		fetch(t, h, url)
		goroutines, files, heap := runtime.NumGoroutine(), descriptors(), live()
		for _, fault := range everyFault {
			n := *times
			if url == secure.URL {
				n /= 10
			}
			// The collector would close what is forgotten, and hide that it was.
			percent := debug.SetGCPercent(-1)
			for range n {
				if code, a, _ := faulty(t, t.Context(), h, spec(fault, 1), url); code != 200 {
					t.Fatalf("%s of %s: %d %+v", fault, url, code, a)
				}
			}
			awaitGoroutines(t, fault, goroutines)
			err := testbed.Eventually(func() error {
				if now := descriptors(); now > files {
					return fmt.Errorf("%d descriptors, %d before", now, files)
				}
				return nil
			})
			debug.SetGCPercent(percent)
			if err == nil {
				err = testbed.Eventually(func() error {
					if now := live(); now > heap+1<<20 {
						return fmt.Errorf("%d bytes of heap, %d before", now, heap)
					}
					return nil
				})
			}
			if err != nil {
				t.Errorf("%s: %v", fault, err)
			}
		}
	}
}

// descriptors counts what this process has open, where that can be known.
func descriptors() int {
	all, _ := os.ReadDir("/proc/self/fd")
	return len(all)
}

func live() uint64 {
	runtime.GC()
	runtime.GC() // the first may only empty pools into their victims
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func secureServer(t *testing.T, h2 bool) (*httptest.Server, string) {
	t.Helper()
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		t.Skip("the roots that are trusted here do not come from a file")
	}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }))
	srv.EnableHTTP2 = h2
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.TLS = &tls.Config{}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv, srv.Listener.Addr().String()
}

// TestAClockThatIsBehind has the spans of one request tell times of a minute ago.
func TestAClockThatIsBehind(t *testing.T) {
	const behind = time.Minute
	var spans tracetest.Recorder
	reporter := reporting.Wrap(&spans)
	provider, err := tracing.Start(tracing.Config{Service: "fetcher", Reporter: reporter})
	if err != nil {
		t.Fatal(err)
	}
	defer provider.Shutdown(context.Background())
	srv, addr := webServer(t, func(http.ResponseWriter, *http.Request) {})
	h := tracing.Handler(handler(t, Config{}, addr))
	for fault, want := range map[string]time.Duration{"fetcher=clock-skew;ms=60000": behind, "": 0} {
		began := time.Now()
		ctx := reporting.NewContext(t.Context(), reporter)
		_, other := trace.StartSpan(ctx, "other") // a trace that has no part in it
		asks, _ := faults.Parse(fault)
		var costLog costs.Log
		r := httptest.NewRequest("GET", "/fetch?url="+url.QueryEscape(srv.URL), nil)
		h.ServeHTTP(httptest.NewRecorder(), r.WithContext(faults.With(ctx, "", "fetcher", asks, &costLog)))
		other.End()
		all := spans.Take()
		if len(all) != 4 {
			t.Fatalf("%q: %d spans: %+v", fault, len(all), all)
		}
		for _, s := range all[:3] { // CLIENT, httpRequest, SERVER
			off := began.Sub(s.Timestamp)
			if off > want || off < want-time.Since(began) || s.Duration > time.Since(began) {
				t.Errorf("%q: %s %s begins %s before the request and lasts %s", fault, s.Kind, s.Name, off, s.Duration)
			}
		}
		if s := all[3]; s.Name != "other" || began.After(s.Timestamp) {
			t.Errorf("%q: the span of another trace is %+v", fault, s)
		}
	}
}

// TestFaultsKeepThePolicy asks for every fault on the way to what is not to be
// fetched, by address, by name and by redirect.
func TestFaultsKeepThePolicy(t *testing.T) {
	var hits atomic.Int64
	srv, addr := webServer(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			hits.Add(1)
		}
	}
	_, port, _ := net.SplitHostPort(addr)
	resolveWith(t, func(string) net.IP { return net.IPv4(127, 0, 0, 1) })
	redirecting, from := webServer(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://inside.example:"+port+"/", http.StatusFound)
	})
	h := handler(t, Config{}, from)
	both := "fetcher=slow-third-party;ms=1,fetcher=cold-connections;n=2,fetcher=gc-pressure;ms=1,fetcher=narrow-channel;ms=1"
	for u, want := range map[string]int{srv.URL: 400, "http://inside.example:" + port: 400, "https://inside.example:" + port: 400, redirecting.URL: 502} {
		if code, a, _ := faulty(t, t.Context(), h, both, u); code != want {
			t.Errorf("%s: %d %+v; want %d", u, code, a, want)
		}
	}
	if n := hits.Load(); n != 0 {
		t.Errorf("the server on loopback was reached %d times", n)
	}
}
