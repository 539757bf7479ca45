package labapi

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of attendees.
const (
	MaxName      = 64  // bytes of a name
	MaxAttendees = 100 // who may have a mystery at once
)

// CheckAttendee says what is wrong with the name of an attendee. It goes into a
// header, percent-encoded, and into a tag of spans, as it is.
func CheckAttendee(name string) error {
	switch {
	case name == "":
		return errors.New("the attendee's name is empty: give one, such as attendee=ann")
	case !utf8.ValidString(name):
		return fmt.Errorf("the attendee's name %.*q is not UTF-8", MaxName, name)
	case len(name) > MaxName:
		return fmt.Errorf("the attendee's name %.20q… has %d bytes: at most %d are possible", name, len(name), MaxName)
	case strings.TrimSpace(name) != name:
		return fmt.Errorf("the attendee's name %q begins or ends with a space: leave it out", name)
	}
	if at := strings.IndexFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }); at >= 0 {
		r, _ := utf8.DecodeRuneInString(name[at:])
		return fmt.Errorf("the attendee's name %q has the character %U, which cannot be printed: leave it out", name, r)
	}
	return nil
}

// checkAttendees is CheckAttendees; place says where a name is: "line 3".
func checkAttendees(names []string, place func(i int) string) error {
	if len(names) == 0 {
		return errors.New("no attendee is named: want one name a line")
	}
	if len(names) > MaxAttendees {
		return fmt.Errorf("%d attendees are named: at most %d are possible", len(names), MaxAttendees)
	}
	for i, name := range names {
		if err := CheckAttendee(name); err != nil {
			return fmt.Errorf("%s: %w", place(i), err)
		}
		if first := slices.Index(names, name); first < i {
			return fmt.Errorf("%s: %q is the name of %s too: each needs a name of their own", place(i), name, place(first))
		}
	}
	return nil
}

// CheckAttendees says what is wrong with the names of a room: one of them, one that
// comes twice, or how many there are.
func CheckAttendees(names []string) error {
	return checkAttendees(names, func(i int) string { return fmt.Sprintf("name %d", i+1) })
}

// ParseAttendees reads the names of a room: one a line. Empty lines and those that
// begin with # say nothing. Errors name the line.
func ParseAttendees(text string) (names []string, err error) {
	var lines []int
	for i, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		names, lines = append(names, line), append(lines, i+1)
	}
	return names, checkAttendees(names, func(i int) string { return fmt.Sprintf("line %d", lines[i]) })
}
