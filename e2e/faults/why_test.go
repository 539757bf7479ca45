package faults

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/costs"
	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/labapi"
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
	Execution labapi.Execution

	asked time.Duration // that the answer took
}

// open reports whether an answer says itself that what it was is not known: not yet,
// not any more, or that most of it is missing.
func (a answer) open() bool {
	return !a.Execution.Final() || a.Execution.Gone() || a.Cause == nil && a.Execution.State == labapi.ExecutionPartial && 2*a.UnknownUS > a.TotalUS
}

// why asks for the explanation of a visit.
func (s *stack) why(v visit) (a answer, err error) {
	began := time.Now()
	switch status := s.json("GET", s.UI+labapi.WhyPath+"/"+v.TraceID, "", &a); status {
	case http.StatusOK, http.StatusAccepted, http.StatusGone:
	default:
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

// judged is how the explanations of one fault's visits were. Those that say that it is
// not known are not wrong.
type judged struct {
	visits, named int
	open          int
	miss          []float64 // ms that Cause.Ms is off by, of those that were named
	cost          []float64 // true ms of those
	known         []float64 // share of the time that is explained
	took, asked   []time.Duration
	wrong         map[string]int
}

// judge judges the explanation of a visit, with a fault or without.
func (s *stack) judge(f *faults.Fault, spec string, v visit, j *judged) {
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
	if a.open() && (a.Shape == nil || right(f, a)) { // a pattern that it names has to be right
		j.open++
		return
	}
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

// patterns are those that the spans of a visit show with a fault that no state of a
// goroutine shows.
var patterns = map[string][]string{
	"clock-skew":         {"clock-skew"},
	"cold-connections":   {"many-dials"},
	"dropped-spans":      {"missing-spans"},
	"failing-dependency": {"errors", "repeated-calls"},
	"lost-context":       {"no-server-span"},
	"lost-deadline":      {"work-after-answer"},
	"n-plus-one":         {"repeated-calls"},
	"retry-storm":        {"repeated-calls", "errors"},
	"serial-fanout":      {"serial"},
	"slow-queue":         {"queued"},
}

// right tells whether an answer names the fault, or, of one that no state of a
// goroutine shows, and of a visit without one, whether it blames nobody, and finds
// no pattern of another fault.
func right(f *faults.Fault, a answer) bool {
	if f == nil || f.Truth.State == "" {
		return a.Cause == nil && (a.Shape == nil || f != nil && slices.Contains(patterns[f.Name], a.Shape.Kind))
	}
	return a.Cause != nil && a.Cause.Service == f.Service && a.Cause.State == f.Truth.State &&
		strings.EqualFold(a.Cause.Operation, f.Truth.Operation)
}

// cost is what the service says that a fault cost a visit, in ms.
func (s *stack) cost(f *faults.Fault, v visit) (ms float64, ok bool) {
	var costLog struct{ Costs []costs.Cost }
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
	return fmt.Sprintf("%s\t%s\t%s\t%s\t%.2f %%\t%s\t%s\t%s", name, truth, j, off, 100*middle(j.known),
		round(middle(j.took)), round(middle(j.asked)), strings.Join(wrong, ", "))
}

// String counts the answers: those that are right, not known, and wrong.
func (j *judged) String() string {
	return fmt.Sprintf("%d of %d, %d, %d", j.named, j.visits, j.open, j.mistaken())
}

// mistaken is how many answers are wrong.
func (j *judged) mistaken() int { return j.visits - j.named - j.open }

// add adds the counts of others.
func (j *judged) add(others *judged) {
	j.visits, j.named, j.open = j.visits+others.visits, j.named+others.named, j.open+others.open
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
// can do, and prints what was named: of visits that were asked for at once, and of
// others eleven seconds later, when the recorders have forgotten what was not handed in.
func TestWhyNamesTheFault(t *testing.T) {
	s := up(t)
	times, loads := 8, []float64{0}
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
	var once, later judged
	for _, load := range loads {
		t.Run(fmt.Sprintf("load %.0f %%", 100*load), func(t *testing.T) {
			s := &stack{s.Stack, t, s.third, s.debug, s.pid}
			stop := testbed.Steadily(load*saturation, func() { s.send("") })
			defer stop()
			m := s.matrix(times)
			t.Logf("medians, at %.0f visits a second beside\n%s", load*saturation, m)
			m.demand(t, load == 0)
			once.add(&m.once.sum)
			later.add(&m.later.sum)
		})
	}
	t.Logf("of visits with faults, right, not known and wrong: %s asked at once, and %s after %s", &once, &later, late)
}

// starved reports whether the machine has much else to do: half of the plain visits took
// several times as long as one can.
func (m *matrix) starved() bool {
	took := m.once.plain.took
	return len(took) > 0 && middle(took) > 3*slices.Min(took)
}

// excuse takes those answers for right that say that the computing of a fault was kept
// from a CPU: that is what it is where it gets none.
func (j *judged) excuse(f *faults.Fault) {
	if f.Truth.State == "running" {
		kept := strings.ToLower(f.Service + " " + f.Truth.Operation + " cpu-wait")
		for said, n := range j.wrong {
			if strings.ToLower(said) == kept {
				j.named += n
			}
		}
	}
}

// demand is what is wanted of each fault. The short form, which runs beside other
// tests and with the race detector, wants it named once: where the system has no
// CPU to give, that is what explains most.
func (m *matrix) demand(t *testing.T, idle bool) {
	for _, f := range faults.Catalogue() {
		j := m.once.of[f.Name]
		if !*long && m.starved() {
			j.excuse(f)
			m.later.of[f.Name].excuse(f)
		}
		least := 1
		if *long {
			least = (j.visits*95 + 99) / 100
		}
		if j.named < least {
			t.Errorf("%s: %d of %d explanations are right, want %d; others say %v", f.Name, j.named, j.visits, least, j.wrong)
		}
		if *long && !j.within() {
			t.Errorf("%s: at the median the explanation is %.1f ms off, of %.1f", f.Name, middle(j.miss), middle(j.cost))
		}
		if j := m.later.of[f.Name]; j.mistaken() > 0 && j.named == 0 {
			t.Errorf("%s: after %s %d of %d explanations are wrong, and none is right: %v", f.Name, late, j.mistaken(), j.visits, j.wrong)
		}
	}
	for _, c := range []*column{m.once, m.later} {
		if plain := c.plain; plain.mistaken() > plain.visits/4 {
			t.Errorf("%s: of %d visits without a fault, %d are said to have a cause: %v", c.name, plain.visits, plain.mistaken(), plain.wrong)
		}
		if *long && c.sum.mistaken() > 0 {
			t.Errorf("%s: %d of %d answers are wrong", c.name, c.sum.mistaken(), c.sum.visits)
		}
	}
	if sum := m.once.sum; *long && idle && 50*sum.open > sum.visits {
		t.Errorf("asked at once, %d of %d are not known", sum.open, sum.visits)
	}
}

// saturation is how many plain visits a second the stack answers at most.
func (s *stack) saturation() float64 {
	const visits = 100 * atOnce
	began := time.Now()
	s.many("", visits)
	return visits / time.Since(began).Seconds()
}
