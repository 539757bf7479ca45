package labapi_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"example.com/tracelab/internal/labapi"
)

// TestAComparisonQueryIsAllOfItsParameters, which the server takes.
func TestAComparisonQueryIsAllOfItsParameters(t *testing.T) {
	q := labapi.ComparisonQuery{A: "a=1&b=2", B: "b", Slow: "p95", By: "*", Q: "q", Strata: []string{"t", "u"}, Quantile: "0.9"}
	if got := labapi.ReadComparisonQuery(q.Values()); !reflect.DeepEqual(got, q) {
		t.Errorf("%+v, want %+v", got, q)
	}
	if got := slices.Sorted(maps.Keys(q.Values())); !slices.Equal(got, slices.Sorted(slices.Values(labapi.ComparisonParameters()))) {
		t.Errorf("the parameters are %v", got)
	}
	if got := (labapi.ComparisonQuery{}).Values(); len(got) > 0 {
		t.Errorf("nothing is %v", got)
	}
}
