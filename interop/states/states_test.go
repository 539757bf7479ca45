// Package states reads, from the execution trace of a running service, what a
// faulty request was in, and holds it against the catalogue.
package states

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

func TestMain(m *testing.M) { os.Exit(stacktest.Main(m)) }

// asked are the faults whose state shows in an execution trace, with the least
// share of their time that is in it, in percent.
var asked = []struct {
	fault string
	share int
}{
	{"fetcher=slow-third-party;ms=100", 90},
	{"fetcher=narrow-channel;ms=100", 90},
	{"writer=lock-contention;ms=100", 90},
	{"writer=pool-exhaustion;ms=100", 90},
	{"writer=slow-disk;ms=100", 80}, // the rest is its loop and a disk that others use
	{"gateway=quadratic;ms=100", 80},
	{"gateway=goroutine-flood;ms=100", 70}, // it starts thousands of goroutines first
	{"fetcher=gc-pressure;ms=100", 40},     // 80 on a machine with nothing else to do
}

func TestStates(t *testing.T) {
	s := stacktest.Up(t)
	debug := debugAddresses(t, s.UI)
	for _, a := range asked {
		t.Run(a.fault, func(t *testing.T) {
			injections, err := faults.Parse(a.fault)
			if err != nil {
				t.Fatal(err)
			}
			f := injections[0]
			// Where others use this machine, what a visit waits for besides takes longer, too.
			for seconds := 1; ; seconds++ {
				share, seen := medianShare(t, a.fault, f, seconds, s.Gateway, debug[f.Service])
				if seen >= 3 && share >= a.share {
					return
				}
				if seconds == 5 {
					t.Fatalf("%d %% of %s, in %d visits, are %s; want %d", share, f.Truth.Operation, seen, f.Truth.State, a.share)
				}
			}
		})
	}
}

// medianShare makes visits with a fault for some seconds and returns how much of the faulty
// operation was in its state, in percent, and in how many visits that was seen.
func medianShare(t *testing.T, fault string, f faults.Injection, seconds int, gateway, debug string) (share, seen int) {
	t.Helper()
	ids, raw := record(t, seconds, gateway, debug, fault)
	x, err := read(raw)
	if err != nil {
		t.Fatal(err)
	}
	var shares []int
	for _, id := range ids {
		span, ok := span(x, id, f.Truth.Operation)
		if !ok {
			continue // it was under way when the recording began or ended
		}
		was := explain(x, span)
		whole := span.End.Sub(span.Start)
		t.Logf("%s: %s", whole, inOrder(was))
		// What the system took away is this machine's, and not the fault's; but who
		// computes is who is taken away.
		in, of := was[f.Truth.State], whole-was["cpu-wait"]
		if f.Truth.State == "running" {
			in, of = in+was["cpu-wait"], whole
		}
		shares = append(shares, int(100*in/max(1, of)))
	}
	if len(shares) == 0 {
		return 0, 0
	}
	slices.Sort(shares)
	return shares[len(shares)/2], len(shares)
}

// record takes an execution trace while visits are made, and returns it with
// their trace ids.
func record(t *testing.T, seconds int, gateway, debug, fault string) (ids []string, raw []byte) {
	t.Helper()
	done := make(chan error, 1)
	go func() {
		resp, err := http.Get(fmt.Sprint(debug, "/debug/pprof/trace?seconds=", seconds))
		if err == nil {
			raw, err = io.ReadAll(resp.Body)
			resp.Body.Close()
		}
		done <- err
	}()
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			return ids, raw
		default:
		}
		req, err := http.NewRequest("GET", gateway+"/visit", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(faults.Header, fault)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var a struct{ TraceID string }
		err = json.NewDecoder(resp.Body).Decode(&a)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("a visit with %s: %s, %v", fault, resp.Status, err)
		}
		ids = append(ids, a.TraceID)
	}
}

// debugAddresses are the debug ports of the services, by name.
func debugAddresses(t *testing.T, ui string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := testbed.Eventually(func() error {
		var stack struct {
			Processes []struct {
				Service   string
				DebugAddr string `json:"debug_addr"`
			}
		}
		resp, err := http.Get(ui + "/tracelab/v1/stack")
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if err := json.NewDecoder(resp.Body).Decode(&stack); err != nil {
			return err
		}
		for _, p := range stack.Processes {
			found[p.Service] = "http://" + p.DebugAddr
		}
		if len(found) < 3 {
			return fmt.Errorf("there are only %v", found)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func inOrder(was map[string]time.Duration) string {
	var words []string
	for _, state := range slices.SortedFunc(maps.Keys(was), func(a, b string) int { return cmp.Compare(was[b], was[a]) }) {
		words = append(words, fmt.Sprintf("%s %s", state, was[state].Round(10*time.Microsecond)))
	}
	return strings.Join(words, ", ")
}
