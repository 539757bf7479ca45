package display

import (
	"strings"
	"testing"
)

func TestWrapLines(t *testing.T) {
	visit := Whole("curl -s localhost:8080/visit")
	for text, want := range map[string]string{
		"":                                                "",
		"short\n":                                         "short\n",
		"twenty columns: here":                            "twenty columns: here",
		"one two three four five":                         "one two three four\nfive",
		"a\none two three four five\nb\n":                 "a\none two three four\nfive\nb\n",
		"  one two three four five":                       "  one two three four\n  five",
		"name  one two three four":                        "name  one two three\n      four",
		"a  b  one two three four":                        "a  b  one two three\n      four",
		"1  a column that begins  late":                   "1  a column that\n   begins  late",
		"http://localhost:9411/zipkin/traces":             "http://localhost:9411/zipkin/traces",
		"look  http://localhost:9411/zipkin":              "look  http://localhost:9411/zipkin",
		"name  a-word-that-is-long and":                   "name\n a-word-that-is-long\n and",
		"name  some-19-characters! and":                   "name\n some-19-characters!\n and",
		"see http://localhost:9411/zipkin":                "see\nhttp://localhost:9411/zipkin",
		"a       bc  ten-letters"[:22]:                    "a       bc\n          ten-letter",
		visit + " # one":                                  "curl -s localhost:8080/visit\n# one",
		"é é é é é é é é é é é":                           "é é é é é é é é é é\né",
		"\x1b[1mtwenty columns:\x1b[m \x1b[36mhere\x1b[m": "\x1b[1mtwenty columns:\x1b[m \x1b[36mhere\x1b[m",
	} {
		if got := WrapLines(text, 20); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// FuzzWrapLines holds that no word is lost, and that only one that is too long makes a
// line too long.
func FuzzWrapLines(f *testing.F) {
	f.Add("name  one two three four\n", 20)
	f.Add("  \x1b[1mone\x1b[m  a-word-that-is-too-long", 9)
	f.Fuzz(func(t *testing.T, text string, width int) {
		width = width&0x7f + 1
		got := WrapLines(text, width)
		if a, b := strings.Fields(text), strings.Fields(got); strings.Join(a, " ") != strings.Join(b, " ") {
			t.Errorf("%q: %q", text, got)
		}
		for line := range strings.SplitSeq(got, "\n") {
			words := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' })
			if lineWidth(line) > width && len(words) > 1 && lineWidth(words[len(words)-1]) <= width/3 {
				t.Errorf("%q at %d: %q is too long", text, width, line)
			}
		}
	})
}

func TestWidth(t *testing.T) {
	for columns, want := range map[string]int{"": 80, "120": 120, "5": 20, "0": 80, "-1": 80, "wide": 80} {
		t.Setenv("COLUMNS", columns)
		if got := Width(&strings.Builder{}); got != want {
			t.Errorf("COLUMNS=%s: %d, want %d", columns, got, want)
		}
	}
}
