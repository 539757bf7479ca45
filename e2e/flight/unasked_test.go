package flight

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// TestUnaskedCost measures the processor time of a visit, of the services and of the
// server, with all that is recorded and explained unasked, and with no recorder. Each
// stack has turns that are much longer than what is explained then lies behind. Without
// -rounds it only sees that visits are answered.
func TestUnaskedCost(t *testing.T) {
	n, long, rates := 1, time.Second, []int{100}
	if *rounds > 0 {
		n, long, rates = max(2, *rounds/5), 8*time.Second, []int{100, 300}
	}
	compared := []variant{variants[off], {"on, unasked explanations", nil}}
	stacks := make([]*stack, len(compared))
	for i, v := range compared {
		stacks[i] = up(t, v.settings...)
		stacks[i].visits(300, 100, 4)
	}
	for _, rate := range rates {
		services, server, all := make([][]float64, len(stacks)), make([][]float64, len(stacks)), make([][]float64, len(stacks))
		before := stacks[1].explained()
		for round := range n {
			for i := range stacks {
				v := (round + i) % len(stacks)
				s, visits := stacks[v], int(long.Seconds()*float64(rate))
				services0, server0 := s.cpu(), s.serverCPU()
				s.visits(visits, rate, 4)
				a, b := float64((s.cpu()-services0).Microseconds())/float64(visits), float64((s.serverCPU()-server0).Microseconds())/float64(visits)
				services[v], server[v], all[v] = append(services[v], a), append(server[v], b), append(all[v], a+b)
			}
		}
		t.Logf("%d rounds of %s, %d visits a second; %d explanations\n%s", n, long, rate, stacks[1].explained()-before, costTable(compared, services, server, all))
	}
}

// explained is how many explanations the server has made.
func (s *stack) explained() (n int) {
	s.t.Helper()
	for line := range strings.Lines(string(s.get(s.UI + "/prometheus"))) {
		if text, is := strings.CutPrefix(line, "tracelab_explanations_total "); is {
			fmt.Sscan(text, &n)
		}
	}
	return n
}

func costTable(compared []variant, services, server, all [][]float64) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "recorder\tservices, µs/visit\tserver\tboth\t× off\tquartiles\t")
	median := func(of []float64) float64 { return quantile(slices.Sorted(slices.Values(of)), 0.5) }
	for i, v := range compared {
		r := ratios(all[i], all[0])
		fmt.Fprintf(w, "%s\t%.0f\t%.0f\t%.0f\t%.3f\t%.3f – %.3f\t\n", v.name, median(services[i]), median(server[i]), median(all[i]), quantile(r, 0.5), quantile(r, 0.25), quantile(r, 0.75))
	}
	w.Flush()
	return b.String()
}
