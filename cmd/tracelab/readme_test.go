package main

import (
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"example.com/tracelab/internal/cli"
)

// TestTheReadmeListsEverySetting keeps the README's table whole.
func TestTheReadmeListsEverySetting(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	parser, err := kong.New(&grammar{}, options()...)
	if err != nil {
		t.Fatal(err)
	}
	listed := 0
	var walk func(*kong.Node)
	walk = func(n *kong.Node) {
		for _, flag := range n.Flags {
			if flag.Name == "help" {
				continue
			}
			listed++
			if !strings.Contains(string(readme), "`--"+flag.Name+"`") {
				t.Errorf("the README says nothing of --%s (%s)", flag.Name, n.FullPath())
			}
		}
		for _, child := range n.Children {
			walk(child)
		}
	}
	walk(parser.Model.Node)
	if !strings.Contains(string(readme), "`--version`") {
		t.Error("the README says nothing of --version")
	}
	if listed < 40 {
		t.Errorf("only %d flags were looked for", listed)
	}
}

func TestHelpShowsVariables(t *testing.T) {
	for args, want := range map[string]string{"up": "$TRACELAB_SAMPLER", "store": "$MEM_MAX_SPANS", "service writer": "$TRACELAB_REDIS_PASSWORD"} {
		if out, wrong, status := run(append(strings.Fields(args), "--help")...); status != cli.OK || !strings.Contains(out, want) {
			t.Errorf("%s: exit status %d, %s, without %s in\n%s", args, status, wrong, want, out)
		}
	}
}

func TestAFlagWinsOverItsVariable(t *testing.T) {
	t.Setenv("TRACELAB_SAMPLER", "sometimes") // refused, if it is read
	if _, wrong, status := run("up", "--sampler", "seldom"); status != cli.Usage || !strings.Contains(wrong, "seldom") {
		t.Errorf("the flag: exit status %d, %s", status, wrong)
	}
	if _, wrong, status := run("up"); status != cli.Usage || !strings.Contains(wrong, "sometimes") {
		t.Errorf("the variable: exit status %d, %s", status, wrong)
	}
}
