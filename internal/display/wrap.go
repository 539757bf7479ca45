package display

import (
	"strings"
	"unicode/utf8"
)

// Columns is the width of the terminal that text is written for.
const Columns = 80

// Wrap breaks text into lines of at most Columns at its spaces. Each line after the
// first begins with indent, and the first has begun with so many columns already. A
// word that is longer than a line stays whole: it may be a URL. A number stays with its
// unit.
func Wrap(text string, begun int, indent string) string {
	return fold(quantities(strings.Fields(text)), begun, "\n"+indent, Columns)
}

// quantities joins numbers and the units that follow them.
func quantities(words []string) []string {
	joined := words[:0]
	for _, word := range words {
		last := len(joined) - 1
		if last >= 0 && isUnit(word) && endsInDigit(joined[last]) {
			joined[last] += " " + word
			continue
		}
		joined = append(joined, word)
	}
	return joined
}

func isUnit(word string) bool {
	switch strings.TrimRight(word, ".,:;)") {
	case "ns", "µs", "ms", "s", "%":
		return true
	}
	return false
}

func endsInDigit(word string) bool {
	last := word[len(word)-1]
	return '0' <= last && last <= '9'
}

// Fit is Wrap for what has names in it that come from elsewhere: a word that is longer
// than a line is Cut.
func Fit(text string, begun int, indent string) string {
	return Wrap(CutWords(text, Columns-max(begun, utf8.RuneCountInString(indent))), begun, indent)
}

// CutWords is Line with each word Cut: what has several can be wrapped.
func CutWords(text string, most int) string {
	words := strings.Split(Line(text), " ")
	for i, word := range words {
		words[i] = Cut(word, most)
	}
	return strings.Join(words, " ")
}

// fold joins words by spaces or, where the line would be longer than most columns, by
// turn, which ends with what the next line begins with.
func fold(words []string, begun int, turn string, most int) string {
	var b strings.Builder
	_, indent, _ := strings.Cut(turn, "\n")
	for i, word := range words {
		width := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case begun+1+width > most:
			b.WriteString(turn)
			begun = utf8.RuneCountInString(indent)
		default:
			b.WriteByte(' ')
			begun++
		}
		b.WriteString(word)
		begun += width
	}
	return b.String()
}
