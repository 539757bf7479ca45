package compare

import (
	"os"
	"path/filepath"
	"testing"
)

// n is how many requests of either side are recorded of a scenario.
func (s scenario) n() int {
	if s.about == plain || s.about == mix {
		return 1000
	}
	return 300
}

// perform has the stack do all scenarios, keeps them where that is asked for, and
// calls with for each. Those that are kept there already are not done again.
func (s *stack) perform(all []scenario, with func(scenario, pair)) {
	s.t.Helper()
	for _, one := range all {
		file := filepath.Join(*record, one.name+".txt")
		if _, err := os.Stat(file); *record != "" && err == nil {
			readKept(s.t, file, with)
			continue
		}
		if one.about == windows {
			one.plan.block = one.n()
		}
		p := s.run(one.plan, one.fault, one.n())
		if *record != "" {
			if err := keep(*record, one, p); err != nil {
				s.t.Fatal(err)
			}
		}
		us, share := p.effect()
		s.t.Logf("%s: %s: %+.0f µs, %+.1f %%, of %d and %d", one.name, one.fault, us, 100*share, len(p.a), len(p.b))
		with(one, p)
	}
}

// TestMatrix judges what is said of every fault, at three effects, of two shapes of
// visits and at two loads, and of what is no slower request.
func TestMatrix(t *testing.T) {
	if !*long {
		t.Skip("without -long: it takes half an hour")
	}
	j := &judge{t: t}
	if *recorded != "" {
		kept(t, *recorded, j.of)
	} else {
		if *record != "" {
			if err := os.MkdirAll(*record, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		s := up(t)
		s.perform(s.matrix(s.calibrate()), j.of)
	}
	j.report()
	j.demand()
}
