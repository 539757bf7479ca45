package codec

import "strings"

// digitsOnly reads a whole number of up to 18 digits, as times are. It consumes
// nothing else.
func (p *scanner) digitsOnly() (n int64, ok bool) {
	p.peek()
	from := p.i
	for i := from; i < len(p.s) && i < from+19; i++ {
		c := p.s[i]
		if '0' <= c && c <= '9' {
			n = n*10 + int64(c-'0')
			continue
		}
		if i == from || isLiteral(c) || p.s[from] == '0' {
			return 0, false
		}
		p.i = i
		return n, true
	}
	return 0, false
}

// number reads a JSON number as its text.
func (p *scanner) number() (string, error) {
	p.peek()
	from := p.i
	p.skipByte('-')
	switch first := p.i; {
	case p.digits() == 0, p.s[first] == '0' && p.i > first+1:
		return "", errMalformed
	}
	if p.skipByte('.') && p.digits() == 0 {
		return "", errMalformed
	}
	if p.skipByte('e') || p.skipByte('E') {
		_ = p.skipByte('+') || p.skipByte('-')
		if p.digits() == 0 {
			return "", errMalformed
		}
	}
	if p.i < len(p.s) && isLiteral(p.s[p.i]) {
		return "", errMalformed
	}
	return p.s[from:p.i], nil
}

func (p *scanner) skipByte(c byte) bool {
	if p.i < len(p.s) && p.s[p.i] == c {
		p.i++
		return true
	}
	return false
}

func (p *scanner) digits() (n int) {
	for p.i < len(p.s) && '0' <= p.s[p.i] && p.s[p.i] <= '9' {
		p.i++
		n++
	}
	return n
}

// isLiteral reports whether c would go on with a number or a word.
func isLiteral(c byte) bool { return strings.IndexByte("/\\;#=,:{}[] \t\r\n\f\"'", c) < 0 }
