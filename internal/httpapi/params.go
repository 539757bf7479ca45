package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/tracelab/internal/jsonerr"
)

// ReadParams decodes a request into v, which points to a struct, from what a command
// line sends: the query, the fields of a form as curl -d has them, or JSON as ReadJSON
// reads it. Parameters have the names of v's members in JSON. What is wrong with one is
// an Invalid error of its name, and so is one that v does not have.
func ReadParams(w http.ResponseWriter, r *http.Request, v any) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return unreadable(err)
	}
	pairs := r.URL.RawQuery
	form := isForm(r, body)
	if form {
		pairs += "&" + string(body)
	}
	given, err := readPairs(path(r), pairs, v)
	if err != nil {
		return err
	}
	if form || len(body) == 0 && (r.URL.RawQuery != "" || r.Method != http.MethodPost) {
		return nil
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err := ReadJSON(w, r, v); err != nil {
		return err
	}
	return checkMembers(path(r), body, given, memberKinds(v))
}

// checkMembers says what a JSON body has that nobody reads, or the query has, too.
func checkMembers(path string, body []byte, given map[string]json.RawMessage, kinds map[string]reflect.Kind) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		return InvalidField("body", "the body: it has more than one JSON value: want one object")
	}
	names := slices.Sorted(maps.Keys(kinds))
	for _, name := range slices.Sorted(maps.Keys(members)) {
		_, known := kinds[name]
		switch {
		case !known:
			return InvalidField(name, "%s", unknownParam(name, path, nil, names))
		case given[name] != nil:
			return InvalidField(name, "%s is given twice, in the query and in the body: give it once", name)
		}
	}
	return nil
}

func unreadable(err error) error {
	var long *http.MaxBytesError
	if errors.As(err, &long) {
		return InvalidField("body", "the body: it has more than %d bytes", long.Limit)
	}
	return InvalidField("body", "the body could not be read: %v", err)
}

// isForm reports whether a body is a form. curl -d says so of all that it sends.
func isForm(r *http.Request, body []byte) bool {
	said := strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded")
	return said && !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{"))
}

// readPairs decodes NAME=VALUE&… into v, and returns what was given. Unlike url.ParseQuery it takes a semicolon in
// a value, as faults=writer=slow-disk;ms=50 has it.
func readPairs(path, text string, v any) (members map[string]json.RawMessage, err error) {
	kinds, members := memberKinds(v), map[string]json.RawMessage{}
	for pair := range strings.SplitSeq(text, "&") {
		if pair == "" {
			continue
		}
		name, value, err := decodePair(pair)
		if err != nil {
			return nil, err
		}
		kind, known := kinds[name]
		switch {
		case !known:
			return nil, InvalidField(name, "%s", unknownParam(name, path, nil, slices.Sorted(maps.Keys(kinds))))
		case members[name] != nil:
			return nil, InvalidField(name, "%s is given twice: give it once", name)
		}
		if value == "" && kind != reflect.Bool {
			continue // a field of a form that was left empty
		}
		members[name] = asJSON(value, kind)
	}
	whole, err := json.Marshal(members)
	if err == nil {
		err = jsonerr.Unmarshal(whole, v)
	}
	var wrong *jsonerr.Error
	if errors.As(err, &wrong) {
		return nil, InvalidField(wrong.Field, "the parameter %v", wrong)
	}
	return members, err
}

func decodePair(pair string) (name, value string, err error) {
	name, value, _ = strings.Cut(pair, "=")
	if name, err = url.QueryUnescape(name); err == nil {
		value, err = url.QueryUnescape(value)
	}
	if err != nil {
		return "", "", InvalidField(name, "%.40q cannot be decoded: want NAME=VALUE with percent-encoding, as curl --data-urlencode writes it", pair)
	}
	if !utf8.ValidString(name + value) {
		return "", "", InvalidField(name, "%.40q is not UTF-8", name+"="+value)
	}
	return name, value, nil
}

// memberKinds are the kinds of the members of *v, by their names in JSON.
func memberKinds(v any) map[string]reflect.Kind {
	kinds := map[string]reflect.Kind{}
	for _, f := range reflect.VisibleFields(reflect.TypeOf(v).Elem()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" && name != "-" {
			kinds[name] = f.Type.Kind()
		}
	}
	return kinds
}

// asJSON writes a parameter as JSON of that kind; what it cannot be becomes a string,
// which the decoder then says is wrong.
func asJSON(value string, kind reflect.Kind) json.RawMessage {
	number := kind >= reflect.Int && kind <= reflect.Float64 || kind == reflect.Bool
	if kind == reflect.Bool && (value == "" || value == "1") {
		value = "true"
	}
	if number && strings.TrimSpace(value) != "null" && json.Valid([]byte(value)) {
		return json.RawMessage(value)
	}
	text, _ := json.Marshal(value)
	return text
}
