package compare

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/testbed/culprit"
)

// scenario is what is recorded once: requests without a fault, and as many with one,
// in blocks that alternate.
type scenario struct {
	name   string
	about  string // what is to be found out of it
	plan   plan
	fault  string // as the header Fault has it; "none": both sides are alike
	truth  truth
	effect float64 // that is asked for: how much longer a request takes, as a share of what it does without
}

// truth is what a comparison is to say.
type truth struct{ service, operation string }

// made are the calls that a fault in how calls are made changes: a comparison names these,
// or who makes them.
var made = map[string][]string{
	"n-plus-one":    {"GET"},
	"retry-storm":   {"GET /fetch"},
	"serial-fanout": {"GET /fetch", "PUT /values/{key}"},
}

// What a scenario may be about.
const (
	slower   = "slower"   // a fault makes requests slower
	errors   = "errors"   // a fault makes requests fail
	harmless = "harmless" // a fault costs no time
	plain    = "plain"    // no fault
	mix      = "mix"      // A visits one URL, B several
	windows  = "windows"  // all of A, then all of B
)

// shape is the URLs of a visit, and load how many visits are made.
type (
	shape struct {
		name  string
		paths []string
	}
	load struct {
		name string
		rate float64
	}
)

// shapes have the third party take most of the time: a fault costs whole milliseconds,
// which are to be a tenth of a request.
var shapes = []shape{
	{"one", []string{"/delay/0.01"}},
	{"three", []string{"/delay/0.005", "/delay/0.01", "/delay/0.015"}},
}

// At the second several requests are under way at once.
var loads = []load{{"idle", 25}, {"moderate", 80}}

// gentle is how much less load there is where a fault takes the CPU time of others.
const gentle = 0.4

// slow are the faults that make a request slower, and the span that does not get
// ahead. Those that are in how calls are made are of who makes them.
func slow() (all []*faults.Fault) {
	for _, f := range faults.Catalogue() {
		switch f.Name {
		case "clock-skew", "dropped-spans", "lost-context", "failing-dependency", "lost-deadline", "slow-queue":
			continue // they take no time of the request that is measured
		}
		all = append(all, f)
	}
	slices.SortStableFunc(all, func(a, b *faults.Fault) int { return rank(a) - rank(b) })
	return all
}

// rank has those last that take long to record.
func rank(f *faults.Fault) int {
	if f.HurtsOthers {
		return 1
	}
	return 0
}

// calibration is what the sizes of faults are chosen by, in ms: of the fastest quarter of
// some requests, since the machine may be busy at that moment.
type calibration struct {
	usual map[string]float64 // a request without a fault, by shape
	cost  map[string]float64 // what one of its n adds, by fault
}

// calibrate measures both.
func (s *stack) calibrate() calibration {
	c := calibration{map[string]float64{}, map[string]float64{}}
	for _, sh := range shapes {
		c.usual[sh.name] = quick(s.run(plan{query: s.query(sh.paths...), rate: 25}, "none", 20).a)
	}
	for _, f := range slow() {
		if !takesMS(f) && f.Name != "serial-fanout" {
			p := s.run(plan{query: s.query(shapes[0].paths...), rate: 25}, fmt.Sprintf("%s=%s;n=10", f.Service, f.Name), 20)
			c.cost[f.Name] = max(0.02, (quick(p.b)-quick(p.a))/10)
		}
	}
	return c
}

// quick is what a quarter of the requests takes at most, in ms.
func quick(s side) float64 { return s.durations()[len(s)/4] / 1000 }

func takesMS(f *faults.Fault) bool {
	return slices.ContainsFunc(f.Params, func(p faults.Param) bool { return p.Name == "ms" })
}

// ask is a fault of a size that adds an effect to requests of a shape.
func (c calibration) ask(f *faults.Fault, sh shape, effect float64) string {
	param, amount := "ms", effect*c.usual[sh.name]
	if !takesMS(f) {
		param, amount = "n", amount/c.cost[f.Name]
	}
	at := slices.IndexFunc(f.Params, func(p faults.Param) bool { return p.Name == param })
	n := min(max(1, int(math.Round(amount))), f.Params[at].Max)
	return fmt.Sprintf("%s=%s;%s=%d", f.Service, f.Name, param, n)
}

// matrix is every fault with each effect, shape and load, the most telling first.
func (s *stack) matrix(c calibration) (all []scenario) {
	for _, effect := range []float64{0.3, 0.1, 1} {
		for i := range len(shapes) * len(loads) {
			for _, f := range slow() {
				sh, l := shapes[i%len(shapes)], loads[i/len(shapes)]
				if f.Name != "serial-fanout" {
					all = append(all, s.scenario(c, f, sh, l, effect))
				} else if sh.name != shapes[0].name {
					all = append(all, s.inTurn(f, l, effect))
				}
			}
		}
		if effect == 0.3 {
			all = append(all, s.others()...)
		}
	}
	return all
}

func (s *stack) scenario(c calibration, f *faults.Fault, sh shape, l load, effect float64) scenario {
	rate := l.rate
	if f.HurtsOthers {
		rate *= gentle
	}
	return scenario{
		name:  name(f.Name, sh.name, l.name, fmt.Sprintf("%.0f", 100*effect)),
		about: slower, effect: effect,
		plan:  plan{query: s.query(sh.paths...), rate: rate},
		fault: c.ask(f, sh, effect),
		truth: truth{f.Service, f.Truth.Operation},
	}
}

// inTurn visits two URLs of which the second adds the effect, if it waits for the first.
func (s *stack) inTurn(f *faults.Fault, l load, effect float64) scenario {
	second := fmt.Sprintf("/delay/%.3f", 0.015*effect)
	return scenario{
		name:  name(f.Name, "two", l.name, fmt.Sprintf("%.0f", 100*effect)),
		about: slower, effect: effect,
		plan:  plan{query: s.query("/delay/0.015", second), rate: l.rate},
		fault: f.Service + "=" + f.Name,
		truth: truth{f.Service, f.Truth.Operation},
	}
}

// right are the operations that a comparison may name.
func (s scenario) right() (all []culprit.Operation) {
	all = []culprit.Operation{{Service: s.truth.service, Name: s.truth.operation}}
	_, fault, _ := strings.Cut(s.fault, "=")
	fault, _, _ = strings.Cut(fault, ";")
	for _, call := range made[fault] {
		all = append(all, culprit.Operation{Service: s.truth.service, Name: call})
	}
	return all
}

func name(parts ...string) string { return strings.Join(parts, "-") }

// others are scenarios of what is to be told apart from a slower request.
func (s *stack) others() (all []scenario) {
	for _, l := range loads {
		for _, sh := range shapes {
			p := plan{query: s.query(sh.paths...), rate: l.rate}
			all = append(all, scenario{name: name(plain, sh.name, l.name), about: plain, plan: p, fault: "none"})
		}
		one, three := s.query(shapes[0].paths...), s.query(shapes[1].paths...)
		all = append(all, scenario{name: name(mix, l.name), about: mix, plan: plan{query: one, rate: l.rate}, fault: three})
		p := plan{query: one, rate: l.rate}
		all = append(all, scenario{name: name(errors, "failing-dependency", l.name), about: errors, plan: p,
			fault: "writer=failing-dependency;percent=30", truth: truth{"writer", "SET"}})
		all = append(all, scenario{name: name(windows, plain, l.name), about: windows, plan: p, fault: "none"},
			scenario{name: name(windows, "slow-disk", l.name), about: windows, plan: p, fault: "writer=slow-disk;ms=4", truth: truth{"writer", "redisWrite"}, effect: 0.3})
	}
	for _, spec := range []string{"fetcher=clock-skew;ms=50", "gateway=lost-context", "writer=dropped-spans"} {
		_, fault, _ := strings.Cut(spec, "=")
		fault, _, _ = strings.Cut(fault, ";")
		all = append(all, scenario{name: name(harmless, fault), about: harmless, plan: plan{query: s.query(shapes[0].paths...), rate: loads[0].rate, torn: true}, fault: spec})
	}
	return all
}
