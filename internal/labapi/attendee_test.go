package labapi_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/tracelab/internal/labapi"
)

// TestParseAttendees has files as people write them; an error names the line.
func TestParseAttendees(t *testing.T) {
	var most strings.Builder
	for i := range labapi.MaxAttendees {
		fmt.Fprintf(&most, "attendee %d\n", i)
	}
	for text, want := range map[string]string{
		"ann\nbob":                            "ann|bob",
		"\ufeffann\r\n\r\n# row 2\r\n  bob  ": "ann|bob",
		"O'Brien & co\nann #1\n":              "O'Brien & co|ann #1",
		most.String():                         strings.ReplaceAll(strings.TrimSpace(most.String()), "\n", "|"),

		"":                                "no attendee is named",
		"# nobody\n\n":                    "no attendee is named",
		"ann\n\n#\nbob\nann":              `line 5: "ann" is the name of line 1 too`,
		"ann\nb\x07b":                     "line 2: the attendee's name \"b\\ab\" has the character U+0007",
		"ann\n\xff":                       "line 2: the attendee's name \"\\xff\" is not UTF-8",
		"ann\n" + strings.Repeat("x", 65): "line 2: the attendee's name \"xxxxxxxxxxxxxxxxxxxx\"… has 65 bytes: at most 64",
		most.String() + "one more":        "101 attendees are named: at most 100",
	} {
		names, err := labapi.ParseAttendees(text)
		got := strings.Join(names, "|")
		if err != nil {
			got = err.Error()
		}
		if got != want && (err == nil || !strings.HasPrefix(got, want)) {
			t.Errorf("%.40q: %s\nwant %s", text, got, want)
		}
	}
}

// FuzzParseAttendees: what is read can be written and read again, and all names are good.
func FuzzParseAttendees(f *testing.F) {
	f.Add("ann\n# x\n\nO'Brien & co\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		names, err := labapi.ParseAttendees(text)
		if err != nil {
			return
		}
		again, err := labapi.ParseAttendees(strings.Join(names, "\n"))
		if err != nil || fmt.Sprint(again) != fmt.Sprint(names) || labapi.CheckAttendees(names) != nil {
			t.Errorf("%q and then %q, %v", names, again, err)
		}
	})
}
