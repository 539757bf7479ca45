package load

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

// connections is what hey and wrk are given, and what ours is given once.
const connections = 10

// row is what a tool says.
type row struct {
	tool     string
	asked    int // requests a second; zero: as many as it can
	reached  float64
	p50, p99 time.Duration
	cpu      time.Duration // of the tool, a request
}

// run runs a tool, and fills in what all tools have in common.
func run(t *testing.T, r *row, requests func(out []byte) float64, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v: %s", cmd, err, out)
	}
	used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	r.cpu = time.Duration(float64(used) / requests(out))
	return out
}

func runTracelab(t *testing.T, url string, rate, concurrency int) row {
	t.Helper()
	var doc struct {
		Reached  float64 `json:"rate_reached"`
		Ended    int
		Variants []struct {
			Latency struct{ P50, P99 int64 } `json:"latency_us"`
		}
	}
	r := row{tool: fmt.Sprintf("tracelab load, at most %d under way", concurrency), asked: rate}
	run(t, &r, func(out []byte) float64 {
		if err := json.Unmarshal(out, &doc); err != nil || len(doc.Variants) != 1 {
			t.Fatalf("%v: %s", err, out)
		}
		return float64(doc.Ended)
	}, stacktest.Program, "load", url, "--json", "--rate", strconv.Itoa(rate), "--duration", duration.String(), "--concurrency", strconv.Itoa(concurrency))
	l := doc.Variants[0].Latency
	r.reached, r.p50, r.p99 = doc.Reached, time.Duration(l.P50)*time.Microsecond, time.Duration(l.P99)*time.Microsecond
	return r
}

func runHey(t *testing.T, url string, rate int) row {
	t.Helper()
	r := row{tool: fmt.Sprintf("hey, %d connections", connections), asked: rate}
	out := run(t, &r, asked(t, `Requests/sec:\s+([\d.]+)`), tool(t, "hey"),
		"-z", duration.String(), "-c", strconv.Itoa(connections), "-q", strconv.Itoa(rate/connections), url)
	r.reached = number(t, out, `Requests/sec:\s+([\d.]+)`)
	r.p50 = time.Duration(number(t, out, `50% in ([\d.]+) secs`) * float64(time.Second))
	r.p99 = time.Duration(number(t, out, `99% in ([\d.]+) secs`) * float64(time.Second))
	return r
}

// runWrk has wrk send as much as it can: it knows no rate.
func runWrk(t *testing.T, url string) row {
	t.Helper()
	r := row{tool: fmt.Sprintf("wrk, %d connections", connections)}
	out := run(t, &r, asked(t, `Requests/sec:\s+([\d.]+)`), tool(t, "wrk"), "--latency", "-t", "1", "-c", strconv.Itoa(connections), "-d", duration.String(), url)
	r.reached = number(t, out, `Requests/sec:\s+([\d.]+)`)
	r.p50, r.p99 = span(t, out, `(?m)^\s+50%\s+(\S+)`), span(t, out, `(?m)^\s+99%\s+(\S+)`) // a share of 65.50% is no quantile
	return r
}

// tool finds what is installed.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		testbed.Missing(t, name, "apt-get install "+name)
	}
	return path
}

// asked reads a rate, and returns how many requests that were.
func asked(t *testing.T, rate string) func([]byte) float64 {
	return func(out []byte) float64 { return number(t, out, rate) * duration.Seconds() }
}

func match(t *testing.T, out []byte, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindSubmatch(out)
	if found == nil {
		t.Fatalf("no %s in %s", pattern, out)
	}
	return string(found[1])
}

func number(t *testing.T, out []byte, pattern string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(match(t, out, pattern), 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func span(t *testing.T, out []byte, pattern string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(match(t, out, pattern))
	if err != nil {
		t.Fatal(err)
	}
	return d
}
