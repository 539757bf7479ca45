package compare

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"testing"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/testbed/culprit"
	"example.com/tracelab/internal/testbed/stacktest"
)

// TestCompareNamesTheFault has two faults found that cost much, and nothing of
// consequence where there is none. How often smaller ones are found is measured
// (TestMatrix), not tested: a busy machine is no judge of it.
func TestCompareNamesTheFault(t *testing.T) {
	s := up(t)
	visit := plan{query: s.query("/delay/0.005"), rate: 30}
	for _, one := range []scenario{
		{name: "slow-disk", plan: visit, fault: "writer=slow-disk;ms=40", truth: truth{"writer", "redisWrite"}},
		{name: "n-plus-one", plan: visit, fault: "writer=n-plus-one;n=60", truth: truth{"writer", "redisWrite"}},
		{name: plain, plan: visit, fault: "none"},
	} {
		p := s.run(one.plan, one.fault, 100)
		c := s.compare(one, p)
		if err := culprit.AddsUp(c); err != nil {
			t.Errorf("%s: %v", one.name, err)
		}
		us, share := p.effect()
		t.Logf("%s: requests take %+.0f µs (%+.0f %%): %+v", one.name, us, 100*share, c.Verdict)
		a := culprit.AnswerOf(c)
		if one.name == plain {
			if a.Claimed && 2*c.Verdict.DeltaUS > c.A.MeanRootUS {
				t.Errorf("%s: it claims %+v", one.name, c.Verdict)
			}
			continue
		}
		want := one.right()
		if !a.Claimed || !a.IsOf(want) && !isNear(culprit.Near(want[0], p.b[:10]), a) {
			t.Errorf("%s: it says %+v, want %+v", one.name, c.Verdict, want)
		}
	}
}

// compare is what the program says of the files of both sides.
func (s *stack) compare(one scenario, p pair) (c *labapi.Comparison) {
	s.t.Helper()
	dir := s.t.TempDir()
	if err := keep(dir, one, p); err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.CommandContext(s.t.Context(), stacktest.Program, "compare", "--json",
		"--before", dir+"/"+one.name+"-a.json", "--after", dir+"/"+one.name+"-b.json")
	cmd.Stderr = new(bytes.Buffer)
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, &c)
	}
	if err != nil {
		s.t.Fatalf("%s: %v: %s %s", one.name, err, out, cmd.Stderr)
	}
	return c
}
