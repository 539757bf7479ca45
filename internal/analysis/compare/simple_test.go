package compare_test

import (
	"example.com/tracelab/internal/testbed/culprit"
	"example.com/tracelab/internal/zipkin"
)

// simple are the names of what people do without a comparison.
var simple = func() (names []string) {
	for _, way := range culprit.Simple() {
		names = append(names, way.Name)
	}
	return names
}()

// simply is what each of the simple ways names, and which of them claim it.
func simply(a, b [][]zipkin.Span) (named map[string]string, claiming []string) {
	named = map[string]string{}
	for _, way := range culprit.Simple() {
		answer := way.Compare(a, b)
		named[way.Name] = answer.Operation.Name
		if answer.Claimed {
			claiming = append(claiming, way.Name)
		}
	}
	return named, claiming
}
