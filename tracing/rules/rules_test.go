package rules_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"example.com/tracelab/tracing/rules"
)

func TestParse(t *testing.T) {
	for _, test := range []struct {
		in     string
		values map[string]int // by route; "" is any other
		routes int
	}{
		{"", map[string]int{"": 7}, 0},
		{"  ", map[string]int{"": 7}, 0},
		{"1", map[string]int{"": 1, "GET /": 1}, 0},
		{"GET /=2", map[string]int{"GET /": 2, "": 7}, 1},
		{" GET / = 2 ;POST /x=3; 4 ", map[string]int{"GET /": 2, "POST /x": 3, "": 4}, 2},
		{"GET /?a=b=2", map[string]int{"GET /?a=b": 2, "": 7}, 1},
		{"=3", map[string]int{"": 3}, 0},
	} {
		all, err := rules.Parse(test.in, 7, strconv.Atoi)
		if err != nil || all.Routes() != test.routes {
			t.Errorf("%q: %v, %d routes; want %d", test.in, err, all.Routes(), test.routes)
		}
		for route, want := range test.values {
			if got := all.Of(route); got != want {
				t.Errorf("%q: %d for %q; want %d", test.in, got, route, want)
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"1; 2":               `the rule "1" names no route and is not the last`,
		"1; GET /=2":         `the rule "1" names no route and is not the last`,
		"GET /=1; GET / = 2": `two rules for the route "GET /"`,
		"GET /=1; x":         `parsing "x"`,
		"GET /=":             `parsing ""`,
		"GET /=1;":           `parsing ""`,
		";":                  `parsing ""`,
	} {
		all, err := rules.Parse(in, 7, strconv.Atoi)
		if err == nil || !strings.Contains(err.Error(), want) || all.Of("GET /") != 0 {
			t.Errorf("%q: %v, %+v; want an error with %s", in, err, all, want)
		}
	}
	own := errors.New("own")
	if _, err := rules.Parse("x", "", func(string) (string, error) { return "", own }); err != own {
		t.Errorf("the error of a value became %v", err)
	}
}

func TestTheZeroValue(t *testing.T) {
	var none rules.ByRoute[string]
	if none.Of("GET /") != "" || none.Routes() != 0 {
		t.Errorf("%+v", none)
	}
}
