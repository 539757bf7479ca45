package metrics

import (
	"math"
	"runtime"
	"runtime/metrics"
)

// runtimeMetrics are those of Go's runtime that are shown, by the names that
// Prometheus's libraries for Go have made usual.
var runtimeMetrics = []struct{ of, name, kind, help string }{
	{"/sched/goroutines:goroutines", "go_goroutines", "gauge", "Goroutines that there are."},
	{"/sched/threads/total:threads", "go_threads", "gauge", "Threads of the system that the Go runtime has."},
	{"/sched/gomaxprocs:threads", "go_gomaxprocs", "gauge", "GOMAXPROCS: threads that may execute Go code at the same time."},
	{"/sched/latencies:seconds", "go_sched_latencies_seconds", "histogram", "How long goroutines were runnable before they ran; the sum is estimated."},
	{"/sync/mutex/wait/total:seconds", "go_mutex_wait_seconds_total", "counter", "Time that goroutines were blocked on a sync.Mutex, a sync.RWMutex or a lock of the runtime."},
	{"/gc/cycles/total:gc-cycles", "go_gc_cycles_total", "counter", "Cycles of the garbage collector that are complete."},
	{"/sched/pauses/total/gc:seconds", "go_gc_pauses_seconds", "histogram", "How long the garbage collector stopped the world; the sum is estimated."},
	{"/cpu/classes/gc/total:cpu-seconds", "go_gc_cpu_seconds_total", "counter", "CPU time of the garbage collector, estimated, as of its last cycle."},
	{"/cpu/classes/gc/mark/assist:cpu-seconds", "go_gc_mark_assist_cpu_seconds_total", "counter", "Of it, time in which goroutines assisted the collector."},
	{"/gc/heap/goal:bytes", "go_memstats_next_gc_bytes", "gauge", "Size of the heap at which the garbage collector is to be done."},
	{"/gc/gomemlimit:bytes", "go_memlimit_bytes", "gauge", "GOMEMLIMIT."},
	{"/gc/heap/allocs:bytes", "go_memstats_alloc_bytes_total", "counter", "Bytes that were allocated on the heap."},
	{"/gc/heap/allocs:objects", "go_memstats_mallocs_total", "counter", "Objects that were allocated on the heap, tiny ones apart."},
	{"/gc/heap/frees:objects", "go_memstats_frees_total", "counter", "Of them, those that were freed."},
	{"/gc/heap/objects:objects", "go_memstats_heap_objects", "gauge", "Objects on the heap, live or not yet swept."},
	{"/memory/classes/heap/objects:bytes", "go_memstats_alloc_bytes", "gauge", "Bytes of the objects on the heap."},
	{"/memory/classes/heap/stacks:bytes", "go_memstats_stack_inuse_bytes", "gauge", "Memory of goroutines' stacks."},
	{"/memory/classes/total:bytes", "go_memstats_sys_bytes", "gauge", "Memory that the Go runtime has mapped."},
}

// runtimeBounds are powers of four nanoseconds: the runtime's own buckets, which
// are finer, end at each of them.
var runtimeBounds = func() (all []float64) {
	for ns := 1 << 8; ns <= 1<<34; ns <<= 2 {
		all = append(all, float64(ns)/1e9)
	}
	return all
}()

// Process adds what the runtime and the system say of this process.
func (p *Page) Process() {
	p.Family("go_info", "gauge", "The version of Go, in a label.")
	p.Sample("go_info", Labels("version", runtime.Version()), 1)
	samples := make([]metrics.Sample, len(runtimeMetrics))
	for i, m := range runtimeMetrics {
		samples[i].Name = m.of
	}
	metrics.Read(samples)
	for i, m := range runtimeMetrics {
		p.runtime(m.name, m.kind, m.help, samples[i].Value)
	}
	p.system()
}

// runtime adds a value, if this version of Go has it.
func (p *Page) runtime(name, kind, help string, v metrics.Value) {
	switch v.Kind() {
	case metrics.KindUint64:
		p.Family(name, kind, help)
		p.Sample(name, "", float64(v.Uint64()))
	case metrics.KindFloat64:
		p.Family(name, kind, help)
		p.Sample(name, "", v.Float64())
	case metrics.KindFloat64Histogram:
		p.Family(name, kind, help)
		p.Histogram(name, "", coarser(v.Float64Histogram()))
	}
}

// coarser adds up the runtime's buckets. A sum it does not have: each value is
// taken for the middle of its bucket.
func coarser(fine *metrics.Float64Histogram) *Histogram {
	h := NewHistogram(runtimeBounds)
	for i, n := range fine.Counts {
		if n == 0 {
			continue
		}
		low, high := max(fine.Buckets[i], 0), fine.Buckets[i+1]
		each := (low + high) / 2
		if math.IsInf(high, 1) {
			each = low
		}
		h.add(high, each, n)
	}
	return h
}
