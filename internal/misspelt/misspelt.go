// Package misspelt finds what was meant by a name that is not known.
package misspelt

import "strings"

// maxWrong is how many letters of a misspelt name are wrong, and of a short one at
// most every other.
const maxWrong = 2

// Nearest returns the known name with the least distance from name, if that is
// small; empty: none is near. Capitals are no difference.
func Nearest(name string, known []string) (found string) {
	name = strings.ToLower(name)
	least := min(maxWrong, len(name)/2) + 1
	for _, k := range known {
		if d := distance(name, strings.ToLower(k)); d < least {
			found, least = k, d
		}
	}
	return found
}

// distance is how many letters must be added, removed or replaced to make b of a
// (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1) // from the letters of a seen so far to each beginning of b
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
