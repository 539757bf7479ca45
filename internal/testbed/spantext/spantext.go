// Package spantext writes spans as short texts, for tables of tests.
package spantext

import (
	"fmt"
	"strings"
	"testing"

	"example.com/tracelab/internal/zipkin"
)

// Span reads "id<parent KIND local@ipv4>remote flags | name @start+duration
// !1note key=value", such as "2<1 SERVER app>web shared error | get @5+9". "-" is
// no kind; what comes after the kind may be left out. The flag "error" is the tag
// error=false, and "!1note" an annotation at the time of the character "1".
func Span(t testing.TB, text string) zipkin.Span {
	t.Helper()
	sp := zipkin.Span{TraceID: zipkin.TraceID{Low: 1}}
	place, rest, _ := strings.Cut(text, " | ")
	for i, word := range strings.Fields(place) {
		switch i {
		case 0:
			id, parent, _ := strings.Cut(word, "<")
			sp.ID, sp.ParentID = spanID(t, id), spanID(t, parent)
		case 1:
			sp.Kind = zipkin.Kind(strings.Trim(word, "-"))
		default:
			addFlag(&sp, word)
		}
	}
	for _, word := range strings.Fields(rest) {
		addFact(t, &sp, word)
	}
	return sp
}

func spanID(t testing.TB, hex string) zipkin.SpanID {
	t.Helper()
	if hex == "" {
		return 0
	}
	id, err := zipkin.ParseSpanID("id", hex)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func addFlag(sp *zipkin.Span, word string) {
	switch word {
	case "shared":
		sp.Shared = true
	case "error":
		sp.Tags = append(sp.Tags, zipkin.Tag{Key: "error", Value: "false"})
	default:
		var local string
		local, sp.Remote.ServiceName, _ = strings.Cut(word, ">")
		sp.Local.ServiceName, sp.Local.IPv4, _ = strings.Cut(local, "@")
	}
}

func addFact(t testing.TB, sp *zipkin.Span, word string) {
	t.Helper()
	key, value, isTag := strings.Cut(word, "=")
	switch {
	case isTag:
		sp.Tags = append(sp.Tags, zipkin.Tag{Key: key, Value: value})
	case word[0] == '@':
		if _, err := fmt.Sscanf(word, "@%d+%d", &sp.Timestamp, &sp.Duration); err != nil {
			t.Fatalf("%q: %v", word, err)
		}
	case word[0] == '!':
		sp.Annotations = append(sp.Annotations, zipkin.Annotation{Timestamp: int64(word[1]), Value: word[2:]})
	default:
		sp.Name = word
	}
}

// Spans reads a span from each text.
func Spans(t testing.TB, texts ...string) (spans []zipkin.Span) {
	t.Helper()
	for _, text := range texts {
		spans = append(spans, Span(t, text))
	}
	return spans
}
