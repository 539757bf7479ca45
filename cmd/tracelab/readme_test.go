package main

import (
	"bytes"
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

func TestHelpHasExamplesAndVariables(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--help"}, "tracelab up --redis"},
		{[]string{"up", "--help"}, "$TRACELAB_SAMPLER"},
		{[]string{"doctor", "--help"}, "docker compose"},
		{[]string{"service", "writer", "--help"}, "$TRACELAB_REDIS_PASSWORD"},
	} {
		var out, errs bytes.Buffer
		code := cli.Run("tracelab", &grammar{}, test.args, &out, &errs, options()...)
		if code != cli.OK || !strings.Contains(out.String(), test.want) || errs.Len() > 0 {
			t.Errorf("%v: exit status %d, %q, without %q in %s", test.args, code, errs.String(), test.want, out.String())
		}
	}
}

func TestAFlagWinsOverItsVariable(t *testing.T) {
	t.Setenv("TRACELAB_SAMPLER", "sometimes") // refused, if it is read
	var out, errs bytes.Buffer
	code := cli.Run("tracelab", &grammar{}, []string{"up", "--sampler", "seldom"}, &out, &errs, options()...)
	if code != cli.Negative || !strings.Contains(errs.String(), "seldom") {
		t.Errorf("the flag: exit status %d, %s", code, errs.String())
	}
	errs.Reset()
	code = cli.Run("tracelab", &grammar{}, []string{"up"}, &out, &errs, options()...)
	if code != cli.Negative || !strings.Contains(errs.String(), "sometimes") {
		t.Errorf("the variable: exit status %d, %s", code, errs.String())
	}
}

func TestWrongUseIsTwo(t *testing.T) {
	for _, args := range [][]string{{}, {"--nope"}, {"nope"}, {"up", "--log-level", "loud"}, {"up", "--port-gateway", "x"}, {"service"}} {
		var out, errs bytes.Buffer
		if code := cli.Run("tracelab", &grammar{}, args, &out, &errs, options()...); code != cli.Usage || !strings.Contains(errs.String(), "--help") {
			t.Errorf("%v: exit status %d: %s", args, code, errs.String())
		}
	}
}
