package jsonerr

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// find returns the first value in text that cannot be decoded, and the type that
// it is decoded into. It decodes the members one by one: an error of a type that
// decodes itself, such as time.Time, does not say where it was.
func find(text json.RawMessage, into reflect.Type, path string) (string, json.RawMessage, reflect.Type) {
	d := json.NewDecoder(bytes.NewReader(text))
	opening, _ := d.Token()
	isObject := opening == json.Delim('{') && into.Kind() == reflect.Struct
	isArray := opening == json.Delim('[') && into.Kind() == reflect.Slice
	for i := 0; (isObject || isArray) && d.More(); i++ {
		at, want := fmt.Sprintf("%s[%d]", path, i), into
		if isArray {
			want = into.Elem()
		} else {
			name, _ := d.Token()
			at, want = strings.TrimPrefix(fmt.Sprintf("%s.%s", path, name), "."), typeOf(name.(string), into)
		}
		var value json.RawMessage
		d.Decode(&value)
		if want != nil && json.Unmarshal(value, reflect.New(want).Interface()) != nil {
			return find(value, want, at)
		}
	}
	return path, text, into
}

// typeOf returns what a member of an object is decoded into; nil if it is ignored.
func typeOf(member string, object reflect.Type) reflect.Type {
	for _, f := range reflect.VisibleFields(object) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" && name != "-" && strings.EqualFold(name, member) { // as package json compares
			return f.Type
		}
	}
	return nil
}
