package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed/stacktest"
)

// gone waits until none of the processes is left.
func (s *stack) gone(pids []int) {
	s.t.Helper()
	s.eventually("all processes gone", func() error {
		for _, pid := range pids {
			if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
				return fmt.Errorf("process %d is still there (%v)", pid, err)
			}
		}
		return nil
	})
}

func (s *stack) pids() (pids []int) {
	for _, service := range []string{"gateway", "fetcher", "writer"} {
		pids = append(pids, s.process(service, 0).PID)
	}
	return pids
}

func TestCtrlCEndsAll(t *testing.T) {
	t.Parallel()
	s := up(t)
	pids := s.pids()
	s.visit("GET", "/visit")
	if took := s.stopped(); took > soon {
		t.Errorf("it took %s to end", took)
	}
	if code := s.Cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit status %d", code)
	}
	s.gone(pids)
}

// TestCtrlCWhileVisitsAreUnderWay ends the stack in the middle of work.
func TestCtrlCWhileVisitsAreUnderWay(t *testing.T) {
	t.Parallel()
	limit := stopsWithin(t)
	s := up(t)
	third := s.thirdParty()
	pids := s.pids()
	for range 5 {
		go client.Get(s.gateway + "/visit?url=" + third + "/delay/9")
		go client.Post(s.gateway+"/visits?url="+third+"/delay/9", "", nil)
	}
	fetcher := s.process("fetcher", 0).URL
	s.eventually("at work", func() error {
		_, _, metrics := do(t, "GET", fetcher+"/metrics")
		if !openSpans.Match(metrics) {
			return fmt.Errorf("the fetcher has no open span: %s", metrics)
		}
		return nil
	})
	if took := s.stopped(); took > limit {
		t.Errorf("it took %s to end; want at most %s", took, limit)
	}
	s.gone(pids)
}

var openSpans = regexp.MustCompile(`(?m)^tracelab_spans_open [1-9]`)

func TestKilledParentLeavesNoChild(t *testing.T) {
	t.Parallel()
	s := up(t)
	pids := s.pids()
	s.Cmd.Process.Kill()
	<-s.Ended
	s.gone(pids)
}

// TestKilledGoRunLeavesNothing starts the stack as the README does, and kills
// the go command, which hands on no signal. Traces are saved all the same.
func TestKilledGoRunLeavesNothing(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "traces.json")
	s, id := keeps(t, exec.Command("go", "run", "example.com/tracelab/cmd/tracelab", "up"), file)
	pids := s.pids()
	s.Cmd.Process.Kill()
	s.gone(pids)
	s.eventually("saved", func() error { return inFile(t, file, id) })
}

func TestATakenPortNamesItsFlag(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	port := strconv.Itoa(ln.Addr().(*net.TCPAddr).Port)
	for _, piece := range []string{"server", "gateway", "writer-debug"} {
		s := start(t, "--port-"+piece, port)
		<-s.Ended
		if out := s.Output(); s.Cmd.ProcessState.ExitCode() != 1 || !strings.Contains(out, port) || !strings.Contains(out, "--port-"+piece) {
			t.Errorf("port of %s: exit status %d, and it says: %s", piece, s.Cmd.ProcessState.ExitCode(), out)
		}
	}
}

func TestWrongUse(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--sampler", "sometimes"}, {"--zipkin", "ftp://x"}} {
		s := start(t, args...)
		<-s.Ended
		if code, out := s.Cmd.ProcessState.ExitCode(), s.Output(); code != 2 || !strings.Contains(out, args[1]) || strings.Contains(out, "panic") {
			t.Errorf("up %v: exit status %d, and it says: %s", args, code, out)
		}
	}
	out, err := exec.Command(stacktest.Program, "up", "--nope").CombinedOutput()
	if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 2 {
		t.Errorf("an unknown flag: %v: %s", err, out)
	}
	cmd := exec.Command(stacktest.Program, "doctor", "--server", "http://127.0.0.1:1")
	out, err = cmd.CombinedOutput()
	if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 3 {
		t.Errorf("doctor without a server: %v: %s", err, out)
	}
}

// TestTwoHundredAtOnce checks that a crowd gets answers and leaves nothing
// behind in any process.
func TestTwoHundredAtOnce(t *testing.T) {
	s := up(t)
	const crowd = 200
	var done atomic.Int32
	visitAll := func() {
		var wg sync.WaitGroup
		for range crowd {
			wg.Go(func() {
				switch status, a := s.ask("GET", "/visit"); {
				case status == 200 && len(a.Visits) == 1:
					done.Add(1)
				case (status == 503 || status == 504) && a.Service != "" && a.TraceID != "": // the machine does not keep up
				default:
					t.Errorf("%d %+v", status, a)
				}
			})
		}
		wg.Wait()
		client.CloseIdleConnections()
	}
	visitAll() // pools and caches fill
	before := s.footprints()
	for range 3 {
		visitAll()
	}
	// Idle connections between the services stay open for a while, more of them or
	// fewer from one crowd to the next; one thing left behind by each of three
	// crowds' requests would be six hundred.
	s.eventually("back to what it was", func() error {
		for name, b := range before {
			if a := s.footprint(name); a.goroutines > b.goroutines+crowd || a.descriptors > b.descriptors+crowd {
				return fmt.Errorf("the %s had %+v and has %+v", name, b, a)
			}
		}
		return nil
	})
	if n := done.Load(); n < 4*crowd/2 {
		t.Errorf("%d of %d visits were made", n, 4*crowd)
	}
	for name := range before {
		t.Logf("%s: %+v, then %+v", name, before[name], s.footprint(name))
	}
	if out := s.Output(); strings.Contains(out, "DATA RACE") || strings.Contains(out, "panic") {
		t.Error(out)
	}
}

type footprint struct{ goroutines, descriptors int }

func (s *stack) footprints() map[string]footprint {
	all := map[string]footprint{}
	for _, name := range []string{"gateway", "fetcher", "writer"} {
		all[name] = s.footprint(name)
	}
	return all
}

// footprint is what a service's own metrics say.
func (s *stack) footprint(service string) (f footprint) {
	s.t.Helper()
	_, _, body := do(s.t, "GET", s.process(service, 0).URL+"/metrics", "Connection", "close")
	lines := bufio.NewScanner(strings.NewReader(string(body)))
	for lines.Scan() {
		fmt.Sscanf(lines.Text(), "go_goroutines %d", &f.goroutines)
		fmt.Sscanf(lines.Text(), "process_open_fds %d", &f.descriptors)
	}
	if f.goroutines == 0 || f.descriptors == 0 && runtime.GOOS == "linux" {
		s.t.Fatalf("the metrics of the %s lack go_goroutines or process_open_fds: %+v", service, f)
	}
	return f
}

func TestEachServiceHasItsPorts(t *testing.T) {
	t.Parallel()
	s := up(t)
	for _, service := range []string{"gateway", "fetcher", "writer"} {
		p := s.process(service, 0)
		for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
			if status, _, body := do(t, "GET", p.URL+path); status != 200 {
				t.Errorf("%s%s: %d %s", service, path, status, body)
			}
		}
		for _, path := range []string{"/debug/pprof/", "/debug/pprof/goroutine?debug=1", "/debug/pprof/trace?seconds=0.01"} {
			if status, _, _ := do(t, "GET", "http://"+p.DebugAddr+path); status != 200 {
				t.Errorf("%s%s: %d", service, path, status)
			}
		}
		if status, _, _ := do(t, "GET", p.URL+"/debug/pprof/"); status != 404 {
			t.Errorf("%s shows its profiles on its public port: %d", service, status)
		}
	}
}

// TestSamplingChangesWhileRunning switches the gateway off and on again.
func TestSamplingChangesWhileRunning(t *testing.T) {
	t.Parallel()
	s := up(t)
	debug := "http://" + s.process("gateway", 0).DebugAddr + "/debug/sampling"
	put := func(sampler string) (int, string) {
		req := mustRequest(t, "PUT", debug)
		req.Body = io.NopCloser(strings.NewReader(sampler))
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(body)
	}
	for _, wrong := range []string{"", "sometimes", "2", strings.Repeat("x", 5000)} {
		if status, body := put(wrong); status != 400 || !strings.Contains(body, `"field": "sampler"`) {
			t.Errorf("PUT %.20q: %d %s", wrong, status, body)
		}
	}
	for _, sampler := range []string{"never", "GET /visit=always; never", "POST /visits=always; never"} {
		if status, body := put(sampler); status != 200 || !strings.Contains(body, sampler) {
			t.Fatalf("PUT %s: %d %s", sampler, status, body)
		}
		want := sampler == "GET /visit=always; never"
		if _, a := s.ask("GET", "/visit"); a.Sampled != want {
			t.Errorf("with %s: sampled %v", sampler, a.Sampled)
		}
		if _, a := s.ask("GET", "/visit", "b3", "d"); !a.Sampled {
			t.Errorf("with %s: a debug request was not sampled", sampler)
		}
		s.eventually("told to the server", func() error {
			if got := s.process("gateway", 0).Sampler; got != sampler {
				return fmt.Errorf("it says %s", got)
			}
			return nil
		})
	}
}

// TestTheCountersAddUp reads a service's metrics while it is busy.
func TestTheCountersAddUp(t *testing.T) {
	t.Parallel()
	s := up(t, "--sampler", "0.5")
	url := s.process("fetcher", 0).URL + "/metrics"
	var busy sync.WaitGroup
	for range 4 {
		busy.Go(func() {
			for range 25 {
				s.ask("GET", "/visit")
			}
		})
	}
	for range 50 {
		c := map[string]int{}
		_, _, body := do(t, "GET", url)
		lines := bufio.NewScanner(strings.NewReader(string(body)))
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), " ")
			name, ok := strings.CutPrefix(name, "tracelab_spans_")
			if n, err := strconv.Atoi(value); ok && err == nil {
				name, _, _ = strings.Cut(name, "{")
				c[name] += n
			}
		}
		if c["started_total"] != c["sampled_total"]+c["not_sampled_total"] ||
			c["sampled_total"] != c["open"]+c["queued"]+c["delivered_total"]+c["dropped_total"] || c["dropped_total"] != 0 {
			t.Fatalf("they do not add up: %v", c)
		}
	}
	busy.Wait()
}

// BenchmarkUp prints what the whole stack takes: the median time until every
// service is ready, and resident memory after ten visits, summed over its
// processes (what they share counts each time).
func BenchmarkUp(b *testing.B) {
	b.Log("beside it: HotROD v1.76.0 was seen ready after 40 to 320 ms with 18.9 MB, its Jaeger not counted")
	var ready, resident []float64
	for b.Loop() {
		began := time.Now()
		s := up(b)
		ready = append(ready, float64(time.Since(began).Milliseconds()))
		for range 10 {
			s.ask("GET", "/visit")
		}
		resident = append(resident, float64(s.resident())/(1<<20))
		s.Stop()
	}
	slices.Sort(ready)
	slices.Sort(resident)
	b.ReportMetric(ready[len(ready)/2], "ms-to-ready")
	b.ReportMetric(resident[len(resident)/2], "MB-resident")
}

func (s *stack) resident() (bytes int) {
	for _, pid := range append(s.pids(), s.Cmd.Process.Pid) {
		statm, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
		if err != nil {
			s.t.Skip("resident memory is read from /proc: ", err)
		}
		var total, resident int
		fmt.Sscan(string(statm), &total, &resident)
		bytes += resident * os.Getpagesize()
	}
	return bytes
}
