package display

import (
	"fmt"
	"io"
	"strings"
)

// Styles render text where a terminal shows it: what is important, what is a cause or a
// warning, what is less important, and a link. Text that is rendered has no line break.
type Styles struct{ Bold, Warn, Dim, Link func(...string) string }

// Plain has no styles.
func Plain() Styles { return Styles{Unstyled, Unstyled, Unstyled, Unstyled} }

// Unstyled is the style of text as it is.
func Unstyled(text ...string) string { return strings.Join(text, " ") }

// WriteSentences writes what a report says in words, each on lines of at most Columns, and
// the first one bold.
func (s Styles) WriteSentences(w io.Writer, sentences []string) {
	style := s.Bold
	for _, sentence := range sentences {
		for line := range strings.SplitSeq(Fit(sentence, 0, ""), "\n") {
			fmt.Fprintln(w, style(line))
		}
		style = Unstyled
	}
}
