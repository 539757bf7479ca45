package codec

import (
	"fmt"
	"unicode/utf16"
)

// AppendNames appends a list of names as Zipkin writes it, by another library
// than spans: what is beyond U+FFFF is escaped as a pair, U+2028 is not, and
// escapes are in upper case.
func AppendNames(b []byte, names []string) []byte {
	return appendList(b, names, func(b []byte, name string) []byte {
		b = append(b, '"')
		from := 0
		for i, c := range name {
			if c >= ' ' && c != '"' && c != '\\' && c <= 0xffff {
				continue
			}
			b = append(b, name[from:i]...)
			b = appendNameEscape(b, c)
			from = i + len(string(c))
		}
		return append(append(b, name[from:]...), '"')
	})
}

func appendNameEscape(b []byte, c rune) []byte {
	switch {
	case c > 0xffff:
		high, low := utf16.EncodeRune(c)
		return fmt.Appendf(b, `\u%04X\u%04X`, high, low)
	case c == '"', c == '\\', c == '\t', c == '\b', c == '\n', c == '\r', c == '\f':
		escape, _ := escapeAt(string(c), 0)
		return append(b, escape...)
	}
	return fmt.Appendf(b, `\u%04X`, c)
}
