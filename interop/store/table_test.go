package store

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// row is a line of the table: what the two took in each round.
type row struct {
	what, goal    string
	wanted, floor float64 // ratios; wanted below zero: the most that ours may take
	moreIsBetter  bool
	zipkin, ours  []float64
	each          [2][]time.Duration // of Zipkin and of ours
}

func (r *row) add(zipkin, ours float64) {
	r.zipkin, r.ours = append(r.zipkin, zipkin), append(r.ours, ours)
}

func (r *row) latency(zipkin, ours []time.Duration) {
	r.latencyOf(false, zipkin)
	r.latencyOf(true, ours)
}

func (r *row) latencyOf(ours bool, each []time.Duration) {
	at := 0
	if ours {
		at = 1
	}
	r.each[at] = append(r.each[at], each...)
}

// ratio says how many times better ours is. It compares within rounds, and so
// leaves out what the machine did meanwhile.
func (r *row) ratio() float64 {
	var ratios []float64
	for i := range r.ours {
		if r.moreIsBetter {
			ratios = append(ratios, r.ours[i]/r.zipkin[i])
		} else {
			ratios = append(ratios, r.zipkin[i]/max(r.ours[i], 1e-3))
		}
	}
	return median(ratios)
}

func (r *row) met() string {
	met := r.ratio() >= r.wanted
	if r.wanted < 0 {
		met = median(r.ours) <= -r.wanted
	}
	switch {
	case r.wanted == 0:
		return ""
	case met:
		return "met"
	}
	return "NOT MET"
}

func median(of []float64) float64 {
	of = slices.Sorted(slices.Values(of))
	n := len(of)
	return (of[(n-1)/2] + of[n/2]) / 2
}

// quantiles are the p50 and the p99 in ms.
func quantiles(of []time.Duration) string {
	if len(of) == 0 {
		return ""
	}
	of = slices.Sorted(slices.Values(of))
	ms := func(part int) float64 { return of[len(of)*part/100].Seconds() * 1000 }
	return fmt.Sprintf("%.2f / %.2f", ms(50), ms(99))
}

// shown is a question without its window of time.
func shown(path, window string) string {
	path = strings.TrimSuffix(strings.ReplaceAll(path, window, ""), "&")
	if id, is := strings.CutPrefix(path, "/api/v2/trace/"); is && id != "" {
		return "/trace/{id}"
	}
	return strings.TrimSuffix(strings.TrimPrefix(path, "/api/v2"), "?")
}

// table prints medians over the rounds; the latencies are those of all.
func (c *contest) table() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "what\tZipkin\tours\tratio\tgoal\t\tZipkin p50 / p99 ms\tours p50 / p99 ms\t")
	for _, r := range c.rows {
		fmt.Fprintf(w, "%s\t%.4g\t%.4g\t%.1f\t%s\t%s\t%s\t%s\t\n", r.what, median(r.zipkin), median(r.ours), r.ratio(), r.goal, r.met(), quantiles(r.each[0]), quantiles(r.each[1]))
	}
	w.Flush()
	return b.String()
}
