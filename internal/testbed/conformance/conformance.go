// Package conformance is a table of what reporters may send, and of what the
// released Zipkin server (3.6.1) makes of it. The tests of package zipkinapi
// hold our server against it; one in interop/zipkin holds both servers against
// it, so that the table stays true.
package conformance

// Post is the body of a request, and what comes of it.
type Post struct {
	Name   string // of the case
	Text   string // what is sent
	Trace  string // the id that its spans are read by
	Zipkin Answer
	Ours   *Answer // that of our server, if it is another on purpose
	Why    string  // the purpose
}

// Answer is what comes of a post: the spans of the trace, or a refusal.
type Answer struct {
	Status int
	Text   string   // of a refusal; that of a 500 is not in the table
	Spans  []string // as JSON v2 but without the trace id, in any order
}

// TraceID is the id of the trace in every body, as the bytes that protobuf has
// of it and as the digits in JSON. A test may put another one in its place.
const (
	TraceID    = "TRACE_ID"
	TraceIDHex = "54524143455f4944"
)

// took is a body whose spans Zipkin takes.
func took(name, text string, spans ...string) Post {
	return Post{Name: name, Text: text, Trace: TraceIDHex, Zipkin: Answer{Status: 202, Spans: spans}}
}

// refused is a body that Zipkin refuses.
func refused(name, text, answer string) Post {
	return Post{Name: name, Text: text, Trace: TraceIDHex, Zipkin: Answer{Status: 400, Text: answer}}
}

// failed is a body that Zipkin stumbles over.
func failed(name, text string) Post {
	return Post{Name: name, Text: text, Trace: TraceIDHex, Zipkin: Answer{Status: 500}}
}

// readBy says that the id of the trace is another one.
func (p Post) readBy(trace string) Post {
	p.Trace = trace
	return p
}

// weTake says that our server takes these spans.
func (p Post) weTake(why string, spans ...string) Post {
	p.Why, p.Ours = why, &Answer{Status: 202, Spans: spans}
	return p
}

// weRefuse says that our server refuses the body.
func (p Post) weRefuse(why, answer string) Post {
	p.Why, p.Ours = why, &Answer{Status: 400, Text: answer}
	return p
}

// Why our server answers otherwise.
const (
	javaText  = "the text is Java's or that of its JSON parser, not Zipkin's"
	lostRest  = "Zipkin skips all that follows a field it does not know, other spans too"
	emptySpan = "Zipkin stops at an empty span, and drops the rest with a 202"
	overrun   = "Zipkin lets a field reach beyond its message, and reads the bytes twice or not at all"
	negative  = "Zipkin takes a negative length for none"
	endless   = "Zipkin takes a number that breaks off"
	zeroField = "Zipkin takes a field of number zero, which protobuf has not"
	paddedID  = "Zipkin keeps the zeros of such an id, and no question finds them"
	cutOff    = "Zipkin does not look at the digits before the last 16"
	oneByte   = "Zipkin fails with 500"
)
