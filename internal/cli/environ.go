package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// environPrefix begins the variables that flags have their defaults from.
const environPrefix = "TRACELAB_"

// childVariable is in the environment of a service that 'tracelab up' started:
// it has warned already.
const childVariable = "TRACELAB_LIFELINE"

// warnMisspelt says on w which variables of environ are the setting of no flag
// of the program, but nearly: they are ignored. What is nothing like a flag is
// taken to be meant for another program.
func warnMisspelt(w io.Writer, name string, program *kong.Application, environ []string) {
	if slices.ContainsFunc(environ, func(entry string) bool { return strings.HasPrefix(entry, childVariable+"=") }) {
		return
	}
	known := variables(program.Node)
	for _, entry := range slices.Sorted(slices.Values(environ)) {
		variable, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(variable, environPrefix) || slices.Contains(known, variable) {
			continue
		}
		if meant := nearest(variable, known); meant != "" {
			fmt.Fprintf(w, "%s: the environment variable %s is ignored: did you mean %s?\n", name, variable, meant)
		}
	}
}

// variables are those of all flags of a command and of the commands below it.
func variables(n *kong.Node) (all []string) {
	for _, f := range n.Flags {
		all = append(all, f.Envs...)
	}
	for _, below := range n.Children {
		all = append(all, variables(below)...)
	}
	return all
}

// maxMisspelt is how many letters of a misspelt variable are wrong. A name of
// fewer than minMisspelt letters is near too many: FOO is no misspelt FOR.
const (
	maxMisspelt = 2
	minMisspelt = 5
)

// nearest returns the known name with the least distance, if that is small.
func nearest(variable string, known []string) (found string) {
	if len(variable) < len(environPrefix)+minMisspelt {
		return ""
	}
	least := maxMisspelt + 1
	for _, name := range known {
		if d := distance(variable, name); d < least {
			found, least = name, d
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
