package codec

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// errMalformed stands for all errors of the JSON parser itself: Zipkin's texts for
// them name lines and columns and are no part of its contract.
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
	if p.i < len(p.s) && p.s[p.i] > ' ' {
		return p.s[p.i]
	}
	return p.skipSpace()
}

func (p *scanner) skipSpace() byte {
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

// enter consumes the start of a list or an object, and reports whether it has
// an element. If not, its end is consumed.
func (p *scanner) enter(open, end byte) (more bool, err error) {
	if !p.take(open) {
		return false, errMalformed
	}
	return !p.take(end), nil
}

// next consumes what follows an element of a list or an object that ends in end,
// and reports whether there is another element.
func (p *scanner) next(end byte) (more bool, err error) {
	if p.take(',') {
		return true, nil
	}
	return false, p.expect(end)
}

// each reads a list or an object, calling item to read every element.
func (p *scanner) each(open, end byte, item func(i int) error) error {
	more, err := p.enter(open, end)
	for i := 0; more; i++ {
		if err := item(i); err != nil {
			return err
		}
		more, err = p.next(end)
	}
	return err
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
	from := p.i
	end := plainEnd(p.s, from)
	switch {
	case end == len(p.s):
		return "", errMalformed
	case p.s[end] != '"':
		return p.quotedSlow(from)
	}
	p.i = end + 1
	return p.s[from:end], nil
}

// plainEnd returns where the first quote, backslash or byte that is not ASCII
// stands in s from i, and its length when there is none. It looks at eight bytes
// at a time: in a word of which one byte is zero, subtracting one from each
// borrows through the high bit of that byte, and of none before it.
func plainEnd(s string, i int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(s); i += 8 {
		w := binary.LittleEndian.Uint64([]byte(s[i : i+8]))
		quote, backslash := w^('"'*ones), w^('\\'*ones)
		if found := (((quote - ones) &^ quote) | ((backslash - ones) &^ backslash) | w) & highs; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return i
		}
	}
	return i
}

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
