package overhead

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
)

// result is a row of the table: medians over the rounds, and the spans of all.
type result struct {
	setup
	sample
	rounds []sample
}

type results []result

func summarize(setups []setup, samples map[setup][]sample) (all results) {
	for _, s := range setups {
		r := result{setup: s, rounds: samples[s]}
		var cpu, allocs, bytes []float64
		for _, one := range r.rounds {
			cpu = append(cpu, one.cpu)
			allocs = append(allocs, one.allocs)
			bytes = append(bytes, one.bytes)
			r.expected += one.expected
			r.delivered += one.delivered
		}
		r.cpu, r.allocs, r.bytes = median(cpu), median(allocs), median(bytes)
		all = append(all, r)
	}
	return all
}

// over is the processor time that r takes more than another, in µs a request: the
// median of the rounds. It compares within rounds, and so leaves out what the machine did
// meanwhile.
func (r result) over(other result) float64 { return median(r.differences(other)) }

func (r result) differences(other result) []float64 {
	more := make([]float64, len(r.rounds))
	for i := range more {
		more[i] = r.rounds[i].cpu - other.rounds[i].cpu
	}
	return more
}

func median(of []float64) float64 {
	slices.Sort(of)
	n := len(of)
	return (of[(n-1)/2] + of[n/2]) / 2
}

// spread is what the middle half of the rounds lies between.
func spread(of []float64) string {
	slices.Sort(of)
	n := len(of)
	return fmt.Sprintf("%.1f to %.1f", of[n/4], of[n-1-n/4])
}

func (all results) of(variant, collector string) result {
	return all.row(setup{variant, collector, false})
}

func (all results) has(variant string) bool {
	return slices.ContainsFunc(all, func(r result) bool { return r.variant == variant })
}

func (all results) row(of setup) result {
	return all[slices.IndexFunc(all, func(r result) bool { return r.setup == of })]
}

// added is what a variant adds to the processor time of a request that is not
// traced, beside a healthy collector.
func (all results) added(variant string, joined bool) float64 {
	return all.row(setup{variant, up, joined}).over(all.row(setup{"none", up, joined}))
}

// String is the table. "middle half" is the spread of what is added over the rounds,
// "ours/peer" is what ours adds as a part of what the peer adds, and "× up" the processor
// time beside that with a healthy collector. Joined are requests of a traced caller.
func (all results) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "variant\trequest\tcollector\tCPU µs/request\tadded µs\tmiddle half\t× none\tours/peer\t× up\tallocs/request\tB/request\tspans expected\tdelivered\tdropped\t")
	for _, r := range all {
		none := all.row(setup{"none", up, r.joined})
		request, part, grown := "alone", "", ""
		if r.joined {
			request = "joined"
		}
		if slices.Contains(peers, r.variant) {
			part = fmt.Sprintf("%.2f", all.row(setup{"ours", r.collector, r.joined}).over(none)/r.over(none))
		}
		if r.collector == down {
			grown = fmt.Sprintf("%.2f", r.cpu/all.of(r.variant, up).cpu)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%.1f\t%.1f\t%s\t%.2f\t%s\t%s\t%.1f\t%.0f\t%d\t%d\t%d\t\n", r.variant, request, r.collector, r.cpu, r.over(none), spread(r.differences(none)), r.cpu/none.cpu,
			part, grown, r.allocs, r.bytes, r.expected, r.delivered, r.expected-r.delivered)
	}
	w.Flush()
	return b.String()
}
