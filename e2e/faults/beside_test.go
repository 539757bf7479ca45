package faults

import (
	"flag"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"text/tabwriter"
	"time"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/testbed"
)

var long = flag.Bool("long", false, "measure each fault by itself, and a thousand of each")

// spec asks for a fault so that it is cheap, where its amount is not the point.
func spec(f *faults.Fault, ms, n int) string {
	text := f.Service + "=" + f.Name
	for _, p := range f.Params {
		switch p.Name {
		case "ms":
			text += fmt.Sprintf(";ms=%d", ms)
		case "n":
			text += fmt.Sprintf(";n=%d", min(n, p.Max))
		}
	}
	return text
}

// TestAFaultStaysInItsRequest has one client make plain visits all the time
// while another's are faulty or plain, in blocks that alternate, and compares
// what the first one saw.
func TestAFaultStaysInItsRequest(t *testing.T) {
	s := up(t)
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "the other's visits\tbeside plain ones\tbeside faulty ones\tchange")
	var together []string
	for _, f := range faults.Catalogue() {
		if !f.HurtsOthers {
			together = append(together, spec(f, besideMS, 20))
		}
		if *long {
			plain, faulty := s.beside([]string{spec(f, besideMS, 20)}, 10)
			hurts := ""
			if f.HurtsOthers {
				hurts = " (hurts others by its nature)"
			}
			fmt.Fprintf(w, "%s%s\t%s\t%s\t%+.1f %%\n", f.Name, hurts, fine(plain), fine(faulty), change(plain, faulty))
		}
	}
	plain, faulty := s.beside(together, 6)
	fmt.Fprintf(w, "all that should stay, in turn\t%s\t%s\t%+.1f %%\n", fine(plain), fine(faulty), change(plain, faulty))
	w.Flush()
	t.Logf("medians\n%s", &out)
	// A machine with neighbours is no judge of a tenth; one lock that is shared
	// would show as a multiple.
	if change(plain, faulty) > 50 {
		t.Errorf("visits beside faulty ones take %s, and %s beside plain ones", faulty, plain)
	}
}

func fine(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }

func change(plain, faulty time.Duration) float64 {
	return 100 * (float64(faulty)/float64(plain) - 1)
}

// Faulty visits come every 40 ms and are under way for 30 of them. With more of
// those that compute, processors would be what is short.
const (
	besidePace = 40 * time.Millisecond
	besideMS   = 30
)

// beside returns the median time of plain visits, first those beside plain
// ones, then those beside visits that ask for specs in turn.
func (s *stack) beside(specs []string, blocks int) (plain, faulty time.Duration) {
	var seen [2][]time.Duration
	var next atomic.Int64
	for block := range 2 * blocks {
		stop := testbed.Steadily(1/besidePace.Seconds(), func() { // the same for both
			fault := ""
			if block%2 == 1 {
				fault = specs[int(next.Add(1)-1)%len(specs)]
			}
			s.send(fault)
		})
		for range 60 {
			seen[block%2] = append(seen[block%2], s.visit("GET", "/visit", "").Took)
		}
		stop()
	}
	slices.Sort(seen[0])
	slices.Sort(seen[1])
	return seen[0][len(seen[0])/2], seen[1][len(seen[1])/2]
}

// send makes a visit whose answer is nobody's concern.
func (s *stack) send(fault string) {
	req, err := http.NewRequest("GET", s.Gateway+"/visit", nil)
	if err != nil {
		return
	}
	if fault != "" {
		req.Header.Set("Fault", fault)
	}
	if resp, err := client.Do(req); err == nil {
		resp.Body.Close()
	}
}

// TestThirtyPeopleEachSeeTheirOwnFault has them all visit at once.
func TestThirtyPeopleEachSeeTheirOwnFault(t *testing.T) {
	s := up(t)
	var mine []*faults.Fault
	for _, f := range faults.Catalogue() {
		if !f.HurtsOthers && f.Name != "cold-connections" { // of which a single trace says little
			mine = append(mine, f)
		}
	}
	var people sync.WaitGroup
	for person := range 30 {
		people.Go(func() {
			f := mine[person%len(mine)]
			sh := table[f.Name]
			ms := 60 + person
			if f.Name == "clock-skew" {
				ms *= 50 // takes no time, and has to stand out from the time that the way took
			}
			asks, err := faults.Parse(spec(f, ms, 20))
			if err != nil {
				t.Error(err)
				return
			}
			method, path, status := "GET", "/visit", max(sh.status, 200)
			if sh.method != "" {
				method, path = sh.method, sh.path
			}
			if sh.status != 0 {
				status = sh.status
			}
			if len(sh.urls) > 0 {
				path += s.urls(sh.urls...)
			}
			for range 3 {
				v := s.visit(method, path, faults.Format(asks))
				if v.Status != status {
					t.Errorf("person %d, %s: %d %s", person, f.Name, v.Status, v.Detail)
				}
				if _, err := s.awaitTrace(v.TraceID, func(tr trace) error { return sh.trace(tr, asks[0].Args) }); err != nil {
					t.Errorf("person %d, %s: trace %s: %v", person, f.Name, v.TraceID, err)
				}
			}
		})
	}
	people.Wait()
}
