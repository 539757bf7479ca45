package display_test

import (
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/tracelab/internal/display"
)

// awkward are texts that a shell would change, were they not quoted.
var awkward = []string{"ann", "O'Brien", `say "hi"`, "ann & bob; ls", "$HOME `id` $(id)", `back\slash`, "*?[a]", "~", "#1", "!!", "a  b", "", "-n", "'", "Zoë", "x=y", "{a,b}", "a|b>c<d"}

// TestAShellReadsBack what was written for it, in one line and in several.
func TestAShellReadsBack(t *testing.T) {
	parts, want := []string{"printf '%s\\n'"}, ""
	for _, text := range append(awkward, strings.Repeat("long ", 30)) {
		parts, want = append(parts, display.ShellWord(text)), want+text+"\n"
	}
	lines := display.ShellLines(strings.Join(parts, " "), 10, "      ")
	out, err := exec.Command("sh", "-c", lines).CombinedOutput()
	if err != nil || string(out) != want {
		t.Errorf("a shell reads %q, %v\nof %s", out, err, lines)
	}
	if !strings.Contains(lines, " \\\n      ") {
		t.Errorf("one line: %s", lines)
	}
}

// TestANumberStaysWithItsUnit where a line ends between them.
func TestANumberStaysWithItsUnit(t *testing.T) {
	begun := display.Columns - len("a change of 31.0")
	for text, want := range map[string]string{
		"a change of 31.0 ms, or": "a change of\n  31.0 ms, or",
		"a change of +476 % more": "a change of\n  +476 % more",
		"a change of 31.0 or not": "a change of 31.0\n  or not",
		"a change of more s":      "a change of more\n  s",
	} {
		if got := display.Wrap(text, begun, "  "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestLinesFit the terminal, unless one word does not.
func TestLinesFit(t *testing.T) {
	text := strings.Repeat("some words of a sentence – ", 20)
	for begun := range 30 {
		for _, got := range []string{display.Wrap(text, begun, "  "), display.ShellLines(strings.TrimSpace(text), begun, "    ")} {
			for i, line := range strings.Split(got, "\n") {
				width := utf8.RuneCountInString(line)
				if i == 0 {
					width += begun
				}
				if width > display.Columns {
					t.Errorf("begun at %d, line %d has %d columns: %s", begun, i, width, line)
				}
			}
		}
		if got := display.Wrap(text, begun, "  "); strings.Join(strings.Fields(got), " ") != strings.TrimSpace(text) {
			t.Errorf("other words: %s", got)
		}
	}
	if long := strings.Repeat("x", 200); display.Wrap("see "+long, 0, "  ") != "see\n  "+long {
		t.Errorf("a long word: %s", display.Wrap("see "+long, 0, "  "))
	}
}
