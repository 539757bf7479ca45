package wire

import (
	"math/bits"
	"strconv"
	"strings"

	"example.com/tracelab/exectrace/internal/container"
)

// Arg returns the argument with the given name. It reports false if the type of the
// event has none.
func (e *Event) Arg(name string) (v uint64, ok bool) {
	i := e.Type.arg(name)
	if i < 0 {
		return 0, false
	}
	return e.Args[i], true
}

// Text returns the string whose id is the argument with the given name, which ends with
// "string". It reports false if there is no such argument or no such string. The first
// call in a generation reads its tables.
func (e *Event) Text(arg string) (string, bool) {
	id, ok := e.Arg(arg)
	if !ok || !strings.HasSuffix(arg, "string") {
		return "", false
	}
	s, ok := e.reader.table().strings[id]
	return s, ok
}

// Stack returns the stack whose id is the argument with the given name, which ends with
// "stack": the innermost frame first, and nil for id 0. It reports false if there is no
// such argument or no such stack. The first call in a generation reads its tables.
func (e *Event) Stack(arg string) ([]Frame, bool) {
	id, ok := e.Arg(arg)
	if !ok || !strings.HasSuffix(arg, "stack") {
		return nil, false
	}
	return e.reader.table().frames(id)
}

// String returns the event as go tool trace -d=wire prints it.
func (e *Event) String() string { return string(e.Append(nil)) }

var frameArgs = [4]string{"\n\tpc=", " func=", " file=", " line="}

// Append appends the text of String to b and returns the extended buffer.
func (e *Event) Append(b []byte) []byte {
	b = append(b, e.Type.String()...)
	names := e.Type.Args()
	for i, v := range e.Args {
		if i < len(names) {
			b = append(b, ' ')
			b = append(b, names[i]...)
			b = append(b, '=')
		} else {
			b = append(b, frameArgs[(i-len(names))%4]...)
		}
		b = strconv.AppendUint(b, v, 10)
	}
	if len(e.Data) > 0 {
		b = append(b, "\n\tdata="...)
		b = strconv.AppendQuote(b, string(e.Data))
	}
	return b
}

// needed is the size of the event if no number took more bytes than it needs.
// The runtime leaves room for some that it does not know yet.
func (e *Event) needed() int64 {
	size := 1 + len(e.Data)
	for _, v := range e.Args {
		size += uvarintSize(v)
	}
	if e.Type == stringType || e.Type == container.ExperimentalBatch {
		size += uvarintSize(uint64(len(e.Data)))
	}
	return int64(size)
}

func uvarintSize(v uint64) int { return (bits.Len64(v|1) + 6) / 7 }
