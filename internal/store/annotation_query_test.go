package store

import (
	"reflect"
	"strings"
	"testing"
)

func TestAnnotationQueryGrammar(t *testing.T) {
	for q, want := range map[string][]term{
		"":                          nil,
		"error":                     {{"error", ""}},
		"k=v":                       {{"k", "v"}},
		"k=":                        {{"k", ""}},
		"k=a=b":                     {{"k", "a=b"}},
		" k = v ":                   {{"k", "v"}},
		"error and k=v":             {{"error", ""}, {"k", "v"}},
		"k=1 and k=2":               {{"k", "2"}}, // the last value counts
		"k=1 and k":                 {{"k", "1"}}, // a bare key does not override
		"k and k=1":                 {{"k", "1"}},
		"k=1 and k=":                {{"k", ""}},
		"a AND b":                   {{"a AND b", ""}},
		"a\tand\tb":                 {{"a\tand\tb", ""}},
		"a and ":                    {{"a", ""}, {"", ""}},
		"=v":                        {{"", "v"}},
		"k=x and y":                 {{"k", "x"}, {"y", ""}},
		"\x01 k \x1f= \tv\r\n and ": {{"k", "v"}, {"", ""}},
	} {
		if got := parseAnnotationQuery(q); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %q, want %q", q, got, want)
		}
	}
}

func TestAnnotationQueryStopsAtAHundredTerms(t *testing.T) {
	parts := make([]string, 150)
	for i := range parts {
		parts[i] = strings.Repeat("k", i+1)
	}
	got := parseAnnotationQuery(strings.Join(parts, " and "))
	if len(got) != maxTerms || !strings.HasSuffix(got[maxTerms-1].key, parts[148]+" and "+parts[149]) {
		t.Errorf("%d terms, the last %.40q…; want %d, the last with the rest", len(got), got[len(got)-1].key, maxTerms)
	}
}
