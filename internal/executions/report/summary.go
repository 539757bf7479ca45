package report

import (
	"fmt"
	"slices"
	"strings"

	"example.com/tracelab/exectrace/counters"
	"example.com/tracelab/internal/display"
)

// Fact is something that a summary says, in words.
type Fact struct{ Name, Text string }

// Facts returns what a summary says of a trace, without its events and transitions.
func Facts(s *counters.Summary) (all []Fact) {
	line := func(name, format string, args ...any) { all = append(all, Fact{name, fmt.Sprintf(format, args...)}) }
	line("time", "%s", lasted(s))
	line("trace", "%s", written(s))
	g, m := s.Goroutines, s.Threads
	line("goroutines", "%d seen, %d created, %d ended; at most %d at once, at most %d of them runnable", g.Seen, g.Created, g.Ended, g.Most, g.MostRunnable)
	line("threads", "%d seen; at most %d running, at most %d in system calls", m.Seen, m.MostRunning, m.MostInSyscall)
	line("processors", "%s", processors(s))
	if h := s.Heap; h.Most > 0 {
		line("heap", "%s at first, %s in the end, %s at most; goal %s", Sized(h.First), Sized(h.Last), Sized(h.Most), Goal(h.Goal))
	}
	line("collections", "%d, which marked for %s", s.GC.Cycles, display.Duration(s.GC.Mark.Total))
	if stops := s.GC.Stops; stops.Count > 0 {
		line("  their stops", "%s, for %s", times(stops), stops.Name)
	}
	line("  assists", "%s", times(s.GC.Assist))
	line("  sweeps", "%s; %s swept, %s reclaimed", times(s.GC.Sweep), Sized(s.GC.Swept), Sized(s.GC.Reclaimed))
	line("annotations", "%s, %s, %s", several(s.Tasks, "task"), several(s.Regions, "region"), several(s.Logs, "log"))
	line("CPU profile", "%s", several(s.Samples, "sample"))
	return all
}

func lasted(s *counters.Summary) string {
	if s.Began == nil {
		return display.Duration(s.Duration)
	}
	return fmt.Sprintf("%s from %s on", display.Duration(s.Duration), s.Began.UTC().Format("2006-01-02T15:04:05.000000Z"))
}

func written(s *counters.Summary) string {
	text := s.Format + ", " + Sized(s.Bytes)
	if s.Generations > 0 {
		text += " in " + several(s.Generations, "generation")
	}
	return text + fmt.Sprintf(", %s a second", Sized(int64(float64(s.Bytes)/max(s.Duration, 1).Seconds())))
}

// maxChanges are how many changes of GOMAXPROCS are shown one by one.
const maxChanges = 4

func processors(s *counters.Summary) string {
	if n := len(s.Procs); n > maxChanges {
		least := slices.MinFunc(s.Procs, func(a, b counters.ProcsChange) int { return a.Procs - b.Procs }).Procs
		most := slices.MaxFunc(s.Procs, func(a, b counters.ProcsChange) int { return a.Procs - b.Procs }).Procs
		return fmt.Sprintf("%d, then %d changes, to between %d and %d; --json has all", s.Procs[0].Procs, n-1, least, most)
	}
	var all []string
	for i, p := range s.Procs {
		text := fmt.Sprint(p.Procs)
		if i > 0 {
			text += " from " + Since(p.At) + " on"
		}
		all = append(all, text)
	}
	if len(all) == 0 {
		return "the trace does not say"
	}
	return strings.Join(all, ", ")
}

// Goal is a goal of the heap; 0: there is none.
func Goal(n uint64) string {
	if n == 0 {
		return "none"
	}
	return Sized(n)
}

// times says how often something was and how long.
func times(r counters.RangeStats) string {
	if r.Count == 0 {
		return "0"
	}
	return fmt.Sprintf("%d, %s in all; the longest %s at %s", r.Count, display.Duration(r.Total), display.Duration(r.Longest), Since(r.At))
}

func several(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprint(n, " ", what)
}

// Sized is a number of bytes with three digits, for people.
func Sized[N int64 | uint64](n N) string {
	size, unit := float64(n), 0
	for size >= 999.5 && unit < 4 {
		size, unit = size/1000, unit+1
	}
	if unit == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.3g %cB", size, " kMGT"[unit])
}
