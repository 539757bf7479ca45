package documents

import (
	"regexp"
	"strings"
)

// step is a command of a page, and what the page says that it prints.
type step struct {
	command string
	prints  string // empty: the page does not say
}

// starts are the words with which a block begins that is commands without a prompt.
// All other blocks without one are drawings.
var starts = regexp.MustCompile(`^(\$ |(go|tracelab|curl|docker|make|kill|scripts/\S+) |\w+=|\w+\(\) \{)`)

// steps are the commands of a page: of the blocks that are indented by four spaces.
func steps(page string) (all []step) {
	for _, block := range blocks(page) {
		if !starts.MatchString(block) || strings.Contains(block, "──") {
			continue
		}
		prompts := strings.HasPrefix(block, "$ ") || strings.Contains(block, "\n$ ")
		for line := range strings.Lines(strings.ReplaceAll(block, "\\\n", " ")) {
			command, prompt := strings.CutPrefix(line, "$ ")
			switch {
			case prompt || !prompts && strings.TrimSpace(line) != "":
				all = append(all, step{command: strings.TrimSpace(command)})
			case len(all) > 0:
				all[len(all)-1].prints += line
			}
		}
	}
	return all
}

// blocks are the indented blocks of a page, without the indentation.
func blocks(page string) (all []string) {
	var block []string
	end := func() {
		if text := strings.TrimSpace(strings.Join(block, "\n")); text != "" {
			all = append(all, text)
		}
		block = nil
	}
	for line := range strings.Lines(page) {
		code, indented := strings.CutPrefix(strings.TrimRight(line, "\n"), "    ")
		if !indented && strings.TrimSpace(line) != "" {
			end()
			continue
		}
		block = append(block, code)
	}
	end()
	return all
}
