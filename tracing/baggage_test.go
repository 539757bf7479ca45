package tracing_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/propagation"
	"example.com/tracelab/tracing/tracetest"
)

// answering is a transport whose answer has the text as its body.
type answering string

func (a answering) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(string(a)))}, nil
}

// failing is a transport whose answer breaks off.
type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Body: io.NopCloser(f)}, nil
}

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func newRequest(t *testing.T, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// through sends a request with the headers through Handler and Transport, and
// returns what the handler read of the member and what was sent on.
func through(t *testing.T, policy propagation.Policy, member string, baggage ...string) (value string, found bool, sent []string) {
	t.Helper()
	transport := &tracing.Transport{Propagation: policy, Base: roundTrip(func(r *http.Request) (*http.Response, error) {
		sent = r.Header["Baggage"]
		return answering("").RoundTrip(r)
	})}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header["Baggage"] = baggage
	serve(tracing.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		value, found = propagation.Baggage(r.Context(), member)
		out, _ := http.NewRequestWithContext(r.Context(), "GET", "http://next/", nil)
		resp, _ := transport.RoundTrip(out)
		resp.Body.Close()
	})), r)
	return value, found, sent
}

func TestBaggageIsPassedOn(t *testing.T) {
	tracetest.Start(t, "never")
	tests := []struct {
		name    string
		baggage []string
		value   string
		found   bool
		sent    string
	}{
		{"none", nil, "", false, ""},
		{"one", []string{"attendee=ann"}, "ann", true, "attendee=ann"},
		{"several, with spaces and properties", []string{"a=1 , attendee = ann;p=q,b=2"}, "ann", true, "a=1 , attendee = ann;p=q,b=2"},
		{"two headers", []string{"a=1", "attendee=ann"}, "ann", true, "a=1,attendee=ann"},
		{"percent", []string{"attendee=an%20n%3B"}, "an n;", true, "attendee=an%20n%3B"},
		{"broken percent", []string{"attendee=%zz"}, "", false, "attendee=%zz"},
		{"no value", []string{"attendee"}, "", false, "attendee"},
		{"at the bound", []string{"attendee=" + strings.Repeat("a", 8192-9)}, strings.Repeat("a", 8192-9), true, "attendee=" + strings.Repeat("a", 8192-9)},
		{"beyond it", []string{"attendee=" + strings.Repeat("a", 8192-8)}, "", false, ""},
	}
	for _, test := range tests {
		value, found, sent := through(t, propagation.All, "attendee", test.baggage...)
		if value != test.value || found != test.found || strings.Join(sent, "|") != test.sent {
			t.Errorf("%s: %.20q %v, sent on %.60q", test.name, value, found, sent)
		}
	}
	if _, _, sent := through(t, propagation.NoBaggage, "attendee", "attendee=ann"); sent != nil {
		t.Errorf("with NoBaggage was sent %q", sent)
	}
}
