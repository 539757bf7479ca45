package compare

import "example.com/tracelab/internal/labapi"

// finish computes what depends on which set is called A, and says it all in words.
func finish(c *labapi.Comparison) {
	c.DeltaPercent = percent(c.DeltaRootUS, c.A.MeanRootUS)
	for i := range c.Bridge {
		c.Bridge[i].Percent = percent(c.Bridge[i].DeltaUS, c.A.MeanRootUS)
	}
	if c.Bridge == nil {
		c.Bridge = []labapi.Change{}
	}
	c.Sentences = sentences(c)
	if c.Warnings == nil {
		c.Warnings = []string{}
	}
}

// percent is zero of nothing.
func percent(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return 100 * float64(part) / float64(whole)
}
