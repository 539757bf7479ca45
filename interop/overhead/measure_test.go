package overhead

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The collector takes spans, or refuses connections.
const (
	up   = "up"
	down = "down"
)

// setup is what is measured: a row of the table.
type setup struct {
	variant, collector string
	joined             bool // requests come from a traced caller: see joinedHeaders
}

// rate is how many requests come a second, and spans how many one leaves.
func (s setup) rate() int {
	if s.isVisit() {
		return visitRate
	}
	return rate
}

func (s setup) spans() int {
	if s.isVisit() {
		return spansOfVisit
	}
	return 1
}

func (s setup) isVisit() bool { return strings.HasPrefix(s.variant, visitUntraced) }

// at are variants with the collector up or down; called are some that a traced
// service calls.
func at(collector string, variants ...string) (all []setup) {
	for _, variant := range variants {
		all = append(all, setup{variant, collector, false})
	}
	return all
}

func called(variants ...string) (all []setup) {
	for _, variant := range variants {
		all = append(all, setup{variant, up, true})
	}
	return all
}

var (
	short = slices.Concat(at(up, "none", "none again", "ours", openCensus, openTelemetry, zipkinsLibrary), at(down, "ours"))

	matrix = slices.Concat(at(up, "none", "none again", "ours", "ours, 1 %", "ours, never", openCensus, openTelemetry, zipkinsLibrary),
		at(down, "ours", openCensus, openTelemetry, zipkinsLibrary), called("none", "ours", openCensus, openTelemetry, zipkinsLibrary))
)

// machine is what all measurements share.
type machine struct {
	t         testing.TB
	program   string
	collector *process
	refusing  string // an address that stays taken and refuses connections
	runs      int
}

func newMachine(t testing.TB) *machine {
	t.Helper()
	if !canMeasure {
		t.Skip("the processor time of a process can be read on Unix only")
	}
	m := &machine{t: t, program: program(t)}
	m.collector = start(t, m.program, collectorRole, "")
	conn, err := net.Dial("tcp", m.collector.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	m.refusing = conn.LocalAddr().String()
	return m
}

// sample is what one run of a setup took, for each request.
type sample struct {
	cpu, allocs, bytes  float64 // cpu: µs
	expected, delivered int     // spans
}

// measure runs all setups once in each round, so that whatever else happens on
// the machine happens to all of them.
func (m *machine) measure(setups []setup, rounds, requests int) results {
	m.t.Helper()
	samples := map[setup][]sample{}
	for round := range rounds {
		for i := range setups {
			s := setups[(round+i)%len(setups)] // no variant is always first, or always behind the same one
			samples[s] = append(samples[s], m.run(s, requests))
		}
	}
	return summarize(setups, samples)
}

// run measures a process from its first paced request to the delivery of its
// last span, so that the whole of the background work is in.
func (m *machine) run(s setup, requests int) sample {
	m.t.Helper()
	const warmUp = 200
	addr, grace := m.collector.addr, 20*time.Second
	if s.collector == down {
		addr, grace = m.refusing, 300*time.Millisecond
	}
	m.runs++
	spans := fmt.Sprintf("http://%s/%d/api/v2/spans", addr, m.runs)
	p := start(m.t, m.program, s.variant, spans)
	defer p.stop()
	warm := m.load(p, warmUp, s)
	before := p.do(command{Do: "begin"})
	recorded := m.load(p, requests, s)
	after := p.do(command{Do: "finish", Grace: grace})
	n := float64(requests)
	one := sample{
		cpu:      float64((after.CPU - before.CPU).Microseconds()) / n,
		allocs:   float64(after.Allocs-before.Allocs) / n,
		bytes:    float64(after.Bytes-before.Bytes) / n,
		expected: (warm + recorded) * s.spans(),
	}
	if slices.Contains(peers, s.variant) {
		one.expected = warmUp + requests
	}
	if s.collector == up {
		one.delivered = m.delivered(spans)
	}
	return one
}

func (m *machine) load(p *process, n int, s setup) (recorded int) {
	m.t.Helper()
	recorded, err := load(p.addr, n, s.rate(), s.joined)
	if err != nil {
		p.fail(err)
	}
	return recorded
}

// delivered asks the collector how many spans came to an address.
func (m *machine) delivered(spans string) int {
	m.t.Helper()
	req, err := http.NewRequest(http.MethodDelete, spans, nil)
	if err != nil {
		m.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		m.t.Fatal(err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err != nil {
		m.t.Fatal(err)
	}
	n, err := strconv.Atoi(string(said))
	if err != nil {
		m.t.Fatalf("the collector says %q", said)
	}
	return n
}
