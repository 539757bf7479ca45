package codec

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"example.com/tracelab/internal/zipkin"
)

func (d *Decoder) traceID(id *zipkin.TraceID) error {
	s, err := d.text()
	if err == nil {
		*id, err = zipkin.ParseTraceID(s)
	}
	return err
}

// spanID refuses sixteen zeros from a reporter. Fewer pass and are stored as
// zero, as in Zipkin, which then answers with sixteen.
func (d *Decoder) spanID(id *zipkin.SpanID) error {
	s, err := d.text()
	if err == nil {
		*id, err = zipkin.ParseSpanID("id", s)
	}
	if err == nil && *id == 0 && len(s) == 16 && d.fromReporter {
		err = errors.New("id is all zeros")
	}
	return err
}

// parentID takes zeros of any length as no parent.
func (d *Decoder) parentID(id *zipkin.SpanID) error {
	s, err := d.text()
	if err == nil {
		*id, err = zipkin.ParseSpanID("parentId", s)
	}
	return err
}

// endpoint reads an endpoint over e. A second one in a span replaces the first.
// Most spans of a message have the endpoint of the span before, to the letter:
// that one is not read again.
func (d *Decoder) endpoint(e *zipkin.Endpoint, before *knownEndpoint) error {
	d.peek()
	from := d.i
	if before.text != "" && strings.HasPrefix(d.s[from:], before.text) {
		d.i += len(before.text)
		*e = before.Endpoint
		return nil
	}
	*e = zipkin.Endpoint{}
	more, err := d.enter('{', '}')
	for more {
		if err := d.endpointField(e); err != nil {
			return err
		}
		if more, err = d.next('}'); err != nil {
			return err
		}
	}
	if err == nil {
		*before = knownEndpoint{d.s[from:d.i], *e}
	}
	return err
}

// knownEndpoint is an endpoint and the text that it was read from.
type knownEndpoint struct {
	text string
	zipkin.Endpoint
}

func (d *Decoder) endpointField(e *zipkin.Endpoint) error {
	name, err := d.name()
	if err != nil || d.null() {
		return err
	}
	switch name {
	case "serviceName":
		e.ServiceName, err = d.text()
		e.ServiceName = zipkin.LowerName(e.ServiceName)
	case "ipv4", "ipv6":
		var s string
		s, err = d.text()
		setIP(e, s)
	case "port":
		e.Port, err = d.port()
	default:
		err = d.skip(3)
	}
	return err
}

func (d *Decoder) port() (uint16, error) {
	n, err := d.long()
	switch {
	case err != nil:
		return 0, err
	case n < math.MinInt32 || n > math.MaxInt32:
		return 0, errMalformed
	case n > math.MaxUint16:
		return 0, fmt.Errorf("invalid port %d", n)
	}
	return uint16(max(n, 0)), nil
}

// long reads a whole number: 7, "7", 7.0 and 0.7e1 are all seven. What is too
// large by a rounding error is the largest.
func (d *Decoder) long() (int64, error) {
	if n, ok := d.digitsOnly(); ok {
		return n, nil
	}
	s, err := d.text()
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err == nil {
		return n, nil
	}
	f, err := parseDouble(s)
	switch {
	case err != nil:
		return 0, err
	case f == 1<<63:
		return math.MaxInt64, nil
	case f != math.Trunc(f) || f < -1<<63 || f > 1<<63:
		return 0, errMalformed
	}
	return int64(f), nil
}

// parseDouble is Java's Double.parseDouble, with its errors.
func parseDouble(s string) (float64, error) {
	t := strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	if t == "" {
		return 0, errors.New("empty String")
	}
	switch strings.TrimLeft(t, "+-") {
	case "NaN", "Infinity":
		return 0, errMalformed // a number, but not a whole one
	}
	if hasTwoPoints(t) {
		return 0, errors.New("multiple points")
	}
	number := t
	if c := t[len(t)-1] | 0x20; (c == 'd' || c == 'f') && len(t) > 1 && !isHexFloat(t) {
		number = t[:len(t)-1]
	}
	f, err := strconv.ParseFloat(number, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) || strings.ContainsAny(number, "_xXiInN") && !isHexFloat(t) {
		return 0, errors.New(`For input string: "` + t + `"`)
	}
	return f, nil
}

// hasTwoPoints reports whether s has another point before anything but digits.
func hasTwoPoints(s string) bool {
	digits := func(r rune) bool { return '0' <= r && r <= '9' }
	after, found := strings.CutPrefix(strings.TrimLeftFunc(strings.TrimLeft(s, "+-"), digits), ".")
	return found && strings.HasPrefix(strings.TrimLeftFunc(after, digits), ".")
}

func isHexFloat(s string) bool { return strings.ContainsAny(s, "xX") && strings.ContainsAny(s, "pP") }
