package jsonerr

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"
)

// maxShown bounds what is shown of a value, in characters.
const maxShown = 40

// describe says what a value is: its kind, and if it is short the value.
func describe(value json.RawMessage) string {
	switch text := string(value); text[0] {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		var s string
		json.Unmarshal(value, &s)
		return fmt.Sprintf("the string %.*q", maxShown, s)
	case 't', 'f', 'n':
		return text
	default:
		return fmt.Sprintf("the number %.*s", maxShown, text)
	}
}

// wanted says what a value must be to be decoded into a type.
func wanted(t reflect.Type) string {
	if t == reflect.TypeFor[time.Time]() {
		return `a time such as "2026-01-31T15:04:05Z"`
	}
	switch k := t.Kind(); {
	case k == reflect.String:
		return "a string"
	case k == reflect.Bool:
		return "true or false"
	case k >= reflect.Int && k <= reflect.Int64:
		return fmt.Sprintf("a whole number below 2^%d", t.Bits()-1)
	case k >= reflect.Uint && k <= reflect.Uint64:
		return fmt.Sprintf("a whole number from 0 to 2^%d-1", t.Bits())
	case k == reflect.Float32, k == reflect.Float64:
		return "a number"
	case k == reflect.Slice:
		return "an array"
	}
	return "an object"
}
