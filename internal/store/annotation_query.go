package store

import (
	"strings"

	"example.com/tracelab/internal/zipkin"
)

// term is one condition of an annotation query. An empty value matches an
// annotation with the value key, or any tag with that key.
type term struct{ key, value string }

// maxTerms is where Zipkin stops splitting: the hundredth term has the rest.
const maxTerms = 100

// parseAnnotationQuery reads Zipkin's grammar: terms joined by " and ", each
// "key" or "key=value", of which the value may contain "=". All must hold. Of
// several terms for a key the last with "=" counts. Nothing is an error.
func parseAnnotationQuery(q string) []term {
	if q == "" {
		return nil
	}
	var terms []term
	index := map[string]int{}
	for _, part := range strings.SplitN(q, " and ", maxTerms) {
		key, value, isTag := strings.Cut(part, "=")
		t := term{zipkin.TrimName(key), zipkin.TrimName(value)}
		i, known := index[t.key]
		switch {
		case !known:
			index[t.key] = len(terms)
			terms = append(terms, t)
		case isTag:
			terms[i] = t
		}
	}
	return terms
}
