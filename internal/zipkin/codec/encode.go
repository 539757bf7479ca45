package codec

import (
	"encoding/binary"
	"strconv"

	"example.com/tracelab/internal/zipkin"
)

// AppendSpans appends spans as Zipkin writes them: JSON v2, no white space,
// its order of fields and its escapes, byte for byte.
func AppendSpans(b []byte, spans []zipkin.Span) []byte {
	return appendList(b, spans, func(b []byte, sp zipkin.Span) []byte { return AppendSpan(b, &sp) })
}

// AppendTraces appends a list of traces.
func AppendTraces(b []byte, traces [][]zipkin.Span) []byte {
	return appendList(b, traces, AppendSpans)
}

func AppendLinks(b []byte, links []zipkin.Link) []byte {
	return appendList(b, links, func(b []byte, l zipkin.Link) []byte {
		b = AppendString(append(b, `{"parent":`...), l.Parent)
		b = AppendString(append(b, `,"child":`...), l.Child)
		b = strconv.AppendInt(append(b, `,"callCount":`...), l.CallCount, 10)
		if l.ErrorCount > 0 {
			b = strconv.AppendInt(append(b, `,"errorCount":`...), l.ErrorCount, 10)
		}
		return append(b, '}')
	})
}

func appendList[T any](b []byte, list []T, item func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = item(b, list[i])
	}
	return append(b, ']')
}

// AppendSpan appends one span, as AppendSpans does.
func AppendSpan(b []byte, sp *zipkin.Span) []byte {
	b = append(b, `{"traceId":"`...)
	if sp.TraceID.High != 0 {
		b = appendHex(b, sp.TraceID.High)
	}
	b = appendHex(b, sp.TraceID.Low)
	if sp.ParentID != 0 {
		b = appendHex(append(b, `","parentId":"`...), uint64(sp.ParentID))
	}
	b = appendHex(append(b, `","id":"`...), uint64(sp.ID))
	b = append(b, '"')
	if sp.Kind != "" {
		b = AppendString(append(b, `,"kind":`...), string(sp.Kind))
	}
	if sp.Name != "" {
		b = AppendString(append(b, `,"name":`...), sp.Name)
	}
	if sp.Timestamp != 0 {
		b = strconv.AppendInt(append(b, `,"timestamp":`...), sp.Timestamp, 10)
	}
	if sp.Duration != 0 {
		b = strconv.AppendInt(append(b, `,"duration":`...), sp.Duration, 10)
	}
	b = appendEndpoint(b, `,"localEndpoint":{`, &sp.Local)
	b = appendEndpoint(b, `,"remoteEndpoint":{`, &sp.Remote)
	return append(appendDetails(b, sp), '}')
}

// appendDetails appends what comes after the endpoints.
func appendDetails(b []byte, sp *zipkin.Span) []byte {
	if len(sp.Annotations) > 0 {
		b = append(b, `,"annotations":`...)
		b = appendList(b, sp.Annotations, func(b []byte, a zipkin.Annotation) []byte {
			b = strconv.AppendInt(append(b, `{"timestamp":`...), a.Timestamp, 10)
			b = AppendString(append(b, `,"value":`...), a.Value)
			return append(b, '}')
		})
	}
	for i := range sp.Tags {
		b = append(b, ","...)
		if i == 0 {
			b = append(b, `"tags":{`...)
		}
		b = AppendString(append(AppendString(b, sp.Tags[i].Key), ':'), sp.Tags[i].Value)
	}
	if len(sp.Tags) > 0 {
		b = append(b, '}')
	}
	if sp.Debug {
		b = append(b, `,"debug":true`...)
	}
	if sp.Shared {
		b = append(b, `,"shared":true`...)
	}
	return b
}

// appendEndpoint appends the fields of e that are known after start, or
// nothing.
func appendEndpoint(b []byte, start string, e *zipkin.Endpoint) []byte {
	if *e == (zipkin.Endpoint{}) {
		return b
	}
	b = append(b, start...)
	if e.ServiceName != "" {
		b = append(AppendString(append(b, `"serviceName":`...), e.ServiceName), ',')
	}
	if e.IPv4 != "" {
		b = append(AppendString(append(b, `"ipv4":`...), e.IPv4), ',')
	}
	if e.IPv6 != "" {
		b = append(AppendString(append(b, `"ipv6":`...), e.IPv6), ',')
	}
	if e.Port != 0 {
		b = append(strconv.AppendUint(append(b, `"port":`...), uint64(e.Port), 10), ',')
	}
	b[len(b)-1] = '}' // the last comma
	return b
}

const hexDigits = "0123456789abcdef"

// hexPairs are the two digits of each byte, one pair after the other.
var hexPairs = func() (pairs [512]byte) {
	for i := range 256 {
		pairs[2*i], pairs[2*i+1] = hexDigits[i>>4], hexDigits[i&15]
	}
	return pairs
}()

func appendHex(b []byte, v uint64) []byte {
	var text [16]byte
	for i := 14; i >= 0; i -= 2 {
		at := 2 * int(v&0xff)
		text[i], text[i+1] = hexPairs[at], hexPairs[at+1]
		v >>= 8
	}
	return append(b, text[:]...)
}

// AppendString appends s in quotes. Only what must be escaped is, and the two
// line separators that JavaScript once stumbled over.
func AppendString(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := plainBytes(s); i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c != 0xe2 {
			continue
		}
		escape, n := escapeAt(s, i)
		if n == 0 {
			continue
		}
		b = append(append(b, s[from:i]...), escape...)
		from = i + n
		i = from - 1
	}
	return append(append(b, s[from:]...), '"')
}

// plainBytes is a number of bytes at the start of s that need no escape: eight are looked
// at at a time, at the last eight perhaps once more.
func plainBytes(s string) int {
	if len(s) < 8 {
		return 0
	}
	for i := 0; i < len(s)-8; i += 8 {
		if mayEscape(binary.LittleEndian.Uint64([]byte(s[i : i+8]))) {
			return i
		}
	}
	if mayEscape(binary.LittleEndian.Uint64([]byte(s[len(s)-8:]))) {
		return len(s) - 8
	}
	return len(s)
}

// mayEscape reports whether one of eight bytes is a control character, a quote, a
// backslash, or the first byte of a line separator.
func mayEscape(v uint64) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	quote, backslash, separator := v^ones*'"', v^ones*'\\', v^ones*0xe2
	below := (v - ones*' ') &^ v
	zero := (quote-ones)&^quote | (backslash-ones)&^backslash | (separator-ones)&^separator
	return (below|zero)&highs != 0
}

// escapeAt returns the escape for the character at i and its length in s, or
// zero when it may stand as it is.
func escapeAt(s string, i int) (escape string, n int) {
	switch c := s[i]; c {
	case '"':
		return `\"`, 1
	case '\\':
		return `\\`, 1
	case '\t':
		return `\t`, 1
	case '\b':
		return `\b`, 1
	case '\n':
		return `\n`, 1
	case '\r':
		return `\r`, 1
	case '\f':
		return `\f`, 1
	case 0xe2:
		switch {
		case len(s) >= i+3 && s[i:i+3] == "\u2028":
			return `\u2028`, 3
		case len(s) >= i+3 && s[i:i+3] == "\u2029":
			return `\u2029`, 3
		}
		return "", 0
	default:
		return `\u00` + string(hexDigits[c>>4]) + string(hexDigits[c&15]), 1
	}
}
