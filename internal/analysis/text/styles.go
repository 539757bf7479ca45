// Package text writes what is said of traces as text for a terminal: for the commands and
// for the server.
package text

import "strings"

// Styles render text where a terminal shows it: what is important, what is a cause, what
// is less important, and a link. Text that is rendered has no line break.
type Styles struct{ Bold, Warn, Dim, Link func(...string) string }

// Plain has no styles.
func Plain() Styles { return Styles{plain, plain, plain, plain} }

func plain(text ...string) string { return strings.Join(text, " ") }
