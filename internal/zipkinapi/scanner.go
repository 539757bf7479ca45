package zipkinapi

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// errMalformed stands for all that a JSON parser says of its own accord: its
// texts name lines and columns and are no part of Zipkin's contract.
var errMalformed = errors.New("Malformed")

// maxDepth bounds the nesting of values, as the parser behind Zipkin does.
const maxDepth = 255

// scanner reads JSON one token at a time, straight from the text. It accepts
// what Zipkin's parser accepts: raw control characters in strings, true, false
// and null in any case. It does not accept comments, single quotes, NaN or
// anything else that is lenient. Every method skips white space first.
type scanner struct {
	s string
	i int
}

// peek returns the next byte that is not white space, 0 at the end.
func (p *scanner) peek() byte {
	for p.i < len(p.s) {
		switch c := p.s[p.i]; c {
		case ' ', '\t', '\n', '\r':
			p.i++
		default:
			return c
		}
	}
	return 0
}

// take consumes c if it comes next.
func (p *scanner) take(c byte) bool {
	if p.peek() != c || p.i == len(p.s) {
		return false
	}
	p.i++
	return true
}

func (p *scanner) expect(c byte) error {
	if !p.take(c) {
		return errMalformed
	}
	return nil
}

// more reports whether a list or an object that ends in end goes on, and
// consumes the comma or the end. Start with first set.
func (p *scanner) more(end byte, first bool) (bool, error) {
	if p.take(end) {
		return false, nil
	}
	if first {
		return true, nil
	}
	if !p.take(',') {
		return false, errMalformed
	}
	return true, nil
}

// name reads the name of a field and its colon.
func (p *scanner) name() (string, error) {
	s, err := p.quoted()
	if err != nil {
		return "", err
	}
	return s, p.expect(':')
}

// text reads a string, or a number as its text.
func (p *scanner) text() (string, error) {
	if p.peek() == '"' {
		return p.quoted()
	}
	return p.number()
}

// quoted reads a string. Without escapes it is a part of the input.
func (p *scanner) quoted() (string, error) {
	if !p.take('"') {
		return "", errMalformed
	}
	rest := p.s[p.i:]
	for i := range len(rest) {
		if !special[rest[i]] {
			continue
		}
		if rest[i] != '"' {
			return p.quotedSlow(p.i)
		}
		p.i += i + 1
		return rest[:i], nil
	}
	return "", errMalformed
}

// special marks the bytes at which quoted has to stop and look.
var special = func() (t [256]bool) {
	t['"'], t['\\'] = true, true
	for c := utf8.RuneSelf; c < len(t); c++ {
		t[c] = true
	}
	return t
}()

// quotedSlow reads a string that has escapes or is not ASCII.
func (p *scanner) quotedSlow(from int) (string, error) {
	escapes := false
	for i := from; i < len(p.s); i++ {
		switch p.s[i] {
		case '"':
			p.i = i + 1
			raw := p.s[from:i]
			if !escapes {
				return validText(raw), nil
			}
			return unescape(raw)
		case '\\':
			escapes = true
			i++
		}
	}
	return "", errMalformed
}

// word consumes w, in any case, if it comes next.
func (p *scanner) word(w string) bool {
	p.peek()
	end := p.i + len(w)
	if end > len(p.s) || !strings.EqualFold(p.s[p.i:end], w) || end < len(p.s) && isLiteral(p.s[end]) {
		return false
	}
	p.i = end
	return true
}

// null consumes a null if it comes next.
func (p *scanner) null() bool {
	c := p.peek()
	return (c == 'n' || c == 'N') && p.word("null")
}

func (p *scanner) boolean() (bool, error) {
	switch {
	case p.word("true"):
		return true, nil
	case p.word("false"):
		return false, nil
	}
	return false, errMalformed
}
