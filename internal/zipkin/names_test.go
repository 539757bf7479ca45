package zipkin

import (
	"slices"
	"testing"
)

func TestLowerIsJavas(t *testing.T) {
	for s, want := range map[string]string{
		"": "", "get /": "get /", "GET /É": "get /é", "É": "é",
		"İstanbul": "i̇stanbul", "ΣΑΣ Σ": "σας σ", "ΑΣ.": "ας.", "ΑΣ'Α": "ασ'α", "ẞ": "ß", "ǅ": "ǆ",
	} {
		if got := LowerName(s); got != want {
			t.Errorf("LowerName(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestTrimIsJavas(t *testing.T) {
	for s, want := range map[string]string{"": "", " \t\x00a b\r\n ": "a b", "\u00a0a\u2003": "\u00a0a\u2003"} {
		if got := TrimName(s); got != want {
			t.Errorf("TrimName(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestNamesAreComparedByUTF16(t *testing.T) {
	want := []string{"", "M", "a", "ab", "é", "\ud7ff", "\U00010000", "\U0010ffff", "\ue000", "\ufffd"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, CompareNames)
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
