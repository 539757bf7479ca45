package display_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/display"
)

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 1: "1 ns", 999: "999 ns", 1000: "1.00 µs", 1234: "1.23 µs", 12_345: "12.3 µs", 123_456: "123 µs", 999_499: "999 µs",
		999_500: "1.00 ms", 1_234_567: "1.23 ms", 254 * time.Millisecond: "254 ms", 2_500 * time.Millisecond: "2.50 s",
		125 * time.Second: "2 m 05 s", 26 * time.Hour: "26 h 00 m",
		-1_500: "−1.50 µs", math.MaxInt64: "2562047 h 47 m", math.MinInt64: "−2562047 h 47 m",
	} {
		if got := display.Duration(d); got != want {
			t.Errorf("%d ns: %q, want %q", d, got, want)
		}
	}
}

func TestMicros(t *testing.T) {
	for us, want := range map[int64]string{
		0: "0 µs", 1: "1 µs", 12: "12 µs", 999: "999 µs", 1000: "1.00 ms", 1234: "1.23 ms", 9_994: "9.99 ms", 9_996: "10.0 ms",
		12_345: "12.3 ms", 99_960: "100 ms", 123_456: "123 ms", 999_499: "999 ms", 999_500: "1.00 s",
		1_500_000: "1.50 s", 59_949_999: "59.9 s", 59_950_000: "1 m 00 s", 125_000_000: "2 m 05 s",
		3_599_400_000: "59 m 59 s", 3_599_500_000: "1 h 00 m", 7_500_000_000: "2 h 05 m",
		-1_500: "−1.50 ms", math.MaxInt64: "2562047788 h 01 m", math.MinInt64: "−2562047788 h 01 m",
	} {
		if got := display.Micros(us); got != want {
			t.Errorf("%d µs: %q, want %q", us, got, want)
		}
	}
}

func TestSigned(t *testing.T) {
	for us, want := range map[int64]string{0: "0 µs", 1: "+1 µs", -1: "−1 µs", 31_000: "+31.0 ms", -2_500: "−2.50 ms"} {
		if got := display.Signed(us); got != want {
			t.Errorf("%d µs: %q, want %q", us, got, want)
		}
	}
}

func TestChange(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0 s", 1: "+1 ns", -1500: "−1.50 µs", 31 * time.Millisecond: "+31.0 ms"} {
		if got := display.Change(d); got != want {
			t.Errorf("%d ns: %q, want %q", d, got, want)
		}
	}
}

// TestBothAgree where what is whole in one is whole in the other.
func TestBothAgree(t *testing.T) {
	for us := int64(1000); us < math.MaxInt64/5000; us = us*5/4 + 1 {
		if a, b := display.Micros(us), display.Duration(time.Duration(us)*time.Microsecond); a != b {
			t.Errorf("%d µs: %q and %q", us, a, b)
		}
	}
}

func TestRoundMicros(t *testing.T) {
	for us, want := range map[int64]string{
		0: "0 µs", 100: "100 µs", 2000: "2 ms", 2500: "2.5 ms", 10_000: "10 ms", 100_000: "100 ms",
		1_000_000: "1 s", 20_000_000: "20 s", 60_000_000: "1 m 00 s", -500_000: "−500 ms", -2000: "−2 ms",
	} {
		if got := display.RoundMicros(us); got != want {
			t.Errorf("%d µs: %q, want %q", us, got, want)
		}
	}
}

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "",
		"GET /visit 2×µ":            "GET /visit 2×µ",
		"two\nlines\r\n\tand a tab": "two lines   and a tab",
		"\x1b[31mred\x07\x00":       "�[31mred��",
		"not \xff UTF-8":            "not � UTF-8",
		"c1 \u009b31m":              "c1 �31m",
		"turned \u202eround\u2066":  "turned �round�",
		"no\u00a0break":             "no break",
		"zero\u200bwidth":           "zero�width",
	} {
		got := display.Line(text)
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if again := display.Line(got); again != got {
			t.Errorf("%q is not stable: %q", got, again)
		}
	}
}

func TestTextIsBounded(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "abcd": "abcd", "abcde": "abc…", "äöüß": "äöüß", "äöüßé": "äöü…", "a\xff\xff\xff\xff": "a��…",
	} {
		if got := display.Text(text, 4); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := display.Text(strings.Repeat("x", 1<<20), 200); len(got) != 199+len("…") {
		t.Errorf("%d bytes", len(got))
	}
}

func TestNamesAreCutInTheMiddle(t *testing.T) {
	for name, want := range map[string]string{
		"": "", "abcde": "abcde", "abcdef": "ab…ef", "äöüßéè": "äö…éè", "a\xff\xff\xff\xff\xff": "a�…��", "order-a": "or…-a", "order-b": "or…-b", "\x1b\n \n\n\n": "� …  ",
	} {
		if got := display.Cut(name, 5); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	long := strings.Repeat("x", 99) + "y"
	for text, want := range map[string]string{
		long:              "xxx" + strings.Repeat("x", 35) + "…" + strings.Repeat("x", 36) + "y",
		"it took " + long: "it took\n  " + strings.Repeat("x", 36) + "…" + strings.Repeat("x", 34) + "y",
	} {
		if got := display.Fit(text, 4, "  "); strings.ReplaceAll(got, "x", "") != strings.ReplaceAll(want, "x", "") {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		for line := range strings.SplitSeq(display.Fit(text, 4, "  "), "\n") {
			if n := len([]rune(line)); n > display.Columns {
				t.Errorf("%d columns: %s", n, line)
			}
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("\x1b[31m", 3)
	f.Add("äöü", 2)
	f.Fuzz(func(t *testing.T, text string, most int) {
		most = most&0xff + 1
		got := display.Text(text, most)
		if n := len([]rune(got)); n > most {
			t.Errorf("%q: %d characters, want at most %d", got, n, most)
		}
		if strings.ContainsAny(got, "\x1b\n\r\x00") || display.Line(got) != got {
			t.Errorf("%q", got)
		}
	})
}

func TestState(t *testing.T) {
	if got := display.State("sync"); !strings.Contains(got, "mutex") {
		t.Errorf("%q", got)
	}
	for _, none := range []string{"", "why", "Running"} {
		if got := display.State(none); got != "" {
			t.Errorf("%q is no state: %q", none, got)
		}
	}
}
