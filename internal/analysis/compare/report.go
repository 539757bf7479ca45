package compare

import (
	"cmp"
	"math"
	"slices"

	"example.com/tracelab/internal/analysis/stat"
	"example.com/tracelab/internal/labapi"
)

// comparison is what was found, with x called A.
func (f *finding) comparison(o Options) *labapi.Comparison {
	c := &labapi.Comparison{Kind: labapi.CompareSets, A: f.x.compared(), B: f.y.compared()}
	c.DeltaRootUS = c.B.MeanRootUS - c.A.MeanRootUS
	c.Bridge = f.bridge(c.DeltaRootUS, newExamples(f.sample, o.Recorded))
	c.Verdict = f.verdict()
	c.Quantile = f.quantile
	c.Errors = f.errorChange(o)
	if c.Errors != nil && !c.Verdict.Claimed && c.Errors.Verdict.Claimed {
		errors := c.Errors.Verdict
		errors.DetectableUS = c.Verdict.DetectableUS
		c.Verdict = errors
	}
	for _, k := range f.strata {
		c.Strata = append(c.Strata, labapi.Stratum{Key: f.keys[k.input], NA: k.nx, NB: k.ny, Used: k.weight > 0})
	}
	c.Warnings = f.warnings()
	return c
}

// compared describes a side.
func (s *side) compared() labapi.ComparedSet {
	roots := s.roots()
	c := labapi.ComparedSet{
		Label: s.label, N: len(roots), Skipped: s.skipped, Cut: s.cut,
		MeanRootUS: round(s.mean()), P50RootUS: stat.Quantile(roots, 0.5), P95RootUS: stat.Quantile(roots, 0.95),
		First: s.observations[0].start, Last: s.observations[len(s.observations)-1].start,
	}
	for i := range s.observations {
		if len(s.observations[i].failed) > 0 {
			c.Errors++
		}
	}
	return c
}

// bridge are the rows whose changes add up to that of the mean duration, exactly.
func (f *finding) bridge(deltaRoot int64, ex *examples) []labapi.Change {
	var changes []labapi.Change
	var deltas []float64
	for i := range f.rows {
		if r := &f.rows[i]; r.x.onPath > 0 || r.y.onPath > 0 {
			changes = append(changes, f.change(i))
			deltas = append(deltas, r.delta())
		}
	}
	if f.restOf > 0 || f.rest.x.calls+f.rest.y.calls > 0 {
		changes = append(changes, labapi.Change{Path: labapi.OtherPath, Paths: max(f.restOf, 1), AUS: round(f.rest.x.onPath), CallsA: f.rest.x.calls, CallsB: f.rest.y.calls})
		deltas = append(deltas, f.rest.delta())
	}
	if mix := f.root.delta() - f.within(); len(f.strata) > 1 {
		changes = append(changes, labapi.Change{Path: labapi.MixPath})
		deltas = append(deltas, mix)
	}
	for i, us := range apportion(deltas, deltaRoot) {
		f.complete(&changes[i], us)
	}
	slices.SortFunc(changes, func(a, b labapi.Change) int {
		return cmp.Or(cmp.Compare(abs(b.DeltaUS), abs(a.DeltaUS)), cmp.Compare(max(b.AUS, b.BUS), max(a.AUS, a.BUS)), cmp.Compare(a.Path, b.Path))
	})
	ex.give(changes)
	return changes
}

// change is a row but for what depends on its whole microseconds.
func (f *finding) change(i int) labapi.Change {
	r := &f.rows[i]
	p := &f.paths.all[r.path]
	c := labapi.Change{
		Path: f.text(r.path), Service: p.service, Operation: p.operation, AUS: round(r.x.onPath),
		Mechanism: r.mechanism, CallsA: r.x.calls, CallsB: r.y.calls,
	}
	if f.tested() {
		low, high := f.interval(i)
		lowUS, highUS := round(low), round(high)
		c.LowUS, c.HighUS = &lowUS, &highUS
	}
	if r.tested {
		c.P = pointer(r.own.of(r.delta()))
	}
	split := []float64{r.byCalls, r.byTime, r.byOverlap}
	us := apportion(split, round(r.delta()))
	c.CallsUS, c.SlowerUS, c.OverlapUS = us[0], us[1], us[2]
	return c
}

// complete gives a row its change in whole microseconds. What that differs from the sum
// of its parts goes to the largest of them.
func (f *finding) complete(c *labapi.Change, us int64) {
	c.DeltaUS = us
	c.BUS = c.AUS + us
	if c.Path == labapi.MixPath || c.Path == labapi.OtherPath {
		return
	}
	rest := us - c.CallsUS - c.SlowerUS - c.OverlapUS
	largest := slices.MaxFunc([]*int64{&c.SlowerUS, &c.CallsUS, &c.OverlapUS}, func(a, b *int64) int { return cmp.Compare(abs(*a), abs(*b)) })
	*largest += rest
}

// apportion makes whole numbers of values, which add up to a whole: each is cut to a
// whole number towards zero, and those that lose most by it get one more (the method of
// the largest remainder). What is left of a whole that is none of them goes to the largest.
func apportion(values []float64, whole int64) []int64 {
	parts := make([]int64, len(values))
	order := make([]int, len(values))
	rest := whole
	for i, v := range values {
		parts[i], order[i] = int64(math.Trunc(v)), i
		rest -= parts[i]
	}
	direction := int64(1)
	if rest < 0 {
		direction = -1
	}
	lost := func(i int) float64 { return float64(direction) * (values[i] - math.Trunc(values[i])) }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(lost(b), lost(a)) })
	for _, i := range order {
		if rest == 0 {
			break
		}
		parts[i] += direction
		rest -= direction
	}
	if rest != 0 {
		largest := slices.MaxFunc(order, func(a, b int) int { return cmp.Compare(math.Abs(values[a]), math.Abs(values[b])) })
		parts[largest] += rest
	}
	return parts
}

func pointer(v float64) *float64 { return &v }

func abs(v int64) int64 { return max(v, -v) }
