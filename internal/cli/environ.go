package cli

import (
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"example.com/tracelab/internal/misspelt"
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
			say(w, "%s: the environment variable %s is ignored: did you mean %s?\n", name, variable, meant)
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

// minMisspelt is how many letters a misspelt variable has at least behind the prefix:
// a shorter one is near too many. FOO is no misspelt FOR.
const minMisspelt = 5

// nearest returns the known variable that was meant, if one is near.
func nearest(variable string, known []string) string {
	if len(variable) < len(environPrefix)+minMisspelt {
		return ""
	}
	return misspelt.Nearest(variable, known)
}
