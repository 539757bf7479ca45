package documents

import (
	"regexp"
	"strings"
	"testing"
)

// What differs from one run to the next, and what stands for it in a shape.
var differs = []struct {
	seen *regexp.Regexp
	as   string
}{
	{regexp.MustCompile(`(?m)^late .*\n`), ""},            // a busy machine
	{regexp.MustCompile(`(?m)^\w+ (\w+ )*…\n`), ""},       // what is waited for, said after a second
	{regexp.MustCompile(`\s\(a\squarter\sof[^)]*\)`), ""}, // said when there were enough
	{regexp.MustCompile(` --server \S+`), ""},
	{regexp.MustCompile(`\(pid \d+, [^)]*\)`), "(PID)"},
	{regexp.MustCompile(`(localhost|127\.0\.0\.1):\d+`), "HOST"},
	{regexp.MustCompile(`\b([0-9a-f]{32}|[0-9a-f]{16})\b`), "ID"},
	{regexp.MustCompile(`\b\d\d:\d\d:\d\d\b`), "TIME"},
	{regexp.MustCompile(`−?\b\d+(\.\d+)?\s(ns|µs|ms|s|m \d\d s)\b`), "DURATION"},
	{regexp.MustCompile(`[█▌▏]+`), ""},
	// Statuses are kept, where one can be: a count or a share may be 404, too.
	{regexp.MustCompile(`(?m)^([ \t]*)([245]0\d)([ \t]{2,}|[ \t]+/|[ \t]*$)`), "$1 status $2 $3"},
	{regexp.MustCompile(`("status": |/status/|answers[ \t]+|")([245]0\d)\b`), "$1 status $2 "},
	{regexp.MustCompile(`\bstatus (\d)(\d+) |\b\d+(\.\d+)?`), "$1$2"},
}

// shape is text without what differs, in one line.
func shape(text string) string {
	for _, d := range differs {
		text = d.seen.ReplaceAllString(text, d.as)
	}
	return strings.Join(strings.Fields(text), " ")
}

// fits reports whether something printed has the shape of what a page says, in which …
// stands for anything.
func fits(printed, says string) bool {
	parts := strings.Split(shape(says), "…")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(strings.TrimSpace(parts[i]))
	}
	return regexp.MustCompile(`^` + strings.Join(parts, `\s?.*\s?`) + `$`).MatchString(shape(printed))
}

func TestShape(t *testing.T) {
	for _, test := range []struct {
		printed, says string
		want          bool
	}{
		{"in 1.007 s\n", "in 2.5 s", true},
		{"in 1.007 s", "in 2.5 ms", true},
		{"in 1.007 s", "in vain", false},
		{"502  /cut", "502 /cut", true},
		{"504  /cut", "502 /cut", false},
		{`"200 OK"`, `"404 OK"`, false},
		{`"status": 200,`, `"status": 404,`, false},
		{"answers    200: 17", "answers    404: 17", false},
		{"answers    200: 17", "answers    200: 404", true},
		{"bytes 404", "bytes 98765", true},
		{"or +408.1 % (120 against", "or\n+477.5 % (120 against", true},
		{`"traceId": "fee8f911bc5eaedd605106fb06085d3b"`, `"traceId": "00000000000000000000000000000001"`, true},
		{"http://localhost:12345/zipkin", "http://localhost:9411/zipkin", true},
		{"a\nb\nc", "a\n…", true},
		{"a\nb\nc", "a\n…\nc", true},
		{"a\nc", "a\n…\nc", true},
		{"a\nb", "a\n…\nc", false},
		{"writer sync 79.6 ms 96.4 %  ████▌", "writer  sync  1.00 s  5.0 %  ▏", true},
		{"late       3 of them\nslowest", "slowest", true},
		{"one\ntwo", "one", false},
	} {
		if got := fits(test.printed, test.says); got != test.want {
			t.Errorf("%q as %q: %v\n%s\n%s", test.printed, test.says, got, shape(test.printed), shape(test.says))
		}
	}
}
