package chrome

import (
	"encoding/json"
	"strconv"

	"example.com/tracelab/exectrace"
)

// event is one of the format. Each is written with all of the members that Chrome itself
// writes for its phase, since some readers insist on them.
type event struct {
	name     string
	category string
	phase    byte
	at       exectrace.Time // since the trace began, as the duration in nanoseconds
	duration exectrace.Time // of a slice
	pid      int
	tid      int64
	id       int    // of what has two ends; zero: none
	bind     string // of the end of an arrow
	scope    string // of an instant
	args     []arg
}

// The phases: what an event is.
const (
	metadata   = 'M'
	slice      = 'X'
	arrowBegin = 's'
	arrowEnd   = 'f'
	asyncBegin = 'b'
	asyncEnd   = 'e'
	instant    = 'i'
	counter    = 'C'
)

// arg is an argument of an event, which viewers show with it: a text or a number.
type arg struct {
	key    string
	text   string
	number int64
	isText bool
}

func text(key, value string) arg         { return arg{key: key, text: value, isText: true} }
func number(key string, value int64) arg { return arg{key: key, number: value} }

// append appends the event as JSON. Texts are quoted by quote.
func (e *event) append(b []byte, quote func([]byte, string) []byte) []byte {
	b = quote(append(b, `{"name":`...), e.name)
	b = quote(append(b, `,"cat":`...), e.category)
	b = append(b, `,"ph":"`...)
	b = append(b, e.phase)
	b = appendMicros(append(b, `","ts":`...), e.at)
	if e.phase == slice {
		b = appendMicros(append(b, `,"dur":`...), e.duration)
	}
	b = strconv.AppendInt(append(b, `,"pid":`...), int64(e.pid), 10)
	b = strconv.AppendInt(append(b, `,"tid":`...), e.tid, 10)
	if e.id != 0 {
		b = strconv.AppendInt(append(b, `,"id":`...), int64(e.id), 10)
	}
	if e.bind != "" {
		b = quote(append(b, `,"bp":`...), e.bind)
	}
	if e.scope != "" {
		b = quote(append(b, `,"s":`...), e.scope)
	}
	b = append(b, `,"args":{`...)
	for i, a := range e.args {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(quote(b, a.key), ':')
		if a.isText {
			b = quote(b, a.text)
		} else {
			b = strconv.AppendInt(b, a.number, 10)
		}
	}
	return append(b, "}}"...)
}

// appendMicros appends nanoseconds as microseconds, which the format counts in.
func appendMicros(b []byte, ns exectrace.Time) []byte {
	b = strconv.AppendInt(b, int64(ns/1000), 10)
	rest := ns % 1000
	return append(b, '.', byte('0'+rest/100), byte('0'+rest/10%10), byte('0'+rest%10))
}

// quoter quotes texts. The same come again and again.
type quoter struct{ known map[string]string }

// maxQuoted bounds what a quoter remembers.
const maxQuoted = 1 << 14

func (q *quoter) quote(b []byte, s string) []byte {
	quoted, ok := q.known[s]
	if !ok {
		text, err := json.Marshal(s)
		if err != nil { // which a string has not
			panic(err)
		}
		quoted = string(text)
		if len(q.known) < maxQuoted {
			q.known[s] = quoted
		}
	}
	return append(b, quoted...)
}
