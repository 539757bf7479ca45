package zipkinapi

import "testing"

func TestLowerIsJavas(t *testing.T) {
	for s, want := range map[string]string{
		"": "", "get /": "get /", "GET /É": "get /é", "É": "é",
		"İstanbul": "i̇stanbul", "ΣΑΣ Σ": "σας σ", "ΑΣ.": "ας.", "ΑΣ'Α": "ασ'α", "ẞ": "ß", "ǅ": "ǆ",
	} {
		if got := lower(s); got != want {
			t.Errorf("lower(%q) = %q, want %q", s, got, want)
		}
	}
}
