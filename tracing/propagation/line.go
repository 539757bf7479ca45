package propagation

import (
	"iter"
	"strings"
)

// values yields what the lines of a header say, in their order. A proxy may have
// combined lines into one, with commas and white space between them. An empty
// value says nothing.
func values(lines []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, line := range lines {
			for v := range strings.SplitSeq(line, ",") {
				if v = strings.Trim(v, " \t"); v != "" && !yield(v) {
					return
				}
			}
		}
	}
}

// single returns the first value of a header that has one, and whether all others
// are the same.
func single(lines []string) (first string, one bool) {
	for v := range values(lines) {
		if first == "" {
			first = v
		} else if v != first {
			return first, false
		}
	}
	return first, true
}
