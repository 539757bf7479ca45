package codec

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestEscapesWhereverTheyStand has each character that is escaped, and some that are not,
// at each place of texts of several lengths: eight bytes are looked at at a time.
func TestEscapesWhereverTheyStand(t *testing.T) {
	for _, c := range []string{"\x00", "\x1f", " ", "!", "\"", "#", "[", "\\", "]", "\x7f", "é", "â", "\u2027", "\u2028", "\u2029", "\u202a", "\U0001f600"} {
		for length := range 20 {
			for at := range length + 1 {
				for _, and := range []string{"", `"`, "\n"} {
					s := strings.Repeat("a", at) + c + strings.Repeat("b", length-at) + and
					text := string(AppendString(nil, s))
					var back string
					if err := json.Unmarshal([]byte(text), &back); err != nil || back != s {
						t.Fatalf("%q is written as %s: read as %q, %v", s, text, back, err)
					}
					if strings.ContainsAny(text, "\u2028\u2029") {
						t.Fatalf("%q is written as %s", s, text)
					}
					if c != "" && !strings.ContainsAny(s, "\"\\\x00\x1f\n\u2028\u2029") && text != `"`+s+`"` {
						t.Fatalf("%q is written as %s", s, text)
					}
				}
			}
		}
	}
}
