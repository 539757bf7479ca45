package httpapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/httpapi"
)

type embedded struct {
	Name string `json:"name"`
}

type params struct {
	embedded
	Level int       `json:"level"`
	Seed  uint64    `json:"seed"`
	On    bool      `json:"on"`
	Until time.Time `json:"until,omitzero"`
	Own   string    `json:"-"`
}

// TestReadParams sends what people send with curl.
func TestReadParams(t *testing.T) {
	const form, json = "application/x-www-form-urlencoded", "application/json"
	for _, test := range []struct{ query, kind, body, want string }{
		{"name=ann&level=2", "", "", "{ann 2 0 false}"},
		{"", form, "name=ann&level=2", "{ann 2 0 false}"},
		{"level=2", form, "name=ann", "{ann 2 0 false}"},
		{"level=2", json, `{"name":"ann"}`, "{ann 2 0 false}"},
		{"", form, ` {"name":"ann","seed":18446744073709551615}`, "{ann 0 18446744073709551615 false}"},
		{"", form, "name=a=b;c=1&on", "{a=b;c=1 0 0 true}"},
		{"name=O%27Brien+%26+co&on=1", "", "", "{O'Brien & co 0 0 true}"},
		{"on=false&name=7", "", "", "{7 0 0 false}"},
		{"", form, "", "{ 0 0 false}"},
		{"", form, "name=ann&level=&seed=&until=", "{ann 0 0 false}"},

		{"", "", "", "body: the body: it is empty: want JSON"},
		{"level=two", "", "", `level: the parameter level is the string "two": want a whole number below 2^63`},
		{"level=2.5", "", "", `level: the parameter level is the number 2.5: want a whole number below 2^63`},
		{"level=null", "", "", `level: the parameter level is the string "null": want a whole number below 2^63`},
		{"seed=%20null", "", "", `seed: the parameter seed is the string " null": want a whole number from 0 to 2^64-1`},
		{"", form, "on=null", `on: the parameter on is the string "null": want true or false`},
		{"name=null", "", "", "{null 0 0 false}"},
		{"level=[1]", "", "", "level: the parameter level is an array: want a whole number below 2^63"},
		{"level=1;seed=2", "", "", `level: the parameter level is the string "1;seed=2": want a whole number below 2^63`},
		{"=", "", "", `: "" is no parameter of /, which takes level, name, on, seed, until`},
		{"", json, " null ", "body: the body: it is null: want an object"},
		{"", json, `[{"level":2}]`, "body: the body: it is an array: want an object"},
		{"", json, `{"level":null}`, "{ 0 0 false}"},
		{"on=maybe", "", "", `on: the parameter on is the string "maybe": want true or false`},
		{"until=noon", "", "", `until: the parameter until is the string "noon": want a time such as "2026-01-31T15:04:05Z"`},
		{"nme=ann", "", "", `nme: "nme" is no parameter of /: did you mean name? It takes level, name, on, seed, until`},
		{"Own=x", "", "", `Own: "Own" is no parameter of /: did you mean on? It takes level, name, on, seed, until`},
		{"name=a&name=b", "", "", "name: name is given twice: give it once"},
		{"name=%zz", "", "", `name: "name=%zz" cannot be decoded: want NAME=VALUE with percent-encoding, as curl --data-urlencode writes it`},
		{"name=%ff", "", "", `name: "name=\xff" is not UTF-8`},
		{"", form, strings.Repeat("x", 70_000), "body: the body: it has more than 65536 bytes"},
		{"", json, `{"nme":"ann"}`, `nme: "nme" is no parameter of /: did you mean name? It takes level, name, on, seed, until`},
		{"", form, `{"Own":"ann"}`, `Own: "Own" is no parameter of /: did you mean on? It takes level, name, on, seed, until`},
		{"level=2", json, `{"level":3}`, "level: level is given twice, in the query and in the body: give it once"},
		{"", json, `{"level":3}{"level":2}`, "body: the body: it has more than one JSON value: want one object"},
		{"", json, `{"level":"two"}`, `level: the body: level is the string "two": want a whole number below 2^63`},
	} {
		r := httptest.NewRequest(http.MethodPost, "/?"+test.query, strings.NewReader(test.body))
		r.Header.Set("Content-Type", test.kind)
		var p params
		got := ""
		if err := httpapi.ReadParams(httptest.NewRecorder(), r, &p); err != nil {
			got = httpapi.AsError(err).Field + ": " + err.Error()
		} else {
			got = fmt.Sprint(struct {
				Name  string
				Level int
				Seed  uint64
				On    bool
			}{p.Name, p.Level, p.Seed, p.On})
		}
		if got != test.want {
			t.Errorf("?%s, %.80s: %s\nwant %s", test.query, test.body, got, test.want)
		}
	}
}

// FuzzReadParams: what is read is what package url reads, where that reads it, and what is
// wrong is an Invalid error.
func FuzzReadParams(f *testing.F) {
	f.Add("name=ann&level=2", "seed=7&on")
	f.Add("name=%27+%26", `{"level":1}`)
	f.Fuzz(func(t *testing.T, query, body string) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.URL.RawQuery = query
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		var p params
		err := httpapi.ReadParams(httptest.NewRecorder(), r, &p)
		if err != nil {
			if httpapi.AsError(err).Code != httpapi.Invalid {
				t.Errorf("%q, %q: %v", query, body, err)
			}
			return
		}
		values, err := url.ParseQuery(query + "&" + body)
		if name := values.Get("name"); err == nil && values.Has("name") && p.Name != name {
			t.Errorf("%q, %q: %q, want %q", query, body, p.Name, name)
		}
	})
}
