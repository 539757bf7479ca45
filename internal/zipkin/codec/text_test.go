package codec

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/tracelab/internal/zipkin"
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

func TestASCIIAtEveryLengthAndPlace(t *testing.T) {
	for n := range 40 {
		plain := strings.Repeat("x", n)
		if !isASCII(plain) {
			t.Errorf("%q is none", plain)
		}
		for at := range n {
			if s := plain[:at] + "\x80" + plain[at+1:]; isASCII(s) {
				t.Errorf("%q is", s)
			}
		}
	}
}

func TestTagsInAnyOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 2000 {
		var tags []zipkin.Tag
		last := map[string]string{}
		for i := range r.IntN(30) {
			key := []string{"", "a", "ab", "http.path", "é", "\U00010000", "\ue000", strconv.Itoa(r.IntN(20))}[r.IntN(8)]
			tags = append(tags, zipkin.Tag{Key: key, Value: strconv.Itoa(i)})
			last[key] = strconv.Itoa(i)
		}
		sorted := sortTags(slices.Clone(tags))
		for i, tag := range sorted {
			if i > 0 && zipkin.CompareNames(sorted[i-1].Key, tag.Key) >= 0 || last[tag.Key] != tag.Value {
				t.Fatalf("%q becomes %q", tags, sorted)
			}
		}
		if len(sorted) != len(last) {
			t.Fatalf("%q becomes %q", tags, sorted)
		}
	}
}
