package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/testbed/stacktest"
)

// tracelabOut runs a command of tracelab for the stack, and returns what it prints.
func (s *stack) tracelabOut(args ...string) []byte {
	s.t.Helper()
	cmd := exec.Command(stacktest.Program, append(args, "--server", s.ui)...)
	cmd.Stderr = new(bytes.Buffer)
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("%v: %v: %s %s", args, err, out, cmd.Stderr)
	}
	return out
}

// TestALoadIsComparedDownToTheGoroutine: a load of two variants, of which some are
// explained, says where the difference comes from, and what the goroutines did there.
func TestALoadIsComparedDownToTheGoroutine(t *testing.T) {
	s := up(t)
	report := filepath.Join(t.TempDir(), "ab.json")
	out := s.tracelabOut("load", "--rate", "30", "--count", "120", "--block", "5", "--ab", "none", "writer=lock-contention;ms=50", "--explain", "3", "--json")
	if err := os.WriteFile(report, out, 0o600); err != nil {
		t.Fatal(err)
	}
	var c labapi.Comparison
	if out := s.tracelabOut("compare", report, "--json"); json.Unmarshal(out, &c) != nil {
		t.Fatalf("%s", out)
	}
	v := c.Verdict
	if !v.Claimed || v.Service != "writer" || v.Operation != "rediswrite" || v.NA != 60 || v.NB != 60 || v.DeltaUS < 30_000 {
		t.Errorf("the verdict is %+v: %q", v, c.Sentences)
	}
	if m := c.StatesMissing; m == nil || m.ExplainedA < 3 || m.ExplainedB < 3 {
		t.Errorf("of the states is missing %+v", m)
	}
	if len(c.States) == 0 || c.States[0].State != "sync" || c.States[0].Service != "writer" || c.States[0].DeltaUS < 30_000 {
		t.Errorf("the goroutines did %+v", c.States)
	}
	sum := int64(0)
	for _, row := range c.Bridge {
		sum += row.DeltaUS
	}
	if sum != c.DeltaRootUS {
		t.Errorf("the rows add up to %d µs of %d", sum, c.DeltaRootUS)
	}
	query := url.Values{"a": {"annotationQuery=variant=A"}, "b": {"annotationQuery=variant=B"}}
	status, _, text := do(t, http.MethodGet, s.ui+labapi.ComparePath+"?"+query.Encode())
	if status != http.StatusOK || !strings.Contains(string(text), "rediswrite") {
		t.Errorf("by curl: %d %s", status, text)
	}
}
