package display

import (
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

const leastWidth = 20

// Width is how many columns a line on out has: $COLUMNS, the width that out says it has or
// that of the terminal, or 80.
func Width(out io.Writer) int {
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && columns > 0 {
		return max(columns, leastWidth)
	}
	if lines, ok := out.(interface{ Width() int }); ok {
		return lines.Width()
	}
	if file, ok := out.(interface{ Fd() uintptr }); ok {
		if columns, _, err := term.GetSize(int(file.Fd())); err == nil && columns > 0 {
			return max(columns, leastWidth)
		}
	}
	return Columns
}

const noBreak = "\u00a0"

// Whole is text that WrapLines keeps in one line, such as a command to be pasted.
func Whole(text string) string { return strings.ReplaceAll(text, " ", noBreak) }

// WrapLines breaks the lines of text that are longer than width, between words. What is
// left of a line begins below its last column, if that is in the left two thirds, or
// further to the left where a word needs the room. Styles have no width.
func WrapLines(text string, width int) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if lineWidth(line) > width {
			lines[i] = wrapLine(line, width)
		}
	}
	return strings.ReplaceAll(strings.Join(lines, "\n"), noBreak, " ")
}

func wrapLine(line string, width int) string {
	words := strings.Split(line, " ") // an empty one for each space more
	indent := lastColumn(words, width*2/3)
	if longest := longestWord(words); longest <= width {
		indent = min(indent, width-longest)
	}
	var b strings.Builder
	at, gap := 0, 0
	for i, word := range words {
		if i > 0 {
			gap++
		}
		if word == "" {
			continue
		}
		if at > 0 && at+gap > indent && at+gap+lineWidth(word) > width {
			b.WriteString("\n")
			at, gap = 0, indent
		}
		b.WriteString(strings.Repeat(" ", gap) + word)
		at, gap = at+gap+lineWidth(word), 0
	}
	return b.String()
}

func longestWord(words []string) (longest int) {
	for _, word := range words {
		longest = max(longest, lineWidth(word))
	}
	return longest
}

// lastColumn is where the last column begins that begins before limit. Columns are
// two spaces apart, or more.
func lastColumn(words []string, limit int) (column int) {
	at, spaces := 0, 2 // as the first word begins one
	for i, word := range words {
		if i > 0 {
			at++
			spaces++
		}
		if word == "" {
			continue
		}
		if spaces >= 2 && at <= limit {
			column = at
		}
		at, spaces = at+lineWidth(word), 0
	}
	return column
}

// lineWidth is how wide a line is: a column for each character, none for a style.
func lineWidth(text string) (n int) {
	for {
		before, style, found := strings.Cut(text, "\x1b[")
		n += utf8.RuneCountInString(before)
		if !found {
			return n
		}
		_, text, _ = strings.Cut(style, "m")
	}
}
