package zipkin

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
)

// The three kinds of field that Zipkin's messages are made of.

func varint(field int, v uint64) string {
	return string(binary.AppendUvarint(binary.AppendUvarint(nil, uint64(field)<<3), v))
}

func fixed64(field int, v uint64) string {
	return string(binary.LittleEndian.AppendUint64(binary.AppendUvarint(nil, uint64(field)<<3|1), v))
}

func bytesField(field int, parts ...string) string {
	s := strings.Join(parts, "")
	return string(binary.AppendUvarint(binary.AppendUvarint(nil, uint64(field)<<3|2), uint64(len(s)))) + s
}

// protobufSpan is a list of one span, which has the trace protobufTrace, the id
// 1 and these fields.
func protobufSpan(n int, fields ...string) string {
	id := string(binary.BigEndian.AppendUint16([]byte{0xb0, 0, 0, 0, 0, 0}, uint16(n)))
	return bytesField(1, bytesField(1, id), bytesField(3, "\x00\x00\x00\x00\x00\x00\x00\x01"), strings.Join(fields, ""))
}

func protobufTrace(n int) string { return fmt.Sprintf("b00000000000%04x", n) }

func protobufRequest(body string) request { return typed("application/x-protobuf", body) }

// rawProtobuf posts these bytes.
func rawProtobuf(name, body string) check {
	return check{name: name, send: protobufRequest(body)}
}

// numbered gives each check a trace id of its own.
func numbered(checks []func(n int) check) (all []check) {
	for i, c := range checks {
		all = append(all, c(i+1))
	}
	return all
}

func ofProtobuf(name string, fields ...string) func(n int) check {
	return func(n int) check {
		return check{name: name, send: protobufRequest(protobufSpan(n, fields...)), keeps: protobufTrace(n)}
	}
}

// keeping is a raw protobuf whose trace has this id.
func keeping(trace string, c check) check {
	c.keeps = trace
	return c
}

var oneByOne = numbered([]func(int) check{
	ofProtobuf("ids alone"),
	ofProtobuf("everything",
		bytesField(2, "\x00\x00\x00\x00\x00\x00\x00\x02"), varint(4, 1), bytesField(5, "GET /A"), fixed64(6, 1_600_000_000_000_000), varint(7, 12345),
		bytesField(8, bytesField(1, "Web-Proto"), bytesField(2, "\x01\x02\x03\x04"), varint(4, 80)),
		bytesField(9, bytesField(1, "db-proto"), bytesField(3, "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xc0\x01"), varint(4, 65535)),
		bytesField(10, fixed64(1, 5), bytesField(2, "b")), bytesField(10, fixed64(1, 5), bytesField(2, "a")), bytesField(10, fixed64(1, 4), bytesField(2, "c")),
		bytesField(11, bytesField(1, "b"), bytesField(2, "2")), bytesField(11, bytesField(1, "a"), bytesField(2, "1")), bytesField(11, bytesField(1, "b"), bytesField(2, "3")),
		varint(12, 1), varint(13, 1)),
	ofProtobuf("kind 0", varint(4, 0)),
	ofProtobuf("kind 1", varint(4, 1)),
	ofProtobuf("kind 2", varint(4, 2)),
	ofProtobuf("kind 3", varint(4, 3)),
	ofProtobuf("kind 4", varint(4, 4)),
	ofProtobuf("kind 5", varint(4, 5)),
	ofProtobuf("kind huge", varint(4, 1<<31-1)),
	ofProtobuf("kind set, then unset", varint(4, 1), varint(4, 0)),
	ofProtobuf("client that is shared", varint(4, 1), varint(13, 1)),
	ofProtobuf("server that is shared", varint(4, 2), varint(13, 1)),
	ofProtobuf("shared false", varint(13, 0)),
	ofProtobuf("debug 2", varint(12, 2)),
	ofProtobuf("parent of 4 bytes", bytesField(2, "\x00\x00\x00\x02")),
	ofProtobuf("parent of zeros", bytesField(2, "\x00\x00\x00\x00\x00\x00\x00\x00")),
	ofProtobuf("parent empty", bytesField(2, "")),
	ofProtobuf("parent that is the span", bytesField(2, "\x00\x00\x00\x00\x00\x00\x00\x01")),
	ofProtobuf("parent of 9 bytes", bytesField(2, "\x00\x00\x00\x00\x00\x00\x00\x00\x01")),
	ofProtobuf("name empty", bytesField(5, "")),
	ofProtobuf("name in upper case", bytesField(5, "ÀB")),
	ofProtobuf("name that is not UTF-8", bytesField(5, "a\xffb\xe2\x82")),
	ofProtobuf("timestamp 0", fixed64(6, 0)),
	ofProtobuf("timestamp of the highest bit", fixed64(6, 1<<63)),
	ofProtobuf("timestamp 5", fixed64(6, 5)),
	ofProtobuf("timestamp as a varint", varint(6, 5)),
	ofProtobuf("duration 0", varint(7, 0)),
	ofProtobuf("duration large", varint(7, 1<<62)),
	ofProtobuf("duration of the highest bit", varint(7, 1<<63)),
	ofProtobuf("endpoint empty", bytesField(8, "")),
	ofProtobuf("endpoint with an empty name", bytesField(8, bytesField(1, ""))),
	ofProtobuf("endpoint with a port alone", bytesField(8, varint(4, 80))),
	ofProtobuf("endpoint with port 0", bytesField(8, varint(4, 0), bytesField(2, "\x01\x01\x01\x01"))),
	ofProtobuf("endpoint with port 65536", bytesField(8, varint(4, 65536))),
	ofProtobuf("endpoint with a negative port", bytesField(8, varint(4, 1<<32-1))),
	ofProtobuf("endpoint with an address of 3 bytes", bytesField(8, bytesField(2, "\x01\x02\x03"))),
	ofProtobuf("endpoint with an IPv6 in IPv4's place", bytesField(8, bytesField(2, strings.Repeat("\x20\x01", 8)))),
	ofProtobuf("endpoint with an IPv4 in IPv6's place", bytesField(8, bytesField(3, "\x01\x02\x03\x04"))),
	ofProtobuf("endpoint with a mapped address", bytesField(8, bytesField(3, "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x01\x02\x03\x04"))),
	ofProtobuf("endpoint with a compatible address", bytesField(8, bytesField(3, "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x02\x03\x04"))),
	ofProtobuf("endpoint with ::1", bytesField(8, bytesField(3, "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"))),
	ofProtobuf("endpoint with ::", bytesField(8, bytesField(3, strings.Repeat("\x00", 16)))),
	ofProtobuf("endpoint with an unknown number", bytesField(8, varint(9, 7), bytesField(1, "a-proto"))),
	ofProtobuf("endpoint twice", bytesField(8, bytesField(1, "a-proto")), bytesField(8, varint(4, 80))),
	ofProtobuf("annotation without a timestamp", bytesField(10, bytesField(2, "a"))),
	ofProtobuf("annotation without a value", bytesField(10, fixed64(1, 5))),
	ofProtobuf("annotation with an empty value", bytesField(10, fixed64(1, 5), bytesField(2, ""))),
	ofProtobuf("annotation empty", bytesField(10, "")),
	ofProtobuf("annotation with an unknown field", bytesField(10, fixed64(1, 5), varint(3, 1), bytesField(2, "a"))),
	ofProtobuf("tag without a value", bytesField(11, bytesField(1, "a"))),
	ofProtobuf("tag without a key", bytesField(11, bytesField(2, "a"))),
	ofProtobuf("tag with an empty key", bytesField(11, bytesField(1, ""), bytesField(2, "a"))),
	ofProtobuf("tag with an empty value", bytesField(11, bytesField(1, "a"), bytesField(2, ""))),
	ofProtobuf("tag empty", bytesField(11, "")),
	ofProtobuf("tag with a line separator", bytesField(11, bytesField(1, "a\n\""), bytesField(2, "<&>"))),
	ofProtobuf("unknown varint", varint(15, 1<<40)),
	ofProtobuf("unknown fixed64", fixed64(15, 1)),
	ofProtobuf("unknown bytes", bytesField(99, "abc")),
	ofProtobuf("unknown fixed32", "\x7d\x01\x02\x03\x04"),
	ofProtobuf("unknown group", "\x7b\x7c"),
	ofProtobuf("unknown wire type 6", "\x7e\x01"),
	ofProtobuf("cut in a field", "\x2a\x05ab"),
	ofProtobuf("a length of more than 32 bits", "\x2a\xff\xff\xff\xff\xff\xff\xff\x7f"),
	ofProtobuf("a varint of more than 64 bits", "\x38\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
	ofProtobuf("a varint that does not end", "\x38\xff"),
	ofProtobuf("an endpoint that is longer than its span", "\x42\x20\x0a\x01a"),
})

// proto3 is protobuf, as Zipkin reads it.
var proto3 = family{"proto3", slices.Concat(each(oneByOne...), each(
	keeping("b200000000000001", rawProtobuf("two spans", bytesField(1, bytesField(1, "\xb2\x00\x00\x00\x00\x00\x00\x01"), bytesField(3, "\x01"))+bytesField(1, bytesField(1, "\xb2\x00\x00\x00\x00\x00\x00\x01"), bytesField(3, "\x02")))),
	keeping("b2030000", rawProtobuf("a trace id of 4 bytes", bytesField(1, bytesField(1, "\xb2\x03\x00\x00"), bytesField(3, "\x01")))),
	keeping("b2000000000000040000000000000001", rawProtobuf("a trace id of 16 bytes", bytesField(1, bytesField(1, "\xb2\x00\x00\x00\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x01"), bytesField(3, "\x01")))),
	keeping("b200000000000005", rawProtobuf("a trace id of 16 bytes, half of them zeros", bytesField(1, bytesField(1, "\x00\x00\x00\x00\x00\x00\x00\x00\xb2\x00\x00\x00\x00\x00\x00\x05"), bytesField(3, "\x01")))),
	keeping("1b200000000000006", rawProtobuf("a trace id of 9 bytes", bytesField(1, bytesField(1, "\x01\xb2\x00\x00\x00\x00\x00\x00\x06"), bytesField(3, "\x01")))),
	rawProtobuf("a trace id of 17 bytes", bytesField(1, bytesField(1, "\x01\x00\x00\x00\x00\x00\x00\x00\x00\xb2\x00\x00\x00\x00\x00\x00\x07"), bytesField(3, "\x01"))),
	rawProtobuf("a trace id of zeros", bytesField(1, bytesField(1, strings.Repeat("\x00", 8)), bytesField(3, "\x01"))),
	rawProtobuf("an empty trace id", bytesField(1, bytesField(1, ""), bytesField(3, "\x01"))),
	rawProtobuf("no trace id", bytesField(1, bytesField(3, "\x01"))),
	rawProtobuf("no id", bytesField(1, bytesField(1, "\xb2"))),
	rawProtobuf("an empty id", bytesField(1, bytesField(1, "\xb2"), bytesField(3, ""))),
	rawProtobuf("an id of zeros", bytesField(1, bytesField(1, "\xb2"), bytesField(3, strings.Repeat("\x00", 8)))),
	keeping("b200000000000009", rawProtobuf("an id of one zero", bytesField(1, bytesField(1, "\xb2\x00\x00\x00\x00\x00\x00\x09"), bytesField(3, "\x00")))),
	rawProtobuf("an id of 9 bytes", bytesField(1, bytesField(1, "\xb2"), bytesField(3, "\x01\x00\x00\x00\x00\x00\x00\x00\x01"))),
	rawProtobuf("neither id", bytesField(1, bytesField(5, "a"))),
	rawProtobuf("a good one and a bad one", protobufSpan(0x7f7f)+bytesField(1, bytesField(5, "a"))),
	ask("/api/v2/trace/b000000000007f7f"),
	rawProtobuf("an empty span", bytesField(1, "")),
	notProtobuf("a span that is in no list", bytesField(1, "\xb2\x00\x00\x00\x00\x00\x00\x01")+bytesField(3, "\x00\x00\x00\x00\x00\x00\x00\x01"), "Malformed"),
	notProtobuf("an empty span between others", protobufSpan(0x7f72)+bytesField(1, "")+protobufSpan(0x7f71), "Missing : traceId id"),
	notProtobuf("a field that is longer than its span", bytesField(1, bytesField(1, "\xb2\x00\x00\x00\x00\x00\x00\x08"), bytesField(3, "\x01"), "\x2a\x05a")+protobufSpan(0x7f70), "Malformed"),
	check{name: "cut short between two spans", send: protobufRequest(protobufSpan(0x7f6f) + protobufSpan(0x7f6e)).with("Content-Encoding: gzip").packed(halfStored), differs: cutGzip},
	notProtobuf("field 0", protobufSpan(0x7f75, "\x02\x01a"), "Malformed"),
	notProtobuf("a negative length", protobufSpan(0x7f74, "\x2a\xff\xff\xff\xff\x0f"), "Malformed"),
	keeping("b100000000000001", rawProtobuf("trace id twice", protobufSpan(0x7f73, bytesField(1, "\xb1\x00\x00\x00\x00\x00\x00\x01")))),
	rawProtobuf("cut short", func() string { s := protobufSpan(0x7f7e, bytesField(5, "abcdefgh")); return s[:len(s)-7] }()),
	rawProtobuf("cut after the length", "\x0a\x20"),
	rawProtobuf("garbage", "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
	rawProtobuf("a varint at the start", "\x08\x01"),
	rawProtobuf("text", "hello"),
	rawProtobuf("an object", "{}"),
	rawProtobuf("zeros", "\x00\x00\x00\x00"),
	check{name: "one byte", send: protobufRequest("\x0a"), differs: badBody.answers(400, "Expected a PROTO3 encoded list\n")},
	rawProtobuf("two bytes of zero length", "\x0a\x00"),
	notProtobuf("an unknown field beside a span", protobufSpan(0x7f7d)+bytesField(2, "x"), "Truncated: length 1 > bytes available 0"),
	rawProtobuf("an unknown field before a span", bytesField(2, "x")+protobufSpan(0x7f7c)),
	check{name: "with a charset", send: typed("application/x-protobuf;charset=utf-8", protobufSpan(0x7f7b)), keeps: "b000000000007f7b"},
	check{name: "packed", send: protobufRequest(protobufSpan(0x7f7a)).with("Content-Encoding: gzip").packed(packed), keeps: "b000000000007f7a"},
	check{name: "as JSON", send: post(protobufSpan(0x7f79))},
	check{name: "as application/protobuf", send: typed("application/protobuf", protobufSpan(0x7f78))},
	check{name: "without a type", send: request{method: "POST", target: "/api/v2/spans", body: protobufSpan(0x7f77)}},
	check{name: "to v1", send: protobufRequest(protobufSpan(0x7f76)).on("POST", "/api/v1/spans")},
), []scene{
	unknownField("span", 0x7e01, bytesField(15, "x")+bytesField(5, "name"), `"name":"name"`),
	unknownField("endpoint", 0x7e02, bytesField(8, bytesField(15, "x"), varint(4, 80)), `"localEndpoint":{"port":80}`),
	unknownField("annotation", 0x7e03, bytesField(10, bytesField(15, "x"), fixed64(1, 5), bytesField(2, "a")), `"annotations":[{"timestamp":5,"value":"a"}]`),
	unknownField("tag", 0x7e04, bytesField(11, bytesField(1, "a"), bytesField(15, "x"), bytesField(2, "b")), `"tags":{"a":"b"}`),
})}

// notProtobuf is refused in other words than Zipkin's, or at all.
func notProtobuf(name, body, text string) check {
	return check{name: name, send: protobufRequest(body), differs: brokenProtobuf.answers(400, text+" reading List<Span> from proto3")}
}

// unknownField is a field of a message that Zipkin does not know, and a field
// that it does behind it. When it skips the first, Zipkin skips all that follows.
func unknownField(in string, n int, fields, read string) scene {
	return scene{name: "an unknown field of bytes in a " + in, checks: []check{
		{name: "stored", send: protobufRequest(protobufSpan(n, fields))},
		{send: get("/api/v2/trace/" + protobufTrace(n)), status: 200, settles: true, differs: unknownFields.lists(`[{"traceId":"` + protobufTrace(n) + `","id":"0000000000000001",` + read + `}]`)},
	}}
}

// halfStored is a gzip file that does not compress, without its second half.
func halfStored(body string) string {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.NoCompression)
	io.WriteString(z, body)
	z.Close()
	const before = 15 // bytes of gzip and of its only block
	return b.String()[:before+len(body)/2]
}
