package propagation_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/tracelab/tracing/propagation"
)

func TestWithBaggage(t *testing.T) {
	for _, test := range []struct{ before, name, value, want string }{
		{"", "fault", "a=b;c=1,d", "fault=a=b%3Bc=1%2Cd"},
		{"attendee=ann;p=1, fault=old", "fault", "new", "attendee=ann;p=1,fault=new"},
		{"fault=old,fault=older,attendee=ann", "fault", "", "attendee=ann"},
		{"attendee=ann , x=1", "fault", "", "attendee=ann , x=1"},
		{"", "fault", "", ""},
		{"", "fault", "\r\nX: 1", "fault=%0D%0AX:%201"},
	} {
		ctx, err := propagation.WithBaggage(propagation.ContextWithBaggage(t.Context(), test.before), test.name, test.value)
		if got := propagation.BaggageHeader(ctx); err != nil || got != test.want {
			t.Errorf("%q with %s=%q: %q, %v; want %q", test.before, test.name, test.value, got, err, test.want)
		}
		if got, _ := propagation.Baggage(ctx, test.name); got != test.value {
			t.Errorf("%q: it reads back as %q", test.value, got)
		}
	}
	for _, name := range []string{"", "a b", "a,b", "a=b", "a\r\nb", "ä"} {
		if _, err := propagation.WithBaggage(t.Context(), name, "x"); err == nil {
			t.Errorf("the name %q passes", name)
		}
	}
	full := propagation.ContextWithBaggage(t.Context(), "x="+strings.Repeat("y", 8000))
	ctx, err := propagation.WithBaggage(full, "fault", strings.Repeat("z", 200))
	if err == nil || ctx != full {
		t.Errorf("more than is carried: %v", err)
	}
}

func TestExtractBaggage(t *testing.T) {
	atTheBound := "a=" + strings.Repeat("b", propagation.MaxBaggage-2)
	for _, test := range []struct {
		name    string
		headers []string
		want    string
		ok      bool
	}{
		{"none", nil, "", true},
		{"one", []string{"a=1;p=q"}, "a=1;p=q", true},
		{"two headers", []string{"a=1", "b=2"}, "a=1,b=2", true},
		{"the same twice", []string{"a=1", "a=2"}, "a=1,a=2", true}, // the first counts, and both go on
		{"one that a proxy combined", []string{"a=1, b=2;p,c=3"}, "a=1, b=2;p,c=3", true},
		{"an empty one", []string{""}, "", true},
		{"empty ones", []string{"", "a=1", " \t", "b=2", ""}, "a=1,b=2", true},
		{"at the bound", []string{atTheBound}, atTheBound, true},
		{"beyond it", []string{atTheBound + "b"}, "", false},
		{"beyond it together", []string{atTheBound, "b=2"}, "", false},
		{"a tab and other alphabets", []string{"a=1\t;p=é"}, "a=1\t;p=é", true},
		{"no header", []string{"a=1\r\nX: y"}, "", false},
		{"a zero", []string{"a=\x00"}, "", false},
		{"a control character", []string{"a=1", "b=\x1b"}, "", false},
		{"a delete", []string{"a=\x7f"}, "", false},
	} {
		ctx, ok := propagation.ExtractBaggage(t.Context(), http.Header{"Baggage": test.headers})
		if got := propagation.BaggageHeader(ctx); got != test.want || ok != test.ok {
			t.Errorf("%s: %.60q, %v; want %.60q", test.name, got, ok, test.want)
		}
	}
}

// FuzzBaggage reads any header: what is carried of it is a valid header, arrives
// in the next process as it is, and takes another member without loss.
func FuzzBaggage(f *testing.F) {
	f.Add("attendee=ann;p=1, fault=a%3Bb", "attendee", "bob")
	f.Add("=,;,=;%zz", "%", "\x00")
	f.Fuzz(func(t *testing.T, header, name, value string) {
		ctx := propagation.ContextWithBaggage(context.Background(), header)
		all := propagation.BaggageHeader(ctx)
		if all != "" && all != header || len(all) > propagation.MaxBaggage || strings.ContainsAny(all, "\r\n\x00\x01\x1f\x7f") {
			t.Fatalf("%q is carried as %q", header, all)
		}
		propagation.Baggage(ctx, name)
		with, err := propagation.WithBaggage(ctx, name, value)
		if err != nil {
			return
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Baggage", propagation.BaggageHeader(with))
		next, ok := propagation.ExtractBaggage(context.Background(), r.Header)
		if got, found := propagation.Baggage(next, name); !ok || got != value || found != (value != "") {
			t.Fatalf("%q with %s=%q: the next process reads %q, %v", header, name, value, got, found)
		}
	})
}
