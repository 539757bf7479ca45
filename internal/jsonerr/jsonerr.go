// Package jsonerr decodes JSON that a client sent. Its errors name the member that
// is wrong, as the client wrote it, and not a type of Go.
package jsonerr

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
)

// Error is what is wrong with a JSON text.
type Error struct {
	Field  string // the member, such as traces[2].start_us; empty: the whole text
	Detail string // what is there and what is wanted
}

func (e *Error) Error() string {
	if e.Field == "" {
		return "it " + e.Detail
	}
	return e.Field + " " + e.Detail
}

// Unmarshal is json.Unmarshal, with errors of type Error. A text that is null is one: package
// json takes it for whatever is wanted, and changes nothing.
func Unmarshal(text []byte, v any) error {
	err := json.Unmarshal(text, v)
	text = bytes.TrimSpace(text)
	if err == nil && string(text) != "null" {
		return nil
	}
	if syntax := syntaxError(err); syntax != nil {
		return syntax
	}
	field, value, want := find(text, reflect.TypeOf(v).Elem(), "")
	return &Error{field, fmt.Sprintf("is %s: want %s", describe(value), wanted(want))}
}

// Read decodes the first JSON value of r. An error of r is returned as it is,
// except for that of http.MaxBytesReader.
func Read(r io.Reader, v any) error {
	var text json.RawMessage
	if err := json.NewDecoder(r).Decode(&text); err != nil {
		var long *http.MaxBytesError
		if errors.As(err, &long) {
			return &Error{Detail: fmt.Sprintf("has more than %d bytes", long.Limit)}
		}
		return cmp.Or(syntaxError(err), err)
	}
	return Unmarshal(text, v)
}

// syntaxError describes what makes a text no JSON. It is nil where err is of
// another kind.
func syntaxError(err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF):
		return &Error{Detail: "is empty: want JSON"}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{Detail: "ends too early: want whole JSON"}
	case errors.As(err, &syntax):
		return &Error{Detail: fmt.Sprintf("is not JSON: byte %d: %v", syntax.Offset, syntax)}
	}
	return nil
}
