package term_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/tracelab/cmd/tracelab/internal/term"
)

// TestTextWritesWholeLines, however they come.
func TestTextWritesWholeLines(t *testing.T) {
	t.Setenv("COLUMNS", "20")
	for _, size := range []int{1, 3, 7, 1000} {
		var out strings.Builder
		w := term.Text(&out)
		for rest := term.Bold.Render("one two three") + " four five\nsix\n"; rest != ""; {
			n := min(size, len(rest))
			if wrote, err := fmt.Fprint(w, rest[:n]); err != nil || wrote != n {
				t.Fatalf("wrote %d of %d: %v", wrote, n, err)
			}
			rest = rest[n:]
		}
		if got, want := out.String(), "one two three four\nfive\nsix\n"; got != want {
			t.Errorf("%d at once: %q, want %q", size, got, want)
		}
	}
}
