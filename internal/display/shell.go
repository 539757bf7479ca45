package display

import "strings"

// ShellWord writes text as one word of a POSIX shell: as it is, where that is safe,
// and otherwise in single quotes, between which a shell changes nothing.
func ShellWord(text string) string {
	if text != "" && strings.IndexFunc(text, special) < 0 {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// special reports whether a character may have a meaning to a shell.
func special(r rune) bool {
	letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	return !letter && (r < '0' || r > '9') && !strings.ContainsRune("-_./:=@%+,", r)
}

// ShellLines writes a command that can be pasted into a POSIX shell, in lines of at
// most Columns that end with a backslash. Parts are words, quoted where they must be,
// or words that stay together. Begun and indent are as for Wrap.
func ShellLines(parts []string, begun int, indent string) string {
	return fold(parts, begun, " \\\n"+indent, Columns-len(` \`))
}
