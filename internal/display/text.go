package display

import (
	"strings"
	"unicode"
)

// Line is text that comes from elsewhere, such as the name that a service gives
// itself, as a terminal can bear it: in one line, and without what a terminal
// would obey or hide. Text that can be printed stays as it is.
func Line(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsPrint(r):
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return unicode.ReplacementChar
	}, text)
}

// Cut is Line of a name, in at most so many characters: … stands for its middle. Names of
// a kind begin alike, and differ at their ends.
func Cut(name string, most int) string {
	runes := []rune(Line(name))
	if len(runes) <= most {
		return string(runes)
	}
	head := most / 2
	return string(runes[:head]) + "…" + string(runes[len(runes)-(most-head-1):])
}

// Text is Line in at most so many characters; … stands for those that are left
// out.
func Text(text string, most int) string {
	at, n := 0, 0
	for i := range text {
		if n++; n == most {
			at = i
		}
		if n > most {
			return Line(text[:at]) + "…"
		}
	}
	return Line(text)
}
