package compare

import (
	"fmt"
	"strings"

	"example.com/tracelab/internal/display"
)

// warnings say what makes a comparison doubtful, and what was left out.
func (f *finding) warnings() (w []string) {
	if f.coarse {
		w = append(w, fmt.Sprintf("No request of one side has the same %s as one of the other: requests of different sizes are compared.", strings.Join(sizeTags, " and ")))
	}
	if f.layout.windows && f.tested() {
		w = append(w, f.inWindows())
	}
	for _, h := range f.halves {
		if h.p <= likely {
			w = append(w, fmt.Sprintf("The second half of %s differs from its first by itself (%s, %s): so the two sides may differ by no more than the time.", h.side.label, signed(round(h.delta)), chance(h.p)))
		}
	}
	for i := range f.culprits {
		if c := &f.culprits[i]; c.missing && f.tested() {
			w = append(w, fmt.Sprintf("Spans of %s are missing on one side, or not made there, in the calls of %s: the time of these calls is that of %[2]s there.", f.callText(c.row), f.callText(c.by)))
		}
	}
	if n := f.inBoth(); n > 0 {
		w = append(w, fmt.Sprintf("%s in both sets.", traces(n, "is", "are")))
	}
	if nx, ny := f.sample.compared(); len(f.strata) > 1 && nx+ny < len(f.x.observations)+len(f.y.observations) {
		w = append(w, fmt.Sprintf("%s of %s and %d of %s have inputs that no request of the other side has: they count in the row of the traffic mix alone.",
			requests(len(f.x.observations)-nx), f.x.label, len(f.y.observations)-ny, f.y.label))
	}
	for _, s := range []*side{f.x, f.y} {
		if s.skipped > 0 {
			w = append(w, fmt.Sprintf("%s of %s left out: without a first span of a known duration.", traces(s.skipped, "", ""), s.label))
		}
	}
	if f.dropped > 0 {
		w = append(w, fmt.Sprintf("%d calls are of more than %d paths, and are one row. Names of spans with ids in them make so many.", f.dropped, mostNamed))
	}
	return w
}

// fewTurns is how many runs of requests of one side there are at least where the sides
// took turns: of three, one side may only have begun before the other had ended.
const fewTurns = 4

// inWindows says that the sides were not measured at the same time.
func (f *finding) inWindows() string {
	if f.layout.runs >= fewTurns {
		return fmt.Sprintf("%s and %s took turns, but %d only: whatever else changed meanwhile may show as a difference, too. Let them take turns more often, as a longer tracelab load --ab does.", f.x.label, f.y.label, f.layout.runs)
	}
	return fmt.Sprintf("%s was measured before %s, not in turns with it: whatever else changed meanwhile shows as a difference, too. Let them take turns, as tracelab load --ab does.", f.x.label, f.y.label)
}

// tested reports whether anything is said of chance.
func (f *finding) tested() bool { return f.resampled != nil }

// inBoth counts traces that are in both sets.
func (f *finding) inBoth() (n int) {
	of := map[[2]uint64]bool{}
	for _, o := range f.x.observations {
		of[[2]uint64{o.trace.High, o.trace.Low}] = true
	}
	for _, o := range f.y.observations {
		if of[[2]uint64{o.trace.High, o.trace.Low}] {
			n++
		}
	}
	return n
}

func traces(n int, one, several string) string {
	if n == 1 {
		return strings.TrimSpace("1 trace " + one)
	}
	return strings.TrimSpace(fmt.Sprintf("%d traces %s", n, several))
}

func requests(n int) string { return counted(n, "request") }

// counted is how many there are of something.
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// signed is a change of a duration, for people.
func signed(us int64) string {
	if us > 0 {
		return "+" + display.RoundMicros(us)
	}
	return display.RoundMicros(us)
}
