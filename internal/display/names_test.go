package display_test

import (
	"testing"

	"example.com/tracelab/internal/display"
)

// TestNames that a span need not have.
func TestNames(t *testing.T) {
	for _, test := range []struct{ span, service, of, table string }{
		{"GET /visit", "gateway", "GET /visit of the gateway", "gateway GET /visit"},
		{"", "gateway", "(no name) of the gateway", "gateway (no name)"},
		{"GET /visit", "", "GET /visit of a service without a name", "(no service) GET /visit"},
	} {
		if got := display.Of(test.span, test.service); got != test.of {
			t.Errorf("in a sentence it is %q, want %q", got, test.of)
		}
		if got := display.Service(test.service) + " " + display.SpanName(test.span); got != test.table {
			t.Errorf("in a table it is %q, want %q", got, test.table)
		}
	}
}
