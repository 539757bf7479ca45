package states

import (
	"fmt"
	"strings"
	"time"

	"example.com/tracelab/exectrace"
)

// execution is an execution trace, with the spans of package tracing in it.
type execution struct {
	*exectrace.Trace
	spans   map[string]exectrace.Task            // by the ids of trace and span, in hex
	assists map[exectrace.GoID][]exectrace.Range // in which it worked for, or waited for, the collector
}

// read reads what /debug/pprof/trace answered.
func read(raw []byte) (*execution, error) {
	file, err := exectrace.FromBytes(raw)
	if err != nil {
		return nil, err
	}
	t, err := exectrace.Read(file)
	if err != nil {
		return nil, err
	}
	x := &execution{t, map[string]exectrace.Task{}, map[exectrace.GoID][]exectrace.Range{}}
	for l := range t.Logs() {
		if task, ok := t.Task(l.Task); ok && l.Category == "span" {
			x.spans[fmt.Sprintf("%x", l.Message)] = task
		}
	}
	for r := range t.Ranges() {
		if r.Name == "GC mark assist" {
			x.assists[r.Goroutine] = append(x.assists[r.Goroutine], r)
		}
	}
	return x, nil
}

// span returns the span of that name in that trace, if all of it is told.
func (x *execution) span(traceID, name string) (exectrace.Task, bool) {
	for ids, task := range x.spans {
		if strings.HasPrefix(ids, traceID) && task.Name == name && task.Begun && task.Ended {
			return task, true
		}
	}
	return exectrace.Task{}, false
}

// explain says what a goroutine was in from a to b, and for how long. Waits for
// net/http's own goroutines are what those were in meanwhile.
func (x *execution) explain(id exectrace.GoID, a, b exectrace.Time) map[string]time.Duration {
	sum := map[string]time.Duration{}
	g, ok := x.Goroutine(id)
	if !ok {
		return sum
	}
	add := func(iv exectrace.Interval, by exectrace.GoID) {
		from, to := max(a, iv.Start), min(b, iv.End)
		if from >= to {
			return
		}
		if by != 0 && by != id && waitsForNetHTTP(x.Stack(iv)) {
			for state, took := range x.explain(by, from, to) {
				sum[state] += took
			}
			return
		}
		assisting := x.assisted(id, from, to)
		sum["gc-assist"] += assisting
		sum[state(iv, by)] += to.Sub(from) - assisting
	}
	var last exectrace.Interval
	for iv := range x.IntervalsFrom(g, a) {
		if last.Start >= b {
			return sum
		}
		add(last, iv.By)
		last = iv
	}
	add(last, 0)
	return sum
}

// state is the catalogue's word for what a goroutine is in, until another one
// ends it.
func state(iv exectrace.Interval, by exectrace.GoID) string {
	switch {
	case iv.State == exectrace.SyscallBlocked:
		return "syscall"
	case iv.State != exectrace.Waiting:
		return iv.State.String()
	case strings.HasPrefix(iv.Reason, "chan "), iv.Reason == "select" && by != 0: // somebody sent or received, or closed it
		return "channel"
	case strings.HasPrefix(iv.Reason, "sync"):
		return "sync"
	case strings.HasPrefix(iv.Reason, "GC mark assist"):
		return "gc-assist"
	}
	return iv.Reason // network, select, sleep, …
}

// assisted is how much of the time from a to b lies in assists.
func (x *execution) assisted(id exectrace.GoID, a, b exectrace.Time) (sum time.Duration) {
	for _, r := range x.assists[id] {
		sum += max(0, min(b, r.End).Sub(max(a, r.Start)))
	}
	return sum
}

func waitsForNetHTTP(stack []exectrace.Frame) bool {
	for _, f := range stack {
		switch f.Func {
		case "net/http.(*persistConn).roundTrip", "net/http.(*Transport).getConn", "net/http.(*persistConn).addTLS":
			return true
		}
	}
	return false
}
