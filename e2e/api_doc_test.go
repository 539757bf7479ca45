package e2e

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// examples are the lines that begin with curl in a section of a document.
func examples(t *testing.T, document, section string) (lines []string) {
	t.Helper()
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "\n## "+section+"\n")
	rest, _, _ = strings.Cut(rest, "\n## ")
	for line := range strings.Lines(rest) {
		if strings.HasPrefix(line, "    curl ") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	if !found || len(lines) == 0 {
		t.Fatalf("%s has no examples under %q", document, section)
	}
	return lines
}

// TestTheExamplesOfTheAPI are run as they are written, in their order.
func TestTheExamplesOfTheAPI(t *testing.T) {
	c := newCaller(t)
	local := strings.TrimPrefix(c.ui, "http://")
	refusal := regexp.MustCompile(`^[45]\d\d `)
	id := regexp.MustCompile(`-d id=(\w{12}) `)
	env, solved := os.Environ(), false
	for _, line := range append(examples(t, "../docs/api.md", "Mysteries"), examples(t, "../docs/api.md", "Faults")...) {
		cmd := exec.Command("sh", "-c", strings.ReplaceAll(line, "localhost:9411", local))
		cmd.Env = env
		out, err := cmd.Output()
		answer := string(out)
		if solved && strings.Contains(line, "give_up") {
			continue // the example before guessed it
		}
		if err != nil || answer == "" || refusal.MatchString(answer) || strings.HasPrefix(answer, "{") {
			t.Errorf("%s: %v, %s", line, err, answer)
		}
		if m := id.FindStringSubmatch(answer); m != nil && len(env) == len(os.Environ()) {
			env = append(env, "ID="+m[1])
		}
		solved = solved || strings.Contains(answer, "It was ")
	}
}
