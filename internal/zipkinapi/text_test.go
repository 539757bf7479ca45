package zipkinapi

import (
	"slices"
	"testing"
)

func TestValidTextReplacesAsJavaDoes(t *testing.T) {
	for s, want := range map[string]string{
		"plain é 😀":        "plain é 😀",
		"\xff a":           "\ufffd a",
		"\xe2\x82 b":       "\ufffd b",     // a start of three bytes
		"\xf0\x9f\x98 c":   "\ufffd c",     // of four
		"\xc3(":            "\ufffd(",      // of two
		"\xed\xa0\x80":     "\ufffd",       // half of a surrogate pair
		"\xc0\xaf":         "\ufffd\ufffd", // too long a form
		"\xf5\x80":         "\ufffd\ufffd", // beyond Unicode
		"\xe2\x82\xe2\x82": "\ufffd\ufffd", //
		"\xf4\x90\x80\x80": "\ufffd\ufffd\ufffd\ufffd",
	} {
		if got := validText(s); got != want {
			t.Errorf("validText(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestUnescape(t *testing.T) {
	for raw, want := range map[string]string{
		`a\/\b\f\n\r\t\"\\\'`: "a/\b\f\n\r\t\"\\'",
		`\u00e9\uD83D\uDE00`:  "é😀",
		`\ud83d`:              "?",
		`\ude00x`:             "?x",
		`\ud83dx`:             "?x",
		`\ud83d\ud83d\ude00`:  "?😀",
		`\ud83d\n`:            "?\n",
	} {
		if got, err := unescape(raw); err != nil || got != want {
			t.Errorf("unescape(%s) = %q, %v; want %q", raw, got, err, want)
		}
	}
}

func TestCompareUTF16(t *testing.T) {
	want := []string{"", "M", "a", "ab", "é", "\ud7ff", "\U00010000", "\U0010ffff", "\ue000", "\ufffd"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, compareUTF16)
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
