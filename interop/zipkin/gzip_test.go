package zipkin

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"strings"
)

func packed(body string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, body)
	z.Close()
	return b.String()
}

func deflated(body string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	io.WriteString(z, body)
	z.Close()
	return b.String()
}

// encoded is a POST that names a content encoding, which nothing does to it yet.
func encoded(encoding, body string) request {
	return post(body).with("Content-Encoding: " + encoding)
}

var gzipped = family{"gzip", each(
	check{name: "gzip", send: encoded("gzip", "["+good+"]").packed(packed), keeps: "$t0001"},
	check{name: "x-gzip", send: encoded("x-gzip", "["+good+"]").packed(packed), keeps: "$t0001"},
	check{name: "any name with gzip in it", send: encoded("identity, gzip;q=1", "["+good+"]").packed(packed), keeps: "$t0001"},
	check{name: "GZIP", send: encoded("GZIP", "["+good+"]").packed(packed)},
	check{name: "GZIP of what is not packed", send: encoded("GZIP", "["+good+"]"), keeps: "$t0001"},
	check{name: "deflate", send: encoded("deflate", "["+good+"]").packed(deflated)},
	check{name: "no encoding named", send: post("[" + good + "]").packed(packed)},
	check{name: "identity", send: encoded("identity", "["+good+"]"), keeps: "$t0001"},
	check{name: "br", send: encoded("br", "["+good+"]"), keeps: "$t0001"},
	check{name: "chunked", send: encoded("gzip", "["+good+"]").with("Transfer-Encoding: chunked").packed(packed), keeps: "$t0001"},
	check{name: "in two members", send: encoded("gzip", "["+good+"]").packed(inTwo), keeps: "$t0001"},
	check{name: "with garbage behind", send: encoded("gzip", "["+good+"]").packed(func(s string) string { return packed(s) + "garbage" })},
	check{name: "with NULs behind", send: encoded("gzip", "["+good+"]").packed(func(s string) string { return packed(s) + "\x00\x00" })},
	check{name: "with a wrong checksum", send: encoded("gzip", "["+good+"]").packed(func(s string) string { z := packed(s); return z[:len(z)-8] + "\x00\x00\x00\x00" + z[len(z)-4:] }), differs: badBody.answers(400, "Cannot gunzip spans: gzip: invalid checksum")},
	check{name: "of an empty list", send: encoded("gzip", "[]").packed(packed)},
	check{name: "of nothing", send: encoded("gzip", "").packed(packed)},
	check{name: "of an empty body", send: encoded("gzip", "")},
	check{name: "of an object", send: encoded("gzip", "{}").packed(packed)},
	check{name: "of bad spans", send: encoded("gzip", "[{}]").packed(packed)},
	check{name: "empty list that is not packed", send: encoded("gzip", "[]")},
	check{name: "spans that are not packed", send: encoded("gzip", "["+good+"]"), differs: badBody.answers(400, "Input is not in the GZIP format")},
	check{name: "two bytes", send: encoded("gzip", "xx")},
	check{name: "one byte", send: encoded("gzip", "x")},
	check{name: "nine bytes", send: encoded("gzip", "123456789")},
	check{name: "ten bytes", send: encoded("gzip", "1234567890"), differs: badBody.answers(400, "Input is not in the GZIP format")},
	gson(check{name: "cut short", send: encoded("gzip", "["+good+"]").packed(halfStored)}),
	check{name: "header alone", send: encoded("gzip", "["+good+"]").packed(func(s string) string { return packed(s)[:10] })},
	check{name: "twelve mebibytes unpacked", send: encoded("gzip", "["+good+"]").packed(swollen(12)), keeps: "$t0001"},
	check{name: "more than 64 mebibytes unpacked", send: encoded("gzip", "["+good+"]").packed(swollen(64)), differs: bomb},
	check{name: "protobuf", send: encoded("gzip", "[]").with("Content-Type: application/x-protobuf").packed(packed)},
)}

// inTwo packs each half of a text by itself, as two files one after the other.
func inTwo(s string) string { return packed(s[:len(s)/2]) + packed(s[len(s)/2:]) }

// swollen packs a text and so many mebibytes of spaces behind it, each of which
// is a file of its own.
func swollen(mebibytes int) func(string) string {
	return func(s string) string {
		return packed(s) + strings.Repeat(packed(strings.Repeat(" ", 1<<20)), mebibytes)
	}
}
