package zipkin

import "strings"

// A good span, whose trace is $t0001.
const good = `{"traceId":"$t0001","id":"1","timestamp":$us}`

// each makes a scene of each check.
func each(checks ...check) (scenes []scene) {
	for _, c := range checks {
		scenes = append(scenes, scene{name: c.name, checks: []check{c}})
	}
	return scenes
}

func typed(contentType, body string) request { return post(body).with("Content-Type: " + contentType) }

// dispatch is what makes a body a list of spans, and in which order it is
// looked at.
var dispatch = family{"dispatch", each(
	check{name: "empty", send: post("")},
	check{name: "empty, no content type", send: request{method: "POST", target: "/api/v2/spans"}},
	check{name: "empty protobuf", send: typed("application/x-protobuf", "")},
	check{name: "empty thrift", send: typed("application/x-thrift", "")},
	check{name: "empty list", send: post("[]")},
	check{name: "empty list as protobuf", send: typed("application/x-protobuf", "[]")},
	check{name: "empty list with a space", send: post("[ ]")},
	check{name: "empty list with a newline", send: post("[\n]")},
	check{name: "empty list with tabs and returns", send: post("[\t\r\n ]")},
	check{name: "object", send: post("{}")},
	check{name: "null", send: post("null")},
	check{name: "text", send: post("hello")},
	check{name: "a single byte", send: post("x")},
	check{name: "a number", send: post("1")},
	check{name: "a string", send: post(`"a"`)},
	check{name: "space before the list", send: post(" []")},
	check{name: "newline before the list", send: post("\n[" + good + "]")},
	check{name: "byte order mark", send: post("\ufeff[" + good + "]")},
	check{name: "a span that is in no list", send: post(good)},
	check{name: "bytes 200", send: post("\xc8\xc8")},
	check{name: "NUL", send: post("\x00")},
	check{name: "UTF-16", send: post("\x00[\x00]")},
	check{name: "starts as protobuf", send: post("\x0a\x03abc")},
	check{name: "starts as protobuf of length zero", send: post("\x0a\x00")},
	check{name: "one byte of protobuf", send: post("\x0a"), differs: badBody.answers(400, "Expected a JSON_V2 encoded list\n")},
	check{name: "starts as a list of thrift", send: post("\x0c\x00\x00\x00\x01")},
	check{name: "starts as another list of thrift", send: post("\x0b\x00\x00\x00\x01")},

	check{name: "one span", send: post("[" + good + "]"), keeps: "$t0001"},
	check{name: "no content type", send: request{method: "POST", target: "/api/v2/spans", body: "[" + good + "]"}, keeps: "$t0001"},
	check{name: "empty content type", send: typed("", "["+good+"]"), keeps: "$t0001"},
	check{name: "text/plain", send: typed("text/plain", "["+good+"]"), keeps: "$t0001"},
	check{name: "application/json with a charset", send: typed("application/json; charset=utf-8", "["+good+"]"), keeps: "$t0001"},
	check{name: "upper case type", send: typed("APPLICATION/JSON", "["+good+"]"), keeps: "$t0001"},
	check{name: "garbage for a type", send: typed("garbage", "["+good+"]"), keeps: "$t0001"},
	check{name: "a form", send: typed("application/x-www-form-urlencoded", "["+good+"]"), keeps: "$t0001"},
	check{name: "two content types", send: post("["+good+"]").with("Content-Type: application/json", "Content-Type: application/x-protobuf"), keeps: "$t0001"},
	check{name: "JSON as thrift", send: typed("application/x-thrift", "["+good+"]"), keeps: "$t0001"},
	check{name: "JSON as protobuf", send: typed("application/x-protobuf", "["+good+"]")},
	check{name: "JSON as protobuf with a parameter", send: typed("application/x-protobuf; a=b", "["+good+"]")},
	check{name: "JSON as protobuf in upper case", send: typed("Application/X-Protobuf", "["+good+"]")},
	check{name: "JSON as application/protobuf", send: typed("application/protobuf", "["+good+"]"), keeps: "$t0001"},
	check{name: "JSON as vnd.google.protobuf", send: typed("application/vnd.google.protobuf", "["+good+"]"), keeps: "$t0001"},
	check{name: "Accept is ignored", send: post("[" + good + "]").with("Accept: image/png"), keeps: "$t0001"},
	check{name: "chunked", send: post("[" + good + "]").with("Transfer-Encoding: chunked"), keeps: "$t0001"},
	check{name: "chunked and empty", send: post("[]").with("Transfer-Encoding: chunked")},
	check{name: "HTTP/1.0", send: func() request { r := post("[" + good + "]"); r.proto = "HTTP/1.0"; return r }(), keeps: "$t0001"},
	check{name: "a query", send: post("["+good+"]").on("POST", "/api/v2/spans?a=b"), keeps: "$t0001"},

	check{name: "v1 in v2", send: post(`[{"traceId":"$t0001","id":"1","binaryAnnotations":[]}]`)},
	check{name: "the word of v1 in a tag", send: post(`[{"traceId":"$t0001","id":"1","tags":{"a":"yAnnotations\""}}]`), keeps: "$t0001"},
	check{name: "the word of v1 as a key", send: post(`[{"traceId":"$t0001","id":"1","tags":{"binaryAnnotations":"a"}}]`)},
	check{name: "the word of v1 at the end of a value", send: post(`[{"traceId":"$t0001","id":"1","name":"yAnnotations"}]`)},
	check{name: "the word of v1 before what is malformed", send: post(`[binaryAnnotations"`)},
	check{name: "the word of v1 after the list", send: post("[" + good + `] yAnnotations"`)},

	check{name: "good and bad", send: post("[" + good + `,{"id":"2"}]`)},
	check{name: "of good and bad nothing is stored", send: get("/api/v2/trace/$t0001")},
	check{name: "garbage after the list", send: post("[" + good + "] xyz"), keeps: "$t0001"},
	check{name: "a list after the list", send: post("[" + good + "][]"), keeps: "$t0001"},
	check{name: "garbage after an empty list", send: post("[]x")},
	check{name: "a bracket after the list", send: post("[" + good + "]]"), keeps: "$t0001"},
	check{name: "white space within", send: post("[\n\t{ \"traceId\" : \"$t0001\" ,\r\n \"id\" :\"1\" } \n]\n"), keeps: "$t0001"},

	check{name: "ten mebibytes", send: post("[" + good + "]").packed(filled(10 << 20)), keeps: "$t0001"},
	check{name: "one byte more", send: post("[" + good + "]").packed(filled(10<<20 + 1)), differs: largeBody},
	check{name: "one byte more, chunked", send: post("[" + good + "]").packed(filled(10<<20 + 1)).with("Transfer-Encoding: chunked"), differs: largeBody},
)}

// filled makes a body so many bytes long.
func filled(size int) func(string) string {
	return func(body string) string { return body + strings.Repeat(" ", size-len(body)) }
}
