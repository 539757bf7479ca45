package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"example.com/tracelab/internal/cli"
)

// TestTheSettingsAreListed keeps the table of docs/settings.md whole, and that of docs/exec.md.
func TestTheSettingsAreListed(t *testing.T) {
	var pages strings.Builder
	for _, page := range []string{"settings", "exec"} {
		text, err := os.ReadFile("../../docs/" + page + ".md")
		if err != nil {
			t.Fatal(err)
		}
		pages.Write(text)
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
			if !strings.Contains(pages.String(), "`--"+flag.Name+"`") {
				t.Errorf("docs/settings.md says nothing of --%s (%s)", flag.Name, n.FullPath())
			}
		}
		for _, child := range n.Children {
			walk(child)
		}
	}
	walk(parser.Model.Node)
	if !strings.Contains(pages.String(), "`--version`") {
		t.Error("docs/settings.md says nothing of --version")
	}
	if listed < 40 {
		t.Errorf("only %d flags were looked for", listed)
	}
}

// TestTheDocumentsNameFlagsThatExist, of this program or of the images' own.
func TestTheDocumentsNameFlagsThatExist(t *testing.T) {
	parser, err := kong.New(&grammar{}, options()...)
	if err != nil {
		t.Fatal(err)
	}
	flags := map[string]bool{"help": true, "version": true, "data-urlencode": true}
	var walk func(*kong.Node)
	walk = func(n *kong.Node) {
		for _, flag := range n.Flags {
			flags[flag.Name], flags["no-"+flag.Name] = true, flag.Tag.Negatable != ""
		}
		for _, child := range n.Children {
			walk(child)
		}
	}
	walk(parser.Model.Node)
	named := 0
	for _, pattern := range []string{"../../*.md", "../../docs/*.md", "../../docs/decisions/*.md", "../../labs/*.md", "../../labs/*/*.md"} {
		documents, _ := filepath.Glob(pattern)
		for _, document := range documents {
			text, err := os.ReadFile(document)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(text)) {
				if strings.Contains(line, "docker compose") || strings.HasPrefix(line, "    curl ") {
					continue // which have flags of their own
				}
				for _, flag := range flagName.FindAllStringSubmatch(line, -1) {
					if named++; !flags[flag[1]] {
						t.Errorf("%s names --%s, which is no flag: %s", document, flag[1], line)
					}
				}
			}
		}
	}
	if named < 100 {
		t.Errorf("only %d flags are named", named)
	}
}

var flagName = regexp.MustCompile("(?:^|[ `(])--([a-z][a-z-]*[a-z])")

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

// TestAListIsWhole: whichever flag has one, a value that was left out is named.
func TestAListIsWhole(t *testing.T) {
	parser, err := kong.New(&grammar{}, options()...)
	if err != nil {
		t.Fatal(err)
	}
	lists := 0
	var walk func(*kong.Node)
	walk = func(n *kong.Node) {
		for _, flag := range n.Flags {
			if !flag.IsSlice() || flag.Tag.Sep == -1 {
				continue
			}
			lists++
			words := append(strings.Fields(n.FullPath())[1:], "--"+flag.Name+"=stw,")
			if _, wrong, status := run(words...); status != cli.Usage || !strings.Contains(wrong, "--"+flag.Name+`: "stw,": want a value before and after each comma`) {
				t.Errorf("%v: exit status %d, %s", words, status, wrong)
			}
		}
		for _, child := range n.Children {
			walk(child)
		}
	}
	walk(parser.Model.Node)
	if lists < 9 {
		t.Errorf("only %d lists", lists)
	}
}
