package flight

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// variant is a stack that differs from others in one thing.
type variant struct {
	name     string
	settings []string
}

var variants = []variant{
	{"off", []string{"TRACELAB_FLIGHT=false"}},
	{"off again", []string{"TRACELAB_FLIGHT=false"}}, // its difference from off is what this machine cannot tell
	{"on", []string{"TRACELAB_SLOW=never"}},
	{"on, p99 handed over", nil},
}

// Where in variants the recorder is off and on.
const off, on = 0, 2

// TestCost measures the processor time of the three services, with the recorder and
// without: at rest, where the recorder costs what it does whatever there is to do,
// and for a visit. All stacks run all the time, and have their turns in rounds so
// short that what else this machine does meets them alike. Without -rounds it measures
// only what it judges.
func TestCost(t *testing.T) {
	n, rates, compared := 4, []int{100}, []variant{variants[off], variants[on]}
	if *rounds > 0 {
		n, rates, compared = *rounds, []int{0, 100, 500}, variants
	}
	stacks := make([]*stack, len(compared))
	for i, v := range compared {
		stacks[i] = up(t, v.settings...)
		stacks[i].visits(100, 100, 4)
	}
	for _, rate := range rates {
		cost := costs(stacks, n, rate)
		if rate == 0 {
			t.Logf("%d rounds of %s at rest\n%s", n, turn, table(compared, "CPU µs/s", cost))
			continue
		}
		t.Logf("%d rounds of %s, %d visits a second\n%s", n, turn, rate, table(compared, "CPU µs/visit", cost))
		with := slices.IndexFunc(compared, func(v variant) bool { return v.name == variants[on].name })
		if times := quantile(ratios(cost[with], cost[off]), 0.5); times > 2 {
			t.Errorf("a visit with the recorder takes %.2f times the processor time", times)
		}
	}
}

// turn is how long a stack is looked at before it is the next one's turn.
const turn = time.Second / 2

// costs are the processor times of a visit at that rate, in µs, for each stack and
// round; at the rate of zero, those of a second.
func costs(stacks []*stack, rounds, rate int) [][]float64 {
	cost := make([][]float64, len(stacks))
	for round := range rounds {
		for i := range stacks {
			v := (round + i) % len(stacks) // nobody is always first, or always behind the same one
			before, per := stacks[v].cpu(), turn.Seconds()
			if rate == 0 {
				time.Sleep(turn) // what is measured
			} else {
				per *= float64(rate)
				stacks[v].visits(int(per), rate, 4)
			}
			cost[v] = append(cost[v], float64((stacks[v].cpu()-before).Microseconds())/per)
		}
	}
	return cost
}

// ratios are those of the same round, in order.
func ratios(a, b []float64) (all []float64) {
	for i := range a {
		all = append(all, a[i]/b[i])
	}
	slices.Sort(all)
	return all
}

func table(variants []variant, what string, cost [][]float64) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "recorder\t%s\t× off\tquartiles\t\n", what)
	for i, v := range variants {
		sorted := slices.Sorted(slices.Values(cost[i]))
		r := ratios(cost[i], cost[0])
		fmt.Fprintf(w, "%s\t%.0f\t%.3f\t%.3f – %.3f\t\n", v.name, quantile(sorted, 0.5), quantile(r, 0.5), quantile(r, 0.25), quantile(r, 0.75))
	}
	w.Flush()
	return b.String()
}

// TestSnapshotsUnderLoad compares visits while all services take snapshots, as
// often as they do, with visits while they take none, in turn.
func TestSnapshotsUnderLoad(t *testing.T) {
	const rate = 60
	n, visits := 2, 60
	if *rounds > 0 {
		n, visits = *rounds, 200
	}
	s := up(t, "TRACELAB_SLOW=never")
	s.visits(2*rate, rate, 1)
	var with, without []time.Duration
	taken, seconds := 0, 0.0 // while they are taken
	for range n {
		without = append(without, s.visits(visits, rate, 1)...)
		stop := s.keepTaking(&taken)
		began := time.Now()
		with = append(with, s.visits(visits, rate, 1)...)
		stop()
		seconds += time.Since(began).Seconds()
	}
	slices.Sort(with)
	slices.Sort(without)
	t.Logf("%d visits each, %d a second; %.1f snapshots a second and service", len(with), rate, float64(taken)/seconds/3)
	t.Logf("snapshots    p50 %v  p90 %v  p99 %v", quantile(with, 0.5), quantile(with, 0.9), quantile(with, 0.99))
	t.Logf("none         p50 %v  p90 %v  p99 %v", quantile(without, 0.5), quantile(without, 0.9), quantile(without, 0.99))
	most := 10 * time.Millisecond
	if *rounds == 0 { // what is measured in seconds is measured by nobody
		most = max(time.Second, 3*quantile(without, 0.99))
	}
	if slower := quantile(with, 0.99) - quantile(without, 0.99); slower > most {
		t.Errorf("snapshots make the p99 %v longer; want at most %v", slower, most)
	}
	if float64(taken) > 3*(5*seconds+2*float64(n)) {
		t.Errorf("%d snapshots in %.1f s: that is more than 5 a second of each service", taken, seconds)
	}
}
