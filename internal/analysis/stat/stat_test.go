package stat_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"

	"example.com/tracelab/internal/analysis/stat"
)

func column(values ...float64) (c stat.Column) {
	for i, v := range values {
		c.Add(int32(i), v)
	}
	return c
}

// oneGroup has so many units of each side.
func oneGroup(a, b int) *stat.Groups {
	g := &stat.Groups{Of: make([]int32, a+b), B: make([]bool, a+b), Scale: []float64{1/float64(a) + 1/float64(b)}}
	for i := a; i < a+b; i++ {
		g.B[i] = true
	}
	return g
}

func noise(r *rand.Rand, n int, add func(i int) float64) (c stat.Column) {
	for i := range n {
		c.Add(int32(i), r.NormFloat64()+add(i))
	}
	return c
}

// TestMaxT finds the column that differs among twenty that do not.
func TestMaxT(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	g := oneGroup(40, 60)
	columns := make([]stat.Column, 21)
	for j := range columns {
		columns[j] = noise(r, 100, func(i int) float64 {
			if j == 7 && i >= 40 {
				return 1.2
			}
			return 0
		})
	}
	columns[3] = column() // nothing is measured
	columns[4] = noise(r, 100, func(int) float64 { return 1e9 })
	tested, err := stat.MaxT(t.Context(), stat.Plan{Rounds: 500, Seed: 1}, g, columns)
	if err != nil {
		t.Fatal(err)
	}
	for j, c := range tested {
		if found := c.P <= 0.05; found != (j == 7) || math.IsNaN(c.Z) || c.P <= 0 || c.P > 1 {
			t.Errorf("column %d: Z %.2f, P %.3f", j, c.Z, c.P)
		}
	}
	if tested[7].Z < 3 || tested[3] != (stat.Tested{P: 1}) {
		t.Errorf("%+v, and of nothing %+v", tested[7], tested[3])
	}
}

// TestMaxTIsHonest: of comparisons in which nothing differs, it says otherwise of one in
// twenty, however many columns there are and whatever their values are like.
func TestMaxTIsHonest(t *testing.T) {
	const trials = 400
	wrong := 0
	for trial := range trials {
		r := rand.New(rand.NewPCG(uint64(trial), 5))
		g := &stat.Groups{Scale: []float64{0.1, 0.1}}
		for range 60 {
			g.Of, g.B = append(g.Of, int32(r.IntN(2))), append(g.B, r.IntN(3) == 0)
		}
		columns := make([]stat.Column, 12)
		for i := range g.Of {
			common := math.Exp(r.NormFloat64()) + 10*float64(g.Of[i])
			for j := range columns {
				if r.Float64() < 0.7 {
					columns[j].Add(int32(i), common*math.Exp(2*r.NormFloat64()))
				}
			}
		}
		for j := range 4 {
			columns = append(columns, stat.Ranks(columns[j], g), stat.Above(columns[j], g, 0.9))
		}
		tested, err := stat.MaxT(t.Context(), stat.Plan{Rounds: 199, Seed: uint64(trial)}, g, columns)
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(tested, func(c stat.Tested) bool { return c.P <= 0.05 && !c.Against }) {
			wrong++
		}
	}
	// 20 are expected; three standard deviations are 13.
	if wrong < 7 || wrong > 33 {
		t.Errorf("%d of %d comparisons of equals find a difference; 5 %% are %d", wrong, trials, trials/20)
	}
}

func TestRanks(t *testing.T) {
	g := &stat.Groups{Of: []int32{0, 0, 0, 0, 1, 1, 0}, B: make([]bool, 7), Scale: []float64{1, 1}}
	got := stat.Ranks(column(5, 0, 7, 5, 2, 1, 0), g) // of group 0: 0 0 5 5 7
	want := []float64{(3.5 - 1.5) / 5, (5 - 1.5) / 5, (3.5 - 1.5) / 5, 1, 0.5}
	if !reflect.DeepEqual(got.Values, want) || !slices.Equal(got.Units, []int32{0, 2, 3, 4, 5}) {
		t.Errorf("%+v, want %v", got, want)
	}
}

func TestAbove(t *testing.T) {
	values := make([]float64, 20)
	for i := range values {
		values[i] = float64(i)
	}
	for _, c := range []struct {
		name   string
		values []float64
		want   []int32
	}{
		{"the largest tenth", values, []int32{18, 19}},
		{"all that equal it", append(slices.Clone(values[:16]), 18, 18, 18, 18), []int32{16, 17, 18, 19}},
		{"where it is zero, all that are not", append(make([]float64, 19), 3), []int32{19}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := stat.Above(column(c.values...), oneGroup(10, 10), 0.9); !slices.Equal(got.Units, c.want) {
				t.Errorf("%v, want %v", got.Units, c.want)
			}
		})
	}
}

// TestBootstrap encloses the difference of two means as the textbook does.
func TestBootstrap(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const n = 400
	g := oneGroup(n, n)
	c := noise(r, 2*n, func(i int) float64 { return 5 + float64(i/n) })
	for i := range c.Values {
		c.Values[i] /= n
		if i < n {
			c.Values[i] *= -1
		}
	}
	s, err := stat.Bootstrap(t.Context(), stat.Plan{Rounds: 1000, Seed: 9}, g, []stat.Column{c, column()})
	if err != nil {
		t.Fatal(err)
	}
	low, high := s.Interval(func(round int) float64 { return s.At(round, 0) })
	if width := 2 * 1.96 * math.Sqrt(2.0/n); low > 1 || high < 1 || math.Abs(high-low-width) > 0.15*width {
		t.Errorf("%.3f to %.3f; want some %.3f around 1", low, high, width)
	}
	if low, high := s.Interval(func(round int) float64 { return s.At(round, 1) }); low != 0 || high != 0 {
		t.Errorf("nothing is between %v and %v", low, high)
	}
}

func TestQuantiles(t *testing.T) {
	ten := []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for q, want := range map[float64]int64{0: 1, 0.05: 1, 0.5: 5, 0.9: 9, 0.95: 10, 1: 10} {
		if got := stat.Quantile(ten, q); got != want {
			t.Errorf("quantile %v is %d, want %d", q, got, want)
		}
	}
	if got := stat.Quantile(nil, 0.5); got != 0 {
		t.Errorf("of nothing it is %d", got)
	}
	a, b := make([]int64, 500), make([]int64, 500)
	for i := range a {
		a[i], b[i] = int64(i), int64(i+100)
	}
	d, low, high, err := stat.QuantileDifference(t.Context(), stat.Plan{Rounds: 2000, Seed: 1}, a, b, 0.5)
	// The median of 500 uniform values has a standard error of 500/√500/2: 11.2.
	if want := 1.96 * math.Sqrt2 * 11.2; err != nil || d != 100 || math.Abs(float64(high-low)/2-want) > 0.15*want {
		t.Errorf("%d, %d to %d, %v; want 100 ± %.0f", d, low, high, err, want)
	}
}

func TestBenjaminiHochberg(t *testing.T) {
	got := stat.BenjaminiHochberg([]float64{0.04, 0.001, 0.9, 0.03})
	want := []float64{0.16 / 3, 0.004, 0.9, 0.16 / 3}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-12 {
			t.Errorf("%v, want %v", got, want)
		}
	}
}

// TestAssociations finds the mark that goes with a measure.
func TestAssociations(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 7))
	measure := make([]float64, 200)
	marks := make([][]int32, 40)
	for i := range measure {
		measure[i] = r.Float64()
		for j := range marks {
			if r.Float64() < 0.2 {
				marks[j] = append(marks[j], int32(i))
			}
		}
	}
	for _, u := range marks[5] {
		measure[u] += 0.4
	}
	tested, err := stat.Associations(t.Context(), stat.Plan{Rounds: 500, Seed: 1}, measure, marks)
	if err != nil {
		t.Fatal(err)
	}
	p := make([]float64, len(marks))
	for j := range tested {
		p[j] = tested[j].P
	}
	for j, v := range stat.BenjaminiHochberg(p) {
		if found := v <= 0.05; found != (j == 5) {
			t.Errorf("mark %d: Z %.2f, P %.4f, adjusted %.4f", j, tested[j].Z, p[j], v)
		}
	}
}

// TestSeeds: the same seed gives the same, another one something else, on any number of
// processors.
func TestSeeds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	g, c := oneGroup(20, 20), noise(r, 40, func(int) float64 { return 0 })
	p := func(seed uint64) float64 {
		tested, err := stat.MaxT(t.Context(), stat.Plan{Rounds: 300, Seed: seed}, g, []stat.Column{c})
		if err != nil {
			t.Fatal(err)
		}
		return tested[0].P
	}
	if p(1) != p(1) || p(1) == p(2) && p(2) == p(3) {
		t.Errorf("seed 1: %v, %v; seeds 2 and 3: %v, %v", p(1), p(1), p(2), p(3))
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var ticks atomic.Int32
	plan := stat.Plan{Rounds: 1_000_000, Tick: func() { ticks.Add(1); cancel() }}
	if _, err := stat.MaxT(ctx, plan, oneGroup(3, 3), []stat.Column{column(1, 2, 3, 4, 5, 6)}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if n := ticks.Load(); n > 1000 {
		t.Errorf("%d rounds after it was cancelled", n)
	}
}
