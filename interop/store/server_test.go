package store

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
	"example.com/tracelab/internal/testbed/zipkintest"
)

// maxSpans is more than the queries find, so that nothing is evicted before
// them, and little enough for Zipkin's half GiB, which 400,000 spans fill.
const maxSpans = "200000"

// server is one of the two, in a process of its own.
type server struct {
	t       testing.TB
	command func(port string) *exec.Cmd
	addr    string
	cmd     *exec.Cmd
	log     testbed.Output
}

func zipkin(t testing.TB) *server {
	return &server{t: t, command: func(port string) *exec.Cmd {
		return zipkintest.Command(t, port, "MEM_MAX_SPANS="+maxSpans)
	}}
}

func ours(t testing.TB, args ...string) *server {
	return &server{t: t, command: func(port string) *exec.Cmd { return stacktest.StoreCommand(port, args...) }}
}

// start starts the server and returns how long it takes to the first answer
// that it is healthy.
func (s *server) start() time.Duration {
	s.t.Helper()
	port := testbed.FreePort(s.t)
	s.addr = "127.0.0.1:" + port
	s.cmd = s.command(port)
	// Both run as whoever starts them gets them, whatever this process was started with.
	s.cmd.Env = without(s.cmd.Env, "GOGC", "GOMEMLIMIT", "GOMAXPROCS", "GODEBUG", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "JAVA_OPTS")
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(s.stop)
	for !s.healthy() {
		if time.Since(began) > 5*time.Minute {
			s.t.Fatalf("%s does not answer: %s", s.cmd.Path, s.log.String())
		}
	}
	return time.Since(began)
}

// healthy asks after a pause that is short beside any start, and long enough to
// leave the processor to it.
func (s *server) healthy() bool {
	pause := time.NewTimer(2 * time.Millisecond)
	defer pause.Stop()
	<-pause.C
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		return false
	}
	conn.Close()
	resp, err := http.Get("http://" + s.addr + "/health")
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func without(env []string, names ...string) []string {
	if env == nil {
		env = os.Environ()
	}
	return slices.DeleteFunc(env, func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains(names, name)
	})
}

func (s *server) stop() {
	if s.cmd == nil {
		return
	}
	s.cmd.Process.Kill()
	s.cmd.Wait()
	s.cmd = nil
	http.DefaultClient.CloseIdleConnections()
}

// cpu is the processor time that the server has had.
func (s *server) cpu() time.Duration {
	s.t.Helper()
	d, err := processorTime(s.cmd.Process.Pid)
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

// cpuOfStart is the same to the millisecond, but for the threads that have
// ended, of which a start has few.
func (s *server) cpuOfStart() time.Duration {
	s.t.Helper()
	d, err := threadsTime(s.cmd.Process.Pid)
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

// resident is the memory that the server has, in MB of 1,000,000 bytes.
func (s *server) resident() float64 {
	s.t.Helper()
	bytes, err := residentMemory(s.cmd.Process.Pid)
	if err != nil {
		s.t.Fatal(err)
	}
	return float64(bytes) / 1e6
}
