package archive

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// maxSpan bounds the JSON of one span, in bytes: what Zipkin takes in a POST.
const maxSpan = 10 << 20

// list splits off the objects of a JSON list of objects, or of such lists,
// without reading it all. What is in an object is for others to judge.
type list struct {
	in    *bufio.Reader
	depth int  // of lists that are open
	value bool // an object or a list was read, so a comma or an end follows
	comma bool // a comma was read, so no end follows
	spans int  // objects that were read
}

// next appends the next object to b. Its error is io.EOF at the end of a list
// that is whole, and then nothing but white space comes after it.
func (l *list) next(b []byte) ([]byte, error) {
	for {
		c, err := l.byte()
		switch {
		case err == io.EOF && l.depth == 0 && l.value:
			return b, io.EOF
		case err == io.EOF && l.depth == 0:
			return b, errors.New("empty: want a JSON list of spans")
		case err == io.EOF:
			return b, fmt.Errorf("it ends after %d spans, before the list does: %w", l.spans, io.ErrUnexpectedEOF)
		case err != nil:
			return b, fmt.Errorf("after %d spans: %w", l.spans, err)
		case c == '{' && l.depth > 0 && !l.value:
			l.value, l.comma = true, false
			return l.object(b)
		case !l.mark(c):
			return b, fmt.Errorf("after %d spans: unexpected %q: want a JSON list of spans, as Zipkin writes it", l.spans, c)
		}
	}
}

// byte returns the next that is not white space.
func (l *list) byte() (byte, error) {
	for {
		c, err := l.in.ReadByte()
		if err != nil || c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c, err
		}
	}
}

// mark takes what stands between objects, and says whether it may stand there.
func (l *list) mark(c byte) bool {
	switch {
	case c == '[' && l.depth < 2 && !l.value:
		l.depth++
		l.value, l.comma = false, false
	case c == ']' && l.depth > 0 && !l.comma:
		l.depth--
		l.value = true
	case c == ',' && l.depth > 0 && l.value:
		l.value, l.comma = false, true
	default:
		return false
	}
	return true
}

// object appends an object whose brace was read.
func (l *list) object(b []byte) ([]byte, error) {
	l.spans++
	from := len(b)
	b = append(b, '{')
	inString := false
	for open := 1; open > 0; {
		c, err := l.in.ReadByte()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err == nil && len(b)-from > maxSpan {
			err = fmt.Errorf("longer than %d bytes", maxSpan)
		}
		if err != nil {
			return b, fmt.Errorf("span %d: %w", l.spans, err)
		}
		b = append(b, c)
		switch {
		case c == '\\' && inString:
			escaped, err := l.in.ReadByte()
			if err != nil {
				return b, fmt.Errorf("span %d: %w", l.spans, io.ErrUnexpectedEOF)
			}
			b = append(b, escaped)
		case c == '"':
			inString = !inString
		case inString:
		case c == '{':
			open++
		case c == '}':
			open--
		}
	}
	return b, nil
}
