package compare

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"example.com/tracelab/internal/analysis/stat"
	"example.com/tracelab/internal/labapi"
)

// tagQuantile is the quantile that the requests called slow are not below, unless another
// is asked for.
const tagQuantile = 0.9

// ByTag says which values of a tag go with slowness, in one set: of all tags, where tag
// is empty or "*". P is adjusted for the number of values tried.
func ByTag(ctx context.Context, set Set, tag string, o Options) (*labapi.Comparison, error) {
	r := newReader(o)
	r.marks = newMarks(tag)
	all, err := r.read(ctx, set)
	if err != nil {
		return nil, err
	}
	if len(all.observations) == 0 {
		return nil, all.empty()
	}
	if len(r.marks.tags) == 0 {
		return nil, fmt.Errorf("%w in %s: no span has the tag %q", ErrNoCommon, all.label, r.marks.wanted)
	}
	t := &tagTest{side: all, marks: r.marks, quantile: cmp.Or(o.Quantile, tagQuantile)}
	c, err := t.compare(ctx, o)
	if err != nil {
		return nil, err
	}
	finish(c)
	return c, nil
}

// tagTest compares the durations of requests with a value and without.
type tagTest struct {
	*side
	*marks
	quantile float64
	limit    int64 // what is slow is not below it
}

// triedValue is a value with what was found of it.
type triedValue struct {
	of *candidate
	labapi.TagValue
}

func (t *tagTest) compare(ctx context.Context, o Options) (*labapi.Comparison, error) {
	tried, many := t.candidates(t.sorted())
	units := make([][]int32, len(tried))
	for i := range tried {
		units[i] = tried[i].units
	}
	plan := stat.Plan{Rounds: permutations, Seed: o.Seed, Tick: ticker(o.Progress, permutations)}
	tested, err := stat.Associations(ctx, plan, t.ranks(), units)
	if err != nil {
		return nil, err
	}
	p := make([]float64, len(tested))
	for i := range tested {
		p[i] = tested[i].P
	}
	p = stat.BenjaminiHochberg(p)
	t.limit = stat.Quantile(t.roots(), t.quantile)
	c := &labapi.Comparison{Kind: labapi.CompareTag, TagsTried: len(tried)}
	values := make([]triedValue, len(tried))
	for i := range tried {
		values[i] = triedValue{&tried[i], t.value(&tried[i], p[i])}
	}
	slices.SortStableFunc(values, func(a, b triedValue) int {
		return cmp.Or(cmp.Compare(rank(&a.TagValue), rank(&b.TagValue)), cmp.Compare(*a.P, *b.P), cmp.Compare(abs(b.DeltaUS), abs(a.DeltaUS)))
	})
	for i, v := range values[:min(len(values), mostTags)] {
		if i < exampledRows {
			t.exemplify(&v.TagValue, v.of, o)
		}
		c.Tags = append(c.Tags, v.TagValue)
	}
	t.conclude(c, many)
	return c, nil
}

// rank is 0 of a value that more of the slow requests have than of the others, where there
// is evidence: what makes requests slow is looked for, not what makes them fast.
func rank(v *labapi.TagValue) int {
	if v.Claimed && v.SlowWith*v.Fast > v.FastWith*v.Slow {
		return 0
	}
	return 1
}

// ranks are those of the durations: a single very slow request is no more than the slowest.
func (t *tagTest) ranks() []float64 {
	var c stat.Column
	for i := range t.observations {
		c.Add(int32(i), float64(t.observations[i].root))
	}
	g := &stat.Groups{Of: make([]int32, len(t.observations)), B: make([]bool, len(t.observations)), Scale: []float64{1}}
	return stat.Ranks(c, g).Values
}

// value describes the requests with a value, and those without.
func (t *tagTest) value(c *candidate, p float64) labapi.TagValue {
	v := labapi.TagValue{Tag: c.tag, Value: c.value, Service: c.service, NWith: len(c.units), N: len(t.observations), P: &p}
	var with stat.Moments
	for i := range t.observations {
		count(t.observations[i].root >= t.limit, &v.Slow, &v.Fast)
	}
	for _, u := range c.units {
		root := t.observations[u].root
		with.Add(float64(root))
		count(root >= t.limit, &v.SlowWith, &v.FastWith)
	}
	n, k := float64(v.N), float64(v.NWith)
	v.WithUS, v.WithoutUS = round(with.Mean()), round((n*t.mean()-k*with.Mean())/(n-k))
	v.DeltaUS = v.WithUS - v.WithoutUS
	v.Claimed = p <= likely && v.N >= 2*fewest && math.Abs(float64(v.DeltaUS)) >= leastShare*t.mean()
	return v
}

// sorted sorts the observations, and gives the new place of each.
func (t *tagTest) sorted() (now []int32) {
	order := make([]int32, len(t.observations))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return compareObservations(&t.observations[a], &t.observations[b]) })
	now = make([]int32, len(order))
	sorted := make([]observation, len(order))
	for to, from := range order {
		now[from] = int32(to)
		sorted[to] = t.observations[from]
	}
	t.observations = sorted
	return now
}

// exemplify adds examples to a value: requests that took about as long as the mean.
func (t *tagTest) exemplify(v *labapi.TagValue, c *candidate, o Options) {
	var with, without []*observation
	for i := range t.observations {
		if _, has := slices.BinarySearch(c.units, int32(i)); has {
			with = append(with, &t.observations[i])
		} else {
			without = append(without, &t.observations[i])
		}
	}
	v.ExemplarsA = nearest(without, float64(v.WithoutUS), o)
	v.ExemplarsB = nearest(with, float64(v.WithUS), o)
}

func count(is bool, yes, no *int) {
	if is {
		*yes++
	} else {
		*no++
	}
}

// nearest are requests that took about so long.
func nearest(of []*observation, mean float64, o Options) []string {
	slices.SortStableFunc(of, func(a, b *observation) int {
		return cmp.Compare(math.Abs(float64(a.root)-mean), math.Abs(float64(b.root)-mean))
	})
	return chosen(of[:min(len(of), lookedAt)], o.Recorded)
}
