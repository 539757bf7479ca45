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

// ShellLines writes a command for a POSIX shell in lines of at most Columns, which end
// with a backslash: it can be pasted as it is. It is broken between words only, be they
// quoted as ShellWord does, and not between a flag and its value. Begun and indent are as
// for Wrap.
func ShellLines(command string, begun int, indent string) string {
	return fold(withValues(shellWords(command)), begun, " \\\n"+indent, Columns-len(` \`))
}

// withValues joins each flag to the word after it, unless that is a flag too.
func withValues(words []string) (joined []string) {
	flag := false
	for _, word := range words {
		isFlag := strings.HasPrefix(word, "-")
		if flag && !isFlag {
			joined[len(joined)-1] += " " + word
		} else {
			joined = append(joined, word)
		}
		flag = isFlag
	}
	return joined
}

// shellWords cuts a command at the spaces between its words. The words stay quoted.
func shellWords(command string) (words []string) {
	from, quoted, escaped := 0, false, false
	for i, c := range command {
		switch {
		case escaped:
			escaped = false
		case c == '\'':
			quoted = !quoted
		case quoted:
		case c == '\\':
			escaped = true
		case c == ' ':
			words, from = append(words, command[from:i]), i+1
		}
	}
	return append(words, command[from:])
}
