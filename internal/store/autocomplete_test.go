package store

import (
	"fmt"
	"slices"
	"testing"

	"example.com/tracelab/internal/zipkin"
)

func tagged(id uint64, tags ...zipkin.Tag) zipkin.Span {
	return zipkin.Span{TraceID: traceID(0, id), ID: 1, Timestamp: t0 + int64(id)*1e6, Tags: tags}
}

func TestAutocompleteKeysAreListedOnce(t *testing.T) {
	// What Zipkin makes of AUTOCOMPLETE_KEYS="env,, b ,env,B, " but for the
	// empty keys and the repeated one, which it lists too.
	s := New(Config{AutocompleteKeys: []string{"env", "", " b ", "env", "B", " "}})
	if got := s.AutocompleteKeys(); !slices.Equal(got, []string{"B", "b", "env"}) {
		t.Errorf("AutocompleteKeys = %q", got)
	}
	if got := New(Config{}).AutocompleteKeys(); len(got) != 0 {
		t.Errorf("AutocompleteKeys = %q, want none", got)
	}
}

func TestAutocompleteValuesComeAndGoWithTheirSpans(t *testing.T) {
	s := New(Config{MaxSpans: 3, AutocompleteKeys: []string{"env", "zone"}})
	check := func(key string, want ...string) {
		t.Helper()
		if got := s.AutocompleteValues(key); !slices.Equal(got, want) {
			t.Errorf("values of %q: %q, want %q", key, got, want)
		}
	}
	s.Add([]zipkin.Span{
		tagged(1, tag("a", "1"), tag("env", "prod"), tag("zone", "x")),
		tagged(2, tag("env", "")),
		tagged(3, tag("env", "prod")),
		tagged(3, tag("env", "prod")), // a duplicate has no value of its own
	})
	check("env", "", "prod")
	check("zone", "x")
	for _, other := range []string{"a", "", "Env", "none"} {
		check(other)
	}
	s.Add([]zipkin.Span{tagged(4, tag("zone", "y"))}) // evicts the first
	check("env", "", "prod")
	check("zone", "y")
	s.Add([]zipkin.Span{tagged(5), tagged(6)}) // and the next two
	check("env")
	checkStats(t, s, 7)
}

// TestAutocompleteValuesAreBounded gives every span a value of its own, which
// makes Zipkin grow for as long as it runs.
func TestAutocompleteValuesAreBounded(t *testing.T) {
	const most = 1 << 20
	s := New(Config{MaxBytes: most, AutocompleteKeys: []string{"user"}})
	for i := range uint64(20_000) {
		s.Add([]zipkin.Span{tagged(i+1, tag("user", fmt.Sprintf("%0100d", i)))})
	}
	st, values := s.Stats(), s.AutocompleteValues("user")
	if st.Bytes > most || len(values) != st.Spans || st.EvictedForBytes == 0 {
		t.Errorf("%d values of %d spans in %d bytes, bound %d", len(values), st.Spans, st.Bytes, most)
	}
	checkStats(t, s, 20_000)
}
