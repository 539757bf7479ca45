package faults

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/testbed"
)

// answer is what the server says of why a trace took so long.
type answer struct {
	TotalUS   int64 `json:"total_us"`
	UnknownUS int64 `json:"unknown_us"`
	Sentences []string
	Cause     *struct {
		Service, Operation, State string
		Ms                        float64
		StateMs                   float64 `json:"state_ms"`
	}
	Shape *struct{ Kind, Text string }
	Tiles []struct {
		Service, Operation, State string
		US                        int64
	}
	Missing []struct {
		Service, Reason string
		US              int64
	}
	Stacks []struct{ Frames []string }
	Chain  []struct {
		Function string
		Stack    []string
	}

	asked time.Duration // that the answer took
}

// why asks for the explanation of a visit.
func (s *stack) why(v visit) (a answer, err error) {
	began := time.Now()
	if status := s.json("GET", s.UI+"/tracelab/v1/why/"+v.TraceID, "", &a); status != http.StatusOK {
		return a, fmt.Errorf("why %s: status %d", v.TraceID, status)
	}
	a.asked = time.Since(began)
	var sum int64
	for _, t := range a.Tiles {
		sum += t.US
	}
	if sum != a.TotalUS {
		return a, fmt.Errorf("why %s: the tiles sum to %d µs, and not to %d", v.TraceID, sum, a.TotalUS)
	}
	return a, nil
}

// telling returns a frame of the answer that gives a fault away, or "".
//
// To look a fault up and to measure it takes microseconds, in which the goroutine
// may be preempted: package faults may be where a stack ends. It may not be what
// called anything of ours.
func (a answer) telling() string {
	for _, s := range a.Stacks {
		if frame := tellingFrame(s.Frames); frame != "" {
			return frame
		}
	}
	for _, c := range a.Chain {
		if tells(c.Function) {
			return c.Function
		}
		if frame := tellingFrame(c.Stack); frame != "" {
			return frame
		}
	}
	return ""
}

// tellingFrame looks through a stack, whose first frame is where it ends.
func tellingFrame(stack []string) string {
	atTheEnd := true // nothing of ours so far but package faults
	for _, frame := range stack {
		lookUp := strings.Contains(frame, "tracelab/internal/faults.")
		if tells(frame) && !(lookUp && atTheEnd) {
			return frame
		}
		atTheEnd = atTheEnd && (lookUp || !strings.Contains(frame, "tracelab/"))
	}
	return ""
}

// tells says whether a frame gives a fault away: a name of ours with a fault's.
func tells(frame string) bool {
	_, ours, ok := strings.Cut(strings.ToLower(frame), "tracelab/")
	return ok && (strings.Contains(ours, "fault") || slices.ContainsFunc(faults.Catalogue(), func(f *faults.Fault) bool {
		return strings.Contains(ours, strings.ReplaceAll(f.Name, "-", ""))
	}))
}

// judged is how the explanations of one fault's visits were.
type judged struct {
	visits, named int
	miss          []float64 // ms that Cause.Ms is off by, of those that were named
	cost          []float64 // true ms of those
	known         []float64 // share of the time that is explained
	took, asked   []time.Duration
	wrong         map[string]int
}

// explain makes a visit, with a fault or without, and judges its explanation.
func (s *stack) explain(f *faults.Fault, spec, method, path string, j *judged) {
	v := s.visit(method, path, spec)
	a, err := s.why(v)
	j.visits++
	if err != nil {
		j.note(err.Error())
		return
	}
	if frame := a.telling(); frame != "" {
		s.t.Errorf("asked for %q, a stack of %s tells: %s", spec, v.TraceID, frame)
	}
	j.took, j.asked = append(j.took, v.Took), append(j.asked, a.asked)
	j.known = append(j.known, float64(a.TotalUS-a.UnknownUS)/float64(max(a.TotalUS, 1)))
	said := "nothing"
	switch {
	case a.Cause != nil:
		said = a.Cause.Service + " " + a.Cause.Operation + " " + a.Cause.State
	case a.Shape != nil:
		said = a.Shape.Kind
	}
	if !right(f, a) {
		s.t.Logf("asked for %q, it says of %s: %s %v", spec, v.TraceID, strings.Join(a.Sentences, " "), a.Missing)
		j.note(said)
		return
	}
	j.named++
	if f != nil && f.Truth.State != "" && hasMS(f) {
		if cost, ok := s.cost(f, v); ok {
			j.miss = append(j.miss, math.Abs(a.Cause.Ms-cost))
			j.cost = append(j.cost, cost)
		}
	}
}

func (j *judged) note(said string) {
	if j.wrong == nil {
		j.wrong = map[string]int{}
	}
	j.wrong[said]++
}

// right tells whether an answer names the fault, or, of one that no state of a
// goroutine shows, and of a visit without one, whether it blames nobody.
func right(f *faults.Fault, a answer) bool {
	if f == nil || f.Truth.State == "" {
		return a.Cause == nil
	}
	return a.Cause != nil && a.Cause.Service == f.Service && a.Cause.State == f.Truth.State &&
		strings.EqualFold(a.Cause.Operation, f.Truth.Operation)
}

// cost is what the service says that a fault cost a visit, in ms.
func (s *stack) cost(f *faults.Fault, v visit) (ms float64, ok bool) {
	var costLog struct{ Costs []faults.Cost }
	s.json("GET", s.debug[f.Service]+"/debug/faults?trace="+v.TraceID, "", &costLog)
	for _, c := range costLog.Costs {
		if c.Fault == f.Name {
			ms, ok = ms+float64(c.Took)/1000, true
		}
	}
	return ms, ok
}

// within tells whether the median of what the answers are off by is 5 % of the
// true cost, or 2 ms.
func (j *judged) within() bool {
	return len(j.miss) == 0 || middle(j.miss) <= max(2, 0.05*middle(j.cost))
}

func (j *judged) row(name, truth string) string {
	off := "-"
	if len(j.miss) > 0 {
		off = fmt.Sprintf("%.1f of %.1f", middle(j.miss), middle(j.cost))
	}
	var wrong []string
	for what, n := range j.wrong {
		wrong = append(wrong, fmt.Sprintf("%d× %s", n, what))
	}
	slices.Sort(wrong)
	return fmt.Sprintf("%s\t%s\t%d of %d\t%s\t%.2f %%\t%s\t%s\t%s", name, truth, j.named, j.visits, off, 100*middle(j.known),
		round(middle(j.took)), round(middle(j.asked)), strings.Join(wrong, ", "))
}

func middle[T cmp.Ordered](all []T) (none T) {
	if len(all) == 0 {
		return none
	}
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}

// TestWhyNamesTheFault has faulty visits and plain ones explained, one at a time
// and, with -long, beside others that make a quarter and half of what the stack
// can do, and prints what was named.
func TestWhyNamesTheFault(t *testing.T) {
	s := up(t)
	times, loads := 4, []float64{0}
	if *long {
		times, loads = 20, []float64{0, 0.25, 0.5}
	}
	for range 100 {
		s.visit("GET", "/visit", "") // until it is known what is usual
	}
	saturation := 0.0
	if *long {
		saturation = s.saturation()
		t.Logf("the stack answers %.0f plain visits a second at most", saturation)
	}
	for _, load := range loads {
		t.Run(fmt.Sprintf("load %.0f %%", 100*load), func(t *testing.T) {
			s := &stack{s.Stack, t, s.third, s.debug, s.pid}
			stop := testbed.Steadily(load*saturation, func() { s.send("") })
			defer stop()
			var out strings.Builder
			w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "fault\tdeclared\tright\tms off, of\texplained\tvisit\tanswer after\tsaid else")
			var plain judged
			for _, f := range faults.Catalogue() {
				j := s.explainMany(f, times, &plain)
				truth := cmp.Or(f.Truth.State, "no state")
				fmt.Fprintln(w, j.row(f.Name, truth))
				s.demand(f, j)
			}
			fmt.Fprintln(w, plain.row("none", "nobody"))
			w.Flush()
			t.Logf("medians, at %.0f visits a second beside\n%s", load*saturation, &out)
			if plain.named < plain.visits*3/4 {
				t.Errorf("of %d visits without a fault, %d are said to have a cause: %v", plain.visits, plain.visits-plain.named, plain.wrong)
			}
		})
	}
}

// explainMany makes faulty visits and plain ones in turn.
func (s *stack) explainMany(f *faults.Fault, times int, plain *judged) *judged {
	sh, j := table[f.Name], &judged{}
	method, path := "GET", "/visit"
	if sh.method != "" {
		method, path = sh.method, sh.path
	}
	if len(sh.urls) > 0 {
		path += s.urls(sh.urls...)
	}
	asks := f.Service + "=" + f.Name
	if hasMS(f) {
		asks += fmt.Sprintf(";ms=%d", amount)
	}
	for range times {
		s.explain(f, asks, method, path, j)
		s.explain(nil, "", "GET", "/visit", plain)
	}
	return j
}

// demand is what is wanted of each fault. The short form, which runs beside other
// tests and with the race detector, wants it named once: where the system has no
// CPU to give, that is what explains most.
func (s *stack) demand(f *faults.Fault, j *judged) {
	least := 1
	if *long {
		least = (j.visits*95 + 99) / 100
	}
	if j.named < least {
		s.t.Errorf("%s: %d of %d explanations are right, want %d; others say %v", f.Name, j.named, j.visits, least, j.wrong)
	}
	if *long && !j.within() {
		s.t.Errorf("%s: at the median the explanation is %.1f ms off, of %.1f", f.Name, middle(j.miss), middle(j.cost))
	}
}

// saturation is how many plain visits a second the stack answers at most.
func (s *stack) saturation() float64 {
	const visits = 100 * atOnce
	began := time.Now()
	s.many("", visits)
	return visits / time.Since(began).Seconds()
}
