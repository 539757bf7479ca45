package jsonerr_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"example.com/tracelab/internal/jsonerr"
)

type part struct {
	ID    string `json:"id"`
	Start int64  `json:"start_us,omitempty"`
}

type embedded struct {
	Cause string `json:"cause"`
}

type message struct {
	embedded
	Level  int       `json:"level"`
	Small  int8      `json:"small"`
	Seed   uint64    `json:"seed,omitempty"`
	On     bool      `json:"on"`
	Ratio  float64   `json:"ratio"`
	Until  time.Time `json:"until,omitzero"`
	Part   part      `json:"part"`
	Parts  []part    `json:"parts"`
	Hidden string    `json:"-"`
}

// TestErrors has what is said of each way in which a member, or the whole, is wrong.
func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		`{"level":"three"}`: `level is the string "three": want a whole number below 2^63`,
		`{"level":1.5}`:     `level is the number 1.5: want a whole number below 2^63`,
		`{"small":128}`:     `small is the number 128: want a whole number below 2^7`,
		`{"seed":-1}`:       `seed is the number -1: want a whole number from 0 to 2^64-1`,
		`{"on":"yes"}`:      `on is the string "yes": want true or false`,
		`{"ratio":[1]}`:     `ratio is an array: want a number`,
		`{"cause":true}`:    `cause is true: want a string`,
		`{"cause":{"a":1}}`: `cause is an object: want a string`,
		`{"until":"never"}`: `until is the string "never": want a time such as "2026-01-31T15:04:05Z"`,
		`{"until":7}`:       `until is the number 7: want a time such as "2026-01-31T15:04:05Z"`,
		`{"part":"x"}`:      `part is the string "x": want an object`,
		`{"parts":{}}`:      `parts is an object: want an array`,
		`{"parts":[{"id":"a"},{"id":"b","start_us":"now"}]}`: `parts[1].start_us is the string "now": want a whole number below 2^63`,

		// As package json decodes: a name of another case, and the first of two.
		`{"LEVEL":"x"}`:           `LEVEL is the string "x": want a whole number below 2^63`,
		`{"on":1,"on":true}`:      `on is the number 1: want true or false`,
		`{"other":7,"level":"x"}`: `level is the string "x": want a whole number below 2^63`,

		` 7 `:    `it is the number 7: want an object`,
		`"text"`: `it is the string "text": want an object`,
		`[]`:     `it is an array: want an object`,
		` null`:  `it is null: want an object`,
		``:       `it is empty: want JSON`,
		`{"le`:   `it ends too early: want whole JSON`,
		`hello`:  `it is not JSON: byte 1: invalid character 'h' looking for beginning of value`,

		`{"level":"` + strings.Repeat("x", 100) + `"}`: `level is the string "` + strings.Repeat("x", 40) + `": want a whole number below 2^63`,
		`{"level":"\u001b[2J"}`:                        `level is the string "\x1b[2J": want a whole number below 2^63`,
	} {
		var m message
		err := jsonerr.Read(strings.NewReader(text), &m)
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v\nwant %s", text, err, want)
		}
	}
}

// TestWhatIsRight decodes as package json does.
func TestWhatIsRight(t *testing.T) {
	var m message
	text := `{"cause":"c","level":3,"until":null,"parts":[{"start_us":7}],"Hidden":5} and more`
	if err := jsonerr.Read(strings.NewReader(text), &m); err != nil || m.Cause != "c" || m.Level != 3 || m.Parts[0].Start != 7 {
		t.Errorf("%+v, %v", m, err)
	}
	if err := jsonerr.Unmarshal([]byte(text), &m); err == nil || !strings.Contains(err.Error(), "after top-level value") {
		t.Errorf("more after the value: %v", err)
	}
}

// TestABoundOfTheBody is an error like the others.
func TestABoundOfTheBody(t *testing.T) {
	long := http.MaxBytesReader(nil, io.NopCloser(strings.NewReader(`{"cause":"0123456789"}`)), 10)
	if err := jsonerr.Read(long, &message{}); err == nil || err.Error() != "it has more than 10 bytes" {
		t.Error(err)
	}
}

// TestAReaderThatFails has its own error.
func TestAReaderThatFails(t *testing.T) {
	broken := errors.New("the line is cut")
	err := jsonerr.Read(io.MultiReader(strings.NewReader(`{"level":`), iotest.ErrReader(broken)), &message{})
	if !errors.Is(err, broken) {
		t.Error(err)
	}
}

// FuzzUnmarshal: what package json does not decode is an error of our own, and
// all else is none.
func FuzzUnmarshal(f *testing.F) {
	for _, seed := range []string{`{"parts":[{"id":1}]}`, `{"until":"x","on":1}`, `{"a":{"b":[]}} `, `[[`, ``} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var m, same message
		err, plain := jsonerr.Unmarshal([]byte(text), &m), json.Unmarshal([]byte(text), &same)
		var own *jsonerr.Error
		if (err == nil) != (plain == nil) || err != nil && !errors.As(err, &own) {
			t.Errorf("%q: %v; package json: %v", text, err, plain)
		}
	})
}
