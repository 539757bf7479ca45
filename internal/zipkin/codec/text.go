package codec

import (
	"encoding/binary"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape resolves the escapes of a JSON string. Half a surrogate pair
// becomes "?", as when Java writes it.
func unescape(raw string) (string, error) {
	raw = validText(raw)
	b := make([]byte, 0, len(raw))
	for raw != "" {
		at := strings.IndexByte(raw, '\\')
		if at < 0 {
			b = append(b, raw...)
			break
		}
		b = append(b, raw[:at]...)
		if at+1 == len(raw) {
			return "", errMalformed
		}
		c := raw[at+1]
		raw = raw[at+2:]
		if c == 'u' {
			var err error
			if b, raw, err = appendUnicode(b, raw); err != nil {
				return "", err
			}
			continue
		}
		plain, ok := simpleEscape(c)
		if !ok {
			return "", errMalformed
		}
		b = append(b, plain)
	}
	return string(b), nil
}

func simpleEscape(c byte) (byte, bool) {
	switch c {
	case '"', '\\', '/', '\'':
		return c, true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n', '\n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	}
	return 0, false
}

// appendUnicode reads the four digits after \u, and a second escape when the
// first is half of a pair.
func appendUnicode(b []byte, raw string) ([]byte, string, error) {
	r, rest, err := cutUnicode(raw)
	if err != nil {
		return nil, "", err
	}
	if !utf16.IsSurrogate(r) {
		return utf8.AppendRune(b, r), rest, nil
	}
	if strings.HasPrefix(rest, `\u`) {
		low, after, err := cutUnicode(rest[2:])
		if err != nil {
			return nil, "", err
		}
		if pair := utf16.DecodeRune(r, low); pair != unicode.ReplacementChar {
			return utf8.AppendRune(b, pair), after, nil
		}
	}
	return append(b, '?'), rest, nil
}

func cutUnicode(raw string) (rune, string, error) {
	if len(raw) < 4 {
		return 0, "", errMalformed
	}
	n, err := strconv.ParseUint(raw[:4], 16, 16)
	if err != nil {
		return 0, "", errMalformed
	}
	return rune(n), raw[4:], nil
}

// validText replaces what is not UTF-8 by U+FFFD, as Java's decoder does: one
// for each longest start of a character that does not go on, and one for an
// encoded surrogate.
func validText(s string) string {
	if isASCII(s) || utf8.ValidString(s) {
		return s
	}
	b := make([]byte, 0, len(s)+8)
	for s != "" {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 {
			n = brokenLen(s)
		}
		b = utf8.AppendRune(b, r)
		s = s[n:]
	}
	return string(b)
}

// isASCII looks at eight bytes at a time, at the last eight perhaps once more.
func isASCII(s string) bool {
	var seen uint64
	if len(s) < 8 {
		for i := range len(s) {
			seen |= uint64(s[i])
		}
		return seen < utf8.RuneSelf
	}
	for i := 0; i < len(s)-8; i += 8 {
		seen |= binary.LittleEndian.Uint64([]byte(s[i : i+8]))
	}
	seen |= binary.LittleEndian.Uint64([]byte(s[len(s)-8:]))
	return seen&0x8080808080808080 == 0
}

// brokenLen is the number of bytes at the start of s that could have begun a
// character, at least one.
func brokenLen(s string) int {
	low, high, need := byte(0x80), byte(0xbf), 0
	switch c := s[0]; {
	case c >= 0xc2 && c <= 0xdf:
		need = 1
	case c == 0xe0:
		low, need = 0xa0, 2
	case c >= 0xe1 && c <= 0xef:
		need = 2
	case c == 0xf0:
		low, need = 0x90, 3
	case c >= 0xf1 && c <= 0xf3:
		need = 3
	case c == 0xf4:
		high, need = 0x8f, 3
	}
	n := 1
	for ; n <= need && n < len(s) && low <= s[n] && s[n] <= high; n++ {
		low, high = 0x80, 0xbf
	}
	return n
}
