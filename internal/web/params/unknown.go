package params

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"unicode/utf8"

	"example.com/tracelab/internal/misspelt"
)

// Unknown is a parameter that the page has not. A search without what it was
// meant to say would answer another question.
type Unknown struct {
	Name, Meant string // Meant is empty where no known one is near
}

// FindUnknown returns the parameters of v that are not known.
func FindUnknown(v url.Values, known []string) (unknown []Unknown) {
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if !slices.Contains(known, name) {
			unknown = append(unknown, Unknown{name, misspelt.Nearest(name, known)})
		}
	}
	return unknown
}

// Unreadable says what makes a query, of which v is what could be read, one that asks
// for more than the search would do; it is empty where nothing does.
func Unreadable(v url.Values, err error) string {
	if err != nil {
		return fmt.Sprintf("The query cannot be read: %v. Write ; as %%3B, and %% as %%25.", err)
	}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		switch values := v[name]; {
		case len(values) > 1:
			return fmt.Sprintf("%.40s is given twice: give it once.", name)
		case !utf8.ValidString(name + values[0]):
			return fmt.Sprintf("%.40q is not UTF-8: write it with percent-encoding of UTF-8.", name+"="+values[0])
		}
	}
	return ""
}
