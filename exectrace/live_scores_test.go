package exectrace_test

import (
	"errors"
	"fmt"
	"testing"

	"example.com/tracelab/internal/testbed"
)

// score is how far explanations were from the truth, in percent, and how far
// beyond what the system took away: where it does, the truth is not what was meant
// to be.
type score struct{ misses, beyond []float64 }

// add reports whether it is worth a look.
func (s *score) add(miss, taken float64) bool {
	s.misses = append(s.misses, miss)
	s.beyond = append(s.beyond, max(0, miss-taken))
	return miss > 5
}

// judge prints how much was missed. The bound is one that holds on a machine that
// has other things to do.
func (s *score) judge(t *testing.T, name string) error {
	t.Helper()
	if len(s.misses) == 0 {
		return fmt.Errorf("%s: it was not seen", name)
	}
	q := func(of []float64, q float64) float64 { return quantile(of, q) }
	t.Logf("%-32s n=%3d  missed: median %5.2f %%, p90 %5.2f %%, max %5.2f %%; but for what the system took: p90 %5.2f %%, max %5.2f %%",
		name, len(s.misses), q(s.misses, .5), q(s.misses, .9), q(s.misses, 1), q(s.beyond, .9), q(s.beyond, 1))
	if median := q(s.beyond, .5); median > 15 {
		return fmt.Errorf("%s: it misses %.1f %% at the median", name, median)
	}
	return nil
}

// scores are those of several ways to be held up, by name. Its zero value is empty.
type scores struct {
	open map[string]*score // judged after the attempt that is under way
	done map[string]bool   // once open, and none the worse for it
}

// of is the score of a name.
func (s *scores) of(name string) *score {
	if s.open == nil {
		s.open = map[string]*score{}
	}
	if s.open[name] == nil {
		s.open[name] = &score{}
	}
	return s.open[name]
}

// right reports whether explanations of this were right already, or are not scored.
func (s *scores) right(name string) bool {
	return s.done != nil && (s.done[name] || s.open[name] == nil)
}

// untilRight has measure score explanations, and those that were wrong again, until all were
// right or a minute is over: a machine with much to do spoils some attempts, and
// explanations that are wrong are so each time. With -rounds there is one attempt.
func (s *scores) untilRight(t *testing.T, measure func()) {
	t.Helper()
	attempt := func() error {
		for name := range s.open {
			s.open[name] = &score{}
		}
		measure()
		var wrong error
		for name, one := range s.open {
			if s.done[name] {
				continue
			}
			if err := one.judge(t, name); err != nil {
				wrong = errors.Join(wrong, err)
				continue
			}
			if s.done == nil {
				s.done = map[string]bool{}
			}
			s.done[name] = true
		}
		return wrong
	}
	untilSo(t, attempt)
}

// untilSo measures again what was wrong, for a minute: once only with -rounds.
func untilSo(t *testing.T, measure func() error) {
	t.Helper()
	judge := testbed.Eventually
	if *rounds > 0 {
		judge = func(ok func() error) error { return ok() }
	}
	if err := judge(measure); err != nil {
		t.Error(err)
	}
}
