package faults

import (
	"math"
	"strings"
	"testing"

	"example.com/tracelab/internal/labapi"
)

func TestAMysteryIsTheSameForItsSeed(t *testing.T) {
	kinds := map[string]bool{}
	for level := 1; level <= Levels; level++ {
		for seed := range uint64(200) {
			a, err := Choose(seed, level)
			b, _ := Choose(seed, level)
			if err != nil || a.String() != b.String() {
				t.Fatalf("seed %d, level %d: %s and %s, %v", seed, level, a, b, err)
			}
			if again, err := Parse(a.String()); err != nil || Format(again) != a.String() {
				t.Errorf("%s cannot be asked for: %v", a, err)
			}
			kinds[a.Name] = true
		}
	}
	// slow-queue is not among them: it needs a queued visit.
	if len(kinds) != len(catalogue)-1 {
		t.Errorf("only %d kinds of mysteries", len(kinds))
	}
	for _, level := range []int{0, 4, -1} {
		if _, err := Choose(1, level); err == nil {
			t.Errorf("level %d passes", level)
		}
	}
}

func TestGrade(t *testing.T) {
	truth := must(t, "writer=lock-contention;ms=90")[0]
	for _, test := range []struct {
		service, cause string
		ms             int
		want           string // what is right
	}{
		{"writer", "lock-contention", 0, "service cause all"},
		{"writer", "lock-contention", 90, "service cause ms all"},
		{"writer", "lock-contention", 60, "service cause ms all"},
		{"writer", "lock-contention", 120, "service cause ms all"},
		{"writer", "lock-contention", 121, "service cause"},
		{"writer", "lock-contention", 59, "service cause"},
		{"writer", "lock-contention", -90, "service cause"},
		{"writer", "lock-contention", math.MaxInt, "service cause"},
		{"writer", "lock-contention", 1<<62 + 90, "service cause"}, // of which three times is a small number
		{"writer", "slow-disk", 90, "service ms"},
		{"gateway", "lock-contention", 0, "cause"},
		{"gateway", "quadratic", 0, ""},
	} {
		g := truth.Grade(labapi.Diagnosis{Service: test.service, Cause: test.cause, Ms: test.ms})
		var right []string
		if g.Service {
			right = append(right, "service")
		}
		if g.Cause {
			right = append(right, "cause")
		}
		if g.Ms != nil && *g.Ms {
			right = append(right, "ms")
		}
		if g.Right() {
			right = append(right, "all")
		}
		if got := strings.Join(right, " "); got != test.want {
			t.Errorf("%+v: %q is right", test, got)
		}
	}
}

// TestWhatIsNoDiagnosis is refused with what there is, and every entry is one.
func TestWhatIsNoDiagnosis(t *testing.T) {
	for _, f := range Catalogue() {
		if err := CheckDiagnosis(labapi.Diagnosis{Service: f.Service, Cause: f.Name}); err != nil {
			t.Errorf("%s=%s: %v", f.Service, f.Name, err)
		}
	}
	for want, d := range map[string]labapi.Diagnosis{
		`"gremlins" is no cause; it is one of clock-skew, cold-connections`: {Service: "writer", Cause: "gremlins"},
		`"" is no cause`: {Service: "writer"},
		`"redis" is no service; it is one of gateway, fetcher, writer`: {Service: "redis", Cause: "slow-disk"},
		`"" is no service`:                        {Cause: "slow-disk"},
		`"writer=slow-disk" is no cause`:          {Service: "writer", Cause: "writer=slow-disk"},
		`"` + strings.Repeat("x", 40) + `" is no`: {Service: "writer", Cause: strings.Repeat("x", 9000)},
	} {
		if err := CheckDiagnosis(d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+.80v: %v; want %s", d, err, want)
		}
	}
}

func TestHintsGiveMoreAway(t *testing.T) {
	for _, f := range Catalogue() {
		hints := must(t, f.Service+"="+f.Name+";percent=50")[0].Hints()
		if len(hints) != 4 || !strings.Contains(hints[0], "not happen to every") || strings.Contains(hints[0], f.Name) {
			t.Errorf("%s: %q", f.Name, hints)
		}
		if f.Truth.State != "" && !strings.Contains(hints[3], f.Truth.State) {
			t.Errorf("%s: %q", f.Name, hints[3])
		}
	}
}
