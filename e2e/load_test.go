package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

// TestLoadTellsVariantsApart compares two modes of a visit and finds the traces
// of each by their tag.
func TestLoadTellsVariantsApart(t *testing.T) {
	s := up(t)
	cmd := exec.Command(stacktest.Program, "load", "--server", s.ui, "--rate", "50", "--count", "40", "--json",
		"--ab", "none", "?mode=serial", "--block", "5", "--header", "baggage: nobody=sees, attendee=a%20nn;p=1", "--fault", "gateway=serial-fanout")
	cmd.Stderr = new(bytes.Buffer)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s %s", err, out, cmd.Stderr)
	}
	var doc struct {
		Variants []struct {
			Name     string
			Statuses map[int]int
			TraceIDs []string `json:"traceIds"`
		}
	}
	if err := json.Unmarshal(out, &doc); err != nil || len(doc.Variants) != 2 {
		t.Fatalf("%v: %s", err, out)
	}
	for _, v := range doc.Variants {
		if v.Statuses[200] != 20 || len(v.TraceIDs) != 20 {
			t.Errorf("%+v", v)
		}
		traces := s.tagged("variant="+v.Name, 20)
		for _, spans := range traces {
			if !slices.Contains(v.TraceIDs, spans[0].TraceID) {
				t.Errorf("%s has the tag of %s", spans[0].TraceID, v.Name)
			}
			for _, one := range spans {
				entry := one.LocalEndpoint.ServiceName == "gateway" && one.Kind == "SERVER"
				if entry && (one.Tags["variant"] != v.Name || one.Tags["attendee"] != "a nn") {
					t.Errorf("variant %s: %v", v.Name, one)
				}
				for tag := range one.Tags {
					if tag == "fault" || tag == "nobody" || !entry && (tag == "variant" || tag == "attendee") {
						t.Errorf("%v tells %s", one, tag)
					}
				}
			}
		}
	}
}

// tagged finds the traces that a query of annotations finds, once there are n.
func (s *stack) tagged(query string, n int) (traces [][]span) {
	s.t.Helper()
	s.eventually("found by "+query, func() error {
		traces = nil
		_, _, body := do(s.t, "GET", s.ui+"/api/v2/traces?limit=100&annotationQuery="+query)
		if err := json.Unmarshal(body, &traces); err != nil || len(traces) != n {
			return fmt.Errorf("%d traces, %v", len(traces), err)
		}
		return nil
	})
	return traces
}

// hanging is a server that never answers, and counts what it does not answer.
func hanging(t *testing.T) (url string, asked *atomic.Int64) {
	asked = new(atomic.Int64)
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		<-r.Context().Done()
	}))
	t.Cleanup(srv.Close)
	return srv.URL, asked
}

func TestLoadStopsAtOnceAndReports(t *testing.T) {
	t.Parallel()
	url, asked := hanging(t)
	var out, errs testbed.Output
	cmd := exec.Command(stacktest.Program, "load", url, "--rate", "100", "--count", "100000")
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := testbed.Eventually(func() error {
		if n := asked.Load(); n < 20 {
			return fmt.Errorf("%d requests came", n)
		}
		return nil
	}); err != nil {
		cmd.Process.Kill()
		t.Fatal(err)
	}
	began := time.Now()
	cmd.Process.Signal(syscall.SIGINT)
	cmd.Wait()
	took := time.Since(began)
	t.Logf("it stopped within %s", took)
	if took > soon {
		t.Errorf("it took %s to stop", took)
	}
	if code := cmd.ProcessState.ExitCode(); code != 0 || !strings.Contains(out.String(), "cut off ") || !strings.Contains(out.String(), "answers    none\n") {
		t.Errorf("exit status %d: %s", code, out.String())
	}
	if errs.String() != "" {
		t.Errorf("there is progress on a pipe: %q", errs.String())
	}
}

// TestLoadShowsProgress gives it a terminal, by script of util-linux.
func TestLoadShowsProgress(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("script"); err != nil || runtime.GOOS != "linux" {
		testbed.Missing(t, "script", "it is in util-linux (Debian: bsdutils)")
	}
	url, _ := hanging(t)
	var out testbed.Output
	cmd := exec.Command("script", "-qec", stacktest.Program+" load "+url+" --rate 100 --count 100000", "/dev/null")
	cmd.Stdout = &out
	keys, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer keys.Write([]byte{'C' & 0x1f}) // Ctrl-C, which reaches what runs in the terminal
	if err := testbed.Eventually(func() error {
		if !strings.Contains(out.String(), "under way, 0 failed") {
			return fmt.Errorf("it shows %q", out.String())
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// TestLoadScript has the curl way ask for a fault, and link to the slowest.
func TestLoadScript(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		testbed.Missing(t, "curl", "apt-get install curl")
	}
	var right atomic.Int64
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Fault") == "writer=lock-contention;ms=80, gateway=quadratic" && r.Header.Get("X") == "1" && r.URL.String() == "/visit?rounds=2" {
			right.Add(1)
		}
		w.Header().Set("traceresponse", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	}))
	defer gateway.Close()
	cmd := exec.Command("../scripts/load.sh", "--rate", "50", "--count", "10", "--fault", "writer=lock-contention;ms=80, gateway=quadratic", "--header", "X: 1", "rounds=2")
	cmd.Env = append(cmd.Environ(), "GATEWAY="+gateway.URL, "TRACES=http://ui")
	out, err := cmd.CombinedOutput()
	if err != nil || right.Load() != 10 || !strings.Contains(string(out), "http://ui/zipkin/traces/4bf92f3577b34da6a3ce929d0e0e4736") {
		t.Errorf("%v, %d of 10 requests were right: %s", err, right.Load(), out)
	}
}
