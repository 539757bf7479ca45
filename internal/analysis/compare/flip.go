package compare

import "example.com/tracelab/internal/labapi"

// flip exchanges A and B.
func flip(c *labapi.Comparison) {
	c.A, c.B = c.B, c.A
	c.DeltaRootUS = -c.DeltaRootUS
	flipVerdict(&c.Verdict)
	for i := range c.Bridge {
		flipChange(&c.Bridge[i])
	}
	if q := c.Quantile; q != nil {
		q.AUS, q.BUS, q.DeltaUS, q.LowUS, q.HighUS = q.BUS, q.AUS, -q.DeltaUS, -q.HighUS, -q.LowUS
	}
	if e := c.Errors; e != nil {
		e.RateA, e.RateB = e.RateB, e.RateA
		flipVerdict(&e.Verdict)
		for i := range e.Paths {
			p := &e.Paths[i]
			p.A, p.B = p.B, p.A
			p.ExemplarsA, p.ExemplarsB = p.ExemplarsB, p.ExemplarsA
		}
	}
	for i := range c.Strata {
		c.Strata[i].NA, c.Strata[i].NB = c.Strata[i].NB, c.Strata[i].NA
	}
}

func flipVerdict(v *labapi.Verdict) {
	v.Mechanism, v.DeltaUS = opposite(v.Mechanism), -v.DeltaUS
	v.NA, v.NB = v.NB, v.NA
}

func flipChange(c *labapi.Change) {
	c.AUS, c.BUS, c.DeltaUS = c.BUS, c.AUS, -c.DeltaUS
	if c.LowUS != nil {
		*c.LowUS, *c.HighUS = -*c.HighUS, -*c.LowUS
	}
	c.Mechanism = opposite(c.Mechanism)
	c.CallsUS, c.SlowerUS, c.OverlapUS = -c.CallsUS, -c.SlowerUS, -c.OverlapUS
	c.CallsA, c.CallsB = c.CallsB, c.CallsA
	c.ExemplarsA, c.ExemplarsB = c.ExemplarsB, c.ExemplarsA
}

// opposite is what a mechanism is called the other way round.
func opposite(mechanism string) string {
	for _, pair := range [][2]string{
		{labapi.MoreCalls, labapi.FewerCalls}, {labapi.SlowerCalls, labapi.FasterCalls},
		{labapi.LessOverlap, labapi.MoreOverlap}, {labapi.NewPath, labapi.GonePath},
	} {
		switch mechanism {
		case pair[0]:
			return pair[1]
		case pair[1]:
			return pair[0]
		}
	}
	return mechanism
}
