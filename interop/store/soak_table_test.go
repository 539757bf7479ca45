package store

import (
	"fmt"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

// sample is what the server says of itself, and the kernel of it.
type sample struct {
	at                                            time.Duration // since the start
	kept, accepted, duplicates, evicted, rejected int64         // spans, and requests
	heap, resident                                float64       // MB
}

// record keeps what happened, in parts of the time.
type record struct {
	began time.Time
	part  time.Duration

	mu      sync.Mutex
	samples []sample
	parts   []partRecord
}

type partRecord struct {
	posts []time.Duration
	asked map[string][]time.Duration // by reader
}

// now is the part at hand. The caller holds the lock.
func (r *record) now() *partRecord {
	for n := int(time.Since(r.began) / r.part); len(r.parts) <= n; {
		r.parts = append(r.parts, partRecord{asked: map[string][]time.Duration{}})
	}
	return &r.parts[len(r.parts)-1]
}

func (r *record) posted(took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	part := r.now()
	part.posts = append(part.posts, took)
}

func (r *record) asked(name string, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	part := r.now()
	part.asked[name] = append(part.asked[name], took)
}

func (r *record) sampled(s sample) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.samples = append(r.samples, s)
}

// most is the most memory that was resident between two times.
func (r *record) most(from, to time.Duration) (mb float64) {
	for _, s := range r.samples {
		if from <= s.at && s.at < to {
			mb = max(mb, s.resident)
		}
	}
	return mb
}

// table has a line for each part.
func (r *record) table() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "until\tspans/s\tkept\tevicted\theap MB, most\tresident MB, most\tPOST p50 / p99 ms\t")
	names := []string{"search", "trace", "services", "dependencies"}
	for _, name := range names {
		fmt.Fprintf(w, "%s\t", name)
	}
	fmt.Fprintln(w)
	var before sample
	for i, part := range r.parts {
		var last sample
		heap, resident := 0.0, 0.0
		for _, s := range r.samples {
			if int(s.at/r.part) == i {
				last, heap, resident = s, max(heap, s.heap), max(resident, s.resident)
			}
		}
		if last.at == 0 {
			continue // it began as the test ended
		}
		rate := float64(last.accepted-before.accepted) / (last.at - before.at).Seconds()
		fmt.Fprintf(w, "%.0f s\t%.0f\t%d\t%d\t%.1f\t%.1f\t%s\t", last.at.Seconds(), rate, last.kept, last.evicted-before.evicted, heap, resident, quantiles(part.posts))
		for _, name := range names {
			fmt.Fprintf(w, "%s\t", quantiles(part.asked[name]))
		}
		fmt.Fprintln(w)
		before = last
	}
	w.Flush()
	return b.String()
}
