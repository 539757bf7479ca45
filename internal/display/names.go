package display

import "cmp"

// Service is the name of a service, and SpanName that of a span, or words for its
// absence: a span need not have either.
func Service(name string) string  { return cmp.Or(name, "(no service)") }
func SpanName(name string) string { return cmp.Or(name, "(no name)") }

// The names a service in a sentence: "the gateway".
func The(service string) string {
	if service == "" {
		return "a service without a name"
	}
	return "the " + service
}

// Of names a span in a sentence: "GET /visit of the gateway".
func Of(span, service string) string { return SpanName(span) + " of " + The(service) }
