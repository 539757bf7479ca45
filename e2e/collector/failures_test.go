package collector

import (
	"fmt"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
)

// The limits of every case. A reporter that made requests wait would make them
// wait for seconds; noise of the machine is in the control runs too.
const (
	mostMemory  = 150 << 20 // bytes over what the service had at its start
	mostLines   = 5         // of its log
	mostSpans   = 20_000    // in its queue: the default
	patience    = time.Second
	slackFactor = 3
	slack       = 200 * time.Millisecond
)

// failure is a way in which a collector does not do its part.
type failure struct {
	name   string
	fault  func(*collector, http.ResponseWriter, *http.Request, []byte)
	down   bool          // nothing listens
	within time.Duration // that Shutdown has
	fate   string        // of the spans: see row.check
}

const (
	allDelivered  = "all delivered"
	someDelivered = "some delivered"
	noneDelivered = "none delivered"
	noneTaken     = "all refused"
	oneRefused    = "one refused"
)

var healthy = failure{name: "healthy", fault: take, within: 20 * time.Second, fate: allDelivered}

var failures = []failure{
	{name: "down", down: true, within: time.Second, fate: noneDelivered},
	{name: "hung", fault: hang, within: time.Second, fate: noneDelivered},
	{name: "answers after 1.5 s", fault: slow, within: 2 * time.Second, fate: someDelivered},
	{name: "400 to everything", fault: answer(400), within: time.Second, fate: noneTaken},
	{name: "413 to everything", fault: answer(413), within: time.Second, fate: noneTaken},
	{name: "500 to everything", fault: answer(500), within: time.Second, fate: noneDelivered},
	{name: "503 to everything", fault: answer(503), within: time.Second, fate: noneDelivered},
	{name: "resets connections", fault: reset, within: time.Second, fate: noneDelivered},
	{name: "500 every other time, then well", fault: everyOther, within: 20 * time.Second, fate: allDelivered},
	{name: "takes a batch and resets", fault: takeAndReset, within: 20 * time.Second, fate: allDelivered},
	{name: "refuses one span of all", fault: refusePoison, within: 20 * time.Second, fate: oneRefused},
}

// TestCollectorFailures drives the service before every failing collector, with
// control runs among the cases: a case is slow if it is slower than those.
func TestCollectorFailures(t *testing.T) {
	if testing.Short() {
		t.Skip("a minute of load")
	}
	every := 4 // cases between two control runs
	if *duration >= 20*time.Second {
		every = 1
	}
	rows := []row{measure(t, healthy)}
	for cases := range slices.Chunk(failures, every) {
		before := rows[len(rows)-1]
		for _, f := range cases {
			rows = append(rows, measure(t, f))
		}
		after := measure(t, healthy)
		for i := len(rows) - len(cases); i < len(rows); i++ {
			rows[i].control = worse(before, after)
			if r := rows[i]; r.tooSlow() { // noise may hit one; what is slow is slow again
				t.Logf("once more: %s", r)
				again := measure(t, cases[len(cases)-len(rows)+i])
				rows[i] = again
				if rows[i].control = worse(after, measure(t, healthy)); rows[i].tooSlow() {
					t.Errorf("%s makes requests wait: %s", r.name, rows[i])
				}
			}
		}
		rows = append(rows, after)
	}
	t.Logf("%d requests/s for %s in each case, %d spans a request, %d CPUs, race detector %t\n%s",
		rate(), *duration, spansPerRequest, runtime.NumCPU(), testbed.Race, table(rows))
}

// rate is a pace that leaves a small machine some time, with the race detector
// too.
func rate() int {
	if testbed.Race {
		return 200
	}
	return 1000
}

// measure runs one case and checks all of it but its speed.
func measure(t *testing.T, f failure) row {
	t.Helper()
	c := newCollector(t, f.fault)
	url := c.URL
	if f.down {
		url = "http://127.0.0.1:" + testbed.FreePort(t)
	}
	s := start(t, url)
	first, err := s.state()
	if err != nil {
		t.Fatal(err)
	}
	count := int(duration.Seconds() * float64(rate()))
	stop := s.watch()
	o := load{rate: rate(), count: count, path: func(i int) string {
		if f.fate == oneRefused && i == count/2 {
			return "/work?poison=yes"
		}
		return "/work"
	}}.drive(s.url)
	polls := stop()
	last, err := s.state()
	if err != nil {
		t.Fatal(err)
	}
	if f.fate == allDelivered {
		c.well.Store(true)
	}
	r := row{failure: f, outcome: o, polls: polls, atEnd: last, ending: s.end(f.within), start: first.Peak}
	s.stop()
	r.lines, r.posts = s.lines(), int(c.asked.Load())
	r.cpu = s.cmd.ProcessState.UserTime() + s.cmd.ProcessState.SystemTime()
	if r.stored, r.again, err = c.stored(); err != nil {
		t.Errorf("%s: %v", f.name, err)
	}
	for _, err := range r.check(count * spansPerRequest) {
		t.Errorf("%s: %v", f.name, err)
	}
	if t.Failed() {
		t.Logf("%s\nits log:\n%s", r, strings.Join(r.lines, "\n"))
	}
	return r
}

func table(rows []row) string {
	var b strings.Builder
	fmt.Fprintln(&b, header)
	for _, r := range rows {
		fmt.Fprintln(&b, r)
	}
	return b.String()
}

func reasons(dropped map[string]uint64) string {
	var all []string
	for _, reason := range slices.Sorted(maps.Keys(dropped)) {
		if n := dropped[reason]; n > 0 {
			all = append(all, fmt.Sprintf("%s %d", reason, n))
		}
	}
	if all == nil {
		return "-"
	}
	return strings.Join(all, ", ")
}
