package zipkin

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// LowerName is Java's toLowerCase(Locale.ROOT), which differs from Go's where one
// letter becomes two and for the sigma that ends a word.
func LowerName(s string) string {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf {
			return lowerUnicode(s)
		} else if 'A' <= c && c <= 'Z' {
			return lowerASCII(s)
		}
	}
	return s
}

func lowerASCII(s string) string {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return lowerUnicode(s)
		}
	}
	return strings.ToLower(s)
}

func lowerUnicode(s string) string {
	if !strings.ContainsAny(s, "İΣ") {
		return strings.ToLower(s)
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == 'İ':
			b.WriteString("i̇")
		case r == 'Σ' && endsWord(s[:i], s[i+len("Σ"):]):
			b.WriteRune('ς')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// endsWord is the condition Final_Sigma of Unicode's SpecialCasing.
func endsWord(before, after string) bool {
	return isCased(strings.TrimRightFunc(before, isCaseIgnorable), utf8.DecodeLastRuneInString) &&
		!isCased(strings.TrimLeftFunc(after, isCaseIgnorable), utf8.DecodeRuneInString)
}

func isCased(s string, next func(string) (rune, int)) bool {
	r, _ := next(s)
	return unicode.In(r, unicode.Upper, unicode.Lower, unicode.Title, unicode.Other_Lowercase, unicode.Other_Uppercase)
}

func isCaseIgnorable(r rune) bool {
	return strings.ContainsRune("'.:·՟״‧︓﹕.：‘’＇", r) || unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk)
}

// TrimName is Java's String.trim: it removes spaces and control characters of
// ASCII from both ends.
func TrimName(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
}

// CompareNames orders as Java orders strings, by UTF-16 code unit: characters
// beyond U+FFFF come before those from U+E000.
func CompareNames(a, b string) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		if x, y := a[i], b[i]; x != y {
			return int(unitOrder(x)) - int(unitOrder(y))
		}
	}
	return len(a) - len(b)
}

// unitOrder moves the first bytes of four-byte characters, which are pairs of
// surrogates in UTF-16, before U+E000, whose first byte is 0xee.
func unitOrder(c byte) uint16 {
	if c >= 0xf0 {
		return 0xed<<4 + uint16(c-0xf0) + 1
	}
	return uint16(c) << 4
}
