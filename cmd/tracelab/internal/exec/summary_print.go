package exec

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/counters"
	"example.com/tracelab/internal/display"
)

// printSummary is for people.
func printSummary(out io.Writer, s *counters.Summary) error {
	out = term.Text(out)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(name, format string, args ...any) { fmt.Fprintf(w, "%s\t%s\n", name, fmt.Sprintf(format, args...)) }
	line("time", "%s", lasted(s))
	line("trace", "%s", written(s))
	g, m := s.Goroutines, s.Threads
	line("goroutines", "%d seen, %d created, %d ended; at most %d at once, at most %d of them runnable", g.Seen, g.Created, g.Ended, g.Most, g.MostRunnable)
	line("threads", "%d seen; at most %d running, at most %d in system calls", m.Seen, m.MostRunning, m.MostInSyscall)
	line("processors", "%s", processors(s))
	if h := s.Heap; h.Most > 0 {
		line("heap", "%s at first, %s in the end, %s at most; goal %s", sized(h.First), sized(h.Last), sized(h.Most), goal(h.Goal))
	}
	line("collections", "%d, which marked for %s", s.GC.Cycles, display.Duration(s.GC.Mark.Total))
	if stops := s.GC.Stops; stops.Count > 0 {
		line("  their stops", "%s, for %s", times(stops), stops.Name)
	}
	line("  assists", "%s", times(s.GC.Assist))
	line("  sweeps", "%s; %s swept, %s reclaimed", times(s.GC.Sweep), sized(s.GC.Swept), sized(s.GC.Reclaimed))
	line("annotations", "%s, %s, %s", several(s.Tasks, "task"), several(s.Regions, "region"), several(s.Logs, "log"))
	line("CPU profile", "%s", several(s.Samples, "sample"))
	if err := w.Flush(); err != nil {
		return err
	}
	return printCounts(out, s)
}

// printCounts lists stops of the world, events and transitions.
func printCounts(out io.Writer, s *counters.Summary) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if len(s.Stops) > 0 {
		fmt.Fprintln(w, "\nstop the world\tcount\ttotal\tlongest\tat")
	}
	for _, r := range s.Stops {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\n", r.Name, r.Count, display.Duration(r.Total), display.Duration(r.Longest), since(r.At))
	}
	fmt.Fprintln(w, "\nevent\tcount")
	for _, kind := range exectrace.EventKinds() {
		if n := s.Events[kind]; n > 0 {
			fmt.Fprintf(w, "%s\t%d\n", kind, n)
		}
	}
	fmt.Fprintln(w, "\ntransition\tcount")
	most := slices.SortedFunc(maps.Keys(s.Transitions), func(a, b string) int {
		return cmp.Or(cmp.Compare(s.Transitions[b], s.Transitions[a]), cmp.Compare(a, b))
	})
	for _, name := range most {
		fmt.Fprintf(w, "%s\t%d\n", name, s.Transitions[name])
	}
	return w.Flush()
}

func lasted(s *counters.Summary) string {
	if s.Began == nil {
		return display.Duration(s.Duration)
	}
	return fmt.Sprintf("%s from %s on", display.Duration(s.Duration), s.Began.UTC().Format("2006-01-02T15:04:05.000000Z"))
}

func written(s *counters.Summary) string {
	text := s.Format + ", " + sized(s.Bytes)
	if s.Generations > 0 {
		text += " in " + several(s.Generations, "generation")
	}
	return text + fmt.Sprintf(", %s a second", sized(int64(float64(s.Bytes)/max(s.Duration, 1).Seconds())))
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
			text += " from " + since(p.At) + " on"
		}
		all = append(all, text)
	}
	if len(all) == 0 {
		return "the trace does not say"
	}
	return strings.Join(all, ", ")
}

func goal(n uint64) string {
	if n == 0 {
		return "none"
	}
	return sized(n)
}

// times says how often something was and how long.
func times(r counters.RangeStats) string {
	if r.Count == 0 {
		return "0"
	}
	return fmt.Sprintf("%d, %s in all; the longest %s at %s", r.Count, display.Duration(r.Total), display.Duration(r.Longest), since(r.At))
}

func several(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprint(n, " ", what)
}

// sized is a number of bytes with three digits, for people.
func sized[N int64 | uint64](n N) string {
	size, unit := float64(n), 0
	for size >= 999.5 && unit < 4 {
		size, unit = size/1000, unit+1
	}
	if unit == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.3g %cB", size, " kMGT"[unit])
}
