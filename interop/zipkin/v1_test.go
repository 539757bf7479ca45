package zipkin

import (
	"fmt"
	"net/http"
	"strings"
)

func postV1(body string) request { return post(body).on("POST", "/api/v1/spans") }

// v1Span posts a span of the first format with these fields, and reads what it
// has become.
func v1Span(name, fields string) check {
	return check{name: name, send: postV1(`[{"traceId":"$t0001","id":"1",` + fields + `}]`), keeps: "$t0001"}
}

const (
	web = `,"endpoint":{"serviceName":"Web$n","ipv4":"1.1.1.1","port":80}`
	app = `,"endpoint":{"serviceName":"app$n","ipv4":"2.2.2.2"}`
	db  = `,"endpoint":{"serviceName":"db$n","ipv6":"2001:db8::1"}`
)

// event is an annotation at so many µs of a scene's day.
func event(at, value, endpoint string) string {
	return `{"timestamp":$us+` + at + `,"value":"` + value + `"` + endpoint + `}`
}

func events(list ...string) string { return `"annotations":[` + strings.Join(list, ",") + `]` }

func binaryNote(key, value, endpoint string) string {
	return `{"key":"` + key + `","value":` + value + endpoint + `}`
}

func binaryNotes(list ...string) string {
	return `"binaryAnnotations":[` + strings.Join(list, ",") + `]`
}

// manyServices are annotations, each of a service of its own. Their names are
// the same in each scene: where Zipkin takes what we refuse, it learns of none.
func manyServices(from, to int) string {
	var list []string
	for i := from; i < to; i++ {
		list = append(list, event("1", "met", fmt.Sprintf(`,"endpoint":{"serviceName":"one%d"}`, i)))
	}
	return events(list...)
}

const timed = `"timestamp":$us,"duration":100,`

// v1 is POST /api/v1/spans: the format before this one, made into it.
var v1 = family{"v1", each(
	check{name: "empty", send: postV1("")},
	check{name: "empty list", send: postV1("[]")},
	check{name: "empty list with a space", send: postV1("[ ]")},
	check{name: "object", send: postV1("{}")},
	check{name: "text", send: postV1("hello")},
	check{name: "space first", send: postV1(" []")},
	check{name: "v2: tags", send: postV1(`[{"traceId":"1","id":"1","tags":{}}]`)},
	check{name: "v2: local endpoint", send: postV1(`[{"traceId":"1","id":"1","localEndpoint":{}}]`)},
	check{name: "v2: remote endpoint", send: postV1(`[{"traceId":"1","id":"1","remoteEndpoint":{}}]`)},
	check{name: "v2: the word tags in a value", send: postV1(`[{"traceId":"1","id":"1","name":"a \"tags\""}]`)},
	check{name: "as v2", send: post(`[{"traceId":"$t0001","id":"1","annotations":[],"binaryAnnotations":[]}]`)},
	check{name: "no id", send: postV1(`[{"traceId":"1"}]`)},
	check{name: "no trace id", send: postV1(`[{"id":"1"}]`)},
	check{name: "no ids", send: postV1(`[{}]`)},
	check{name: "id of zero", send: postV1(`[{"traceId":"1","id":"0"}]`)},
	check{name: "trace id of zero", send: postV1(`[{"traceId":"0","id":"1"}]`)},
	check{name: "trace id in upper case", send: postV1(`[{"traceId":"ABC","id":"1"}]`)},
	check{name: "id in upper case", send: postV1(`[{"traceId":"1","id":"AB"}]`)},
	check{name: "id empty", send: postV1(`[{"traceId":"1","id":""}]`)},
	check{name: "id of 17", send: postV1(`[{"traceId":"$t0001","id":"10000000000000002"}]`), keeps: "$t0001"},
	check{name: "id of 33", send: postV1(`[{"traceId":"$t0001","id":"100000000000000000000000000000002"}]`)},
	check{name: "trace id whose head is no number", send: postV1(`[{"traceId":"zzzz$t0001","id":"1"}]`), differs: v1IDs.answers(http.StatusBadRequest, "zzzz$t0001 should be a 1 to 32 character lower-hex string with no prefix reading List<Span> from json")},
	check{name: "id whose head is no number", send: postV1(`[{"traceId":"$t0001","id":"zzzz0000000000000001"}]`), differs: v1IDs.answers(http.StatusBadRequest, "zzzz0000000000000001 should be a 1 to 32 character lower-hex string with no prefix reading List<Span> from json")},
	check{name: "trace id of 20", send: postV1(`[{"traceId":"1234$t0001","id":"1"}]`), keeps: "$t0001"},
	check{name: "trace id of 32", send: postV1(`[{"traceId":"0000000000000001$t0001","id":"1"}]`), keeps: "0000000000000001$t0001"},
	check{name: "trace id of 33", send: postV1(`[{"traceId":"00000000000000001$t0001","id":"1"}]`)},
	check{name: "trace id that is a number", send: postV1(`[{"traceId":33333,"id":"1"}]`), keeps: "33333"},
	gson(check{name: "trace id null", send: postV1(`[{"traceId":null,"id":"1"}]`)}),
	check{name: "256 services", send: postV1(`[{"traceId":"$t0001","id":"1",` + manyServices(0, 256) + `},{"traceId":"$t0001","id":"2",` + manyServices(256, 257) + `}]`)},
	check{name: "257 services", send: postV1(`[{"traceId":"$t0001","id":"1",` + manyServices(0, 257) + `}]`), differs: v1Services},
	check{name: "good and bad", send: postV1(`[{"traceId":"$t0001","id":"1"},{}]`)},
	check{name: "garbage behind", send: postV1(`[{"traceId":"$t0001","id":"1"}] xyz`), keeps: "$t0001"},
	check{name: "not JSON", send: postV1(`[{"traceId":"$t0001","id":"1"`), differs: malformed},
	check{name: "packed", send: postV1(`[{"traceId":"$t0001","id":"1"}]`).with("Content-Encoding: gzip").packed(packed), keeps: "$t0001"},
	check{name: "as text", send: postV1(`[{"traceId":"$t0001","id":"1"}]`).with("Content-Type: text/plain"), keeps: "$t0001"},
	check{name: "as protobuf", send: postV1(`[{"traceId":"$t0001","id":"1"}]`).with("Content-Type: application/x-protobuf"), keeps: "$t0001"},
	check{name: "for the UI", send: postV1("[]").on("POST", "/zipkin/api/v1/spans")},
	check{name: "GET", send: get("/api/v1/spans")},
	check{name: "HEAD", send: get("/api/v1/spans").on("HEAD", "/api/v1/spans")},

	v1Span("name", `"name":"GET"`),
	v1Span("name empty", `"name":""`),
	v1Span("name null", `"name":null`),
	v1Span("parent", `"parentId":"2"`),
	v1Span("parent zero", `"parentId":"0"`),
	v1Span("parent that is the span", `"parentId":"1"`),
	v1Span("parent in upper case", `"parentId":"AB"`),
	v1Span("debug", `"debug":true`),
	v1Span("debug false", `"debug":false`),
	v1Span("unknown field", `"x":[1,{"y":2}]`),
	v1Span("kind is unknown here", `"kind":"CLIENT"`),
	v1Span("shared is unknown here", `"shared":true`),
	v1Span("time", `"timestamp":$us,"duration":5`),
	v1Span("time negative", `"timestamp":-1,"duration":-5`),
	v1Span("time as text", `"timestamp":"$us","duration":"5"`),
	v1Span("annotations null", `"annotations":null,"binaryAnnotations":null`),
	v1Span("annotations empty", `"annotations":[],"binaryAnnotations":[]`),

	v1Span("cs and cr", events(event("0", "cs", web), event("9", "cr", web))),
	v1Span("sr and ss", events(event("0", "sr", app), event("9", "ss", app))),
	v1Span("sr and ss with a time", timed+events(event("0", "sr", app), event("9", "ss", app))),
	v1Span("sr and ss with a timestamp alone", `"timestamp":$us,`+events(event("0", "sr", app), event("9", "ss", app))),
	v1Span("cs, sr, ss and cr", events(event("0", "cs", web), event("2", "sr", app), event("7", "ss", app), event("9", "cr", web))),
	v1Span("cs, sr, ss and cr with a time", timed+events(event("0", "cs", web), event("2", "sr", app), event("7", "ss", app), event("9", "cr", web))),
	v1Span("cs, sr, ss and cr of one service", events(event("0", "cs", web), event("2", "sr", web), event("7", "ss", web), event("9", "cr", web))),
	v1Span("cs, sr, ss and cr in the wrong order", events(event("9", "cr", web), event("7", "ss", app), event("2", "sr", app), event("0", "cs", web))),
	v1Span("cs and sr", events(event("0", "cs", web), event("2", "sr", app))),
	v1Span("cs and sr with a time", timed+events(event("0", "cs", web), event("2", "sr", app))),
	v1Span("cs alone", events(event("0", "cs", web))),
	v1Span("cs alone with a time", timed+events(event("0", "cs", web))),
	v1Span("cr alone", events(event("9", "cr", web))),
	v1Span("cr that ends the time", timed+events(event("100", "cr", web))),
	v1Span("sr alone", events(event("0", "sr", app))),
	v1Span("sr alone with a timestamp", `"timestamp":$us,`+events(event("0", "sr", app))),
	v1Span("ss alone", events(event("9", "ss", app))),
	v1Span("ss that ends the time", timed+events(event("100", "ss", app))),
	v1Span("cs without an endpoint", events(event("0", "cs", ""), event("9", "cr", ""))),
	v1Span("cs with an empty endpoint", events(event("0", "cs", `,"endpoint":{}`), event("9", "cr", `,"endpoint":{}`))),
	v1Span("cs with a null endpoint", events(event("0", "cs", `,"endpoint":null`))),
	v1Span("CS in upper case", events(event("0", "CS", web))),
	v1Span("cr before cs", events(event("9", "cs", web), event("0", "cr", web))),
	v1Span("other annotations", events(event("0", "cs", web), event("5", "foo", web), event("6", "bar", app), event("9", "cr", web))),
	v1Span("annotations of three services", events(event("0", "a", web), event("5", "b", app), event("6", "c", db))),
	v1Span("annotation without a value", `"annotations":[{"timestamp":1}]`),
	v1Span("annotation without a timestamp", `"annotations":[{"value":"a"}]`),
	v1Span("annotation with an endpoint and no value", `"annotations":[{"timestamp":1`+web+`}]`),
	gson(v1Span("annotation with a null value", `"annotations":[{"timestamp":1,"value":null}]`)),
	v1Span("annotations of one time", events(event("0", "b", web), event("0", "a", web), event("0", "a", web))),

	v1Span("ms and ws", events(event("0", "ms", web), event("5", "ws", web))),
	v1Span("ms alone", events(event("0", "ms", web))),
	v1Span("wr and mr", events(event("0", "wr", app), event("5", "mr", app))),
	v1Span("mr alone", events(event("0", "mr", app))),
	v1Span("mr with a time", timed+events(event("0", "mr", app))),
	v1Span("ms and mr", events(event("0", "ms", web), event("2", "ws", web), event("4", "wr", app), event("6", "mr", app))),
	v1Span("ms and mr alone", events(event("0", "ms", web), event("6", "mr", app))),
	v1Span("ms and mr of one service", events(event("0", "ms", web), event("6", "mr", web))),
	v1Span("ws and wr alone", events(event("0", "ws", web), event("5", "wr", app))),

	v1Span("tags", binaryNotes(binaryNote("a", `"b"`, web), binaryNote("c", `"D"`, web))),
	v1Span("tags of two services", events(event("0", "sr", app))+","+binaryNotes(binaryNote("a", `"b"`, web), binaryNote("c", `"d"`, app))),
	v1Span("tag without an endpoint", binaryNotes(binaryNote("a", `"b"`, ""))),
	v1Span("tag twice", binaryNotes(binaryNote("a", `"b"`, web), binaryNote("a", `"c"`, web))),
	v1Span("tag of a number", binaryNotes(binaryNote("a", `1`, web), binaryNote("b", `1.5`, web))),
	v1Span("tag of a truth", binaryNotes(binaryNote("a", `true`, web), binaryNote("b", `false`, web))),
	v1Span("tag of an object", binaryNotes(binaryNote("a", `{}`, web), binaryNote("b", `[]`, web))),
	v1Span("tag of null", binaryNotes(binaryNote("a", `null`, web))),
	v1Span("tag with a type", `"binaryAnnotations":[{"key":"a","value":"5","type":"I16"`+web+`}]`),
	v1Span("tag without a key", binaryNotes(`{"value":"b"}`)),
	v1Span("tag with a null key", binaryNotes(`{"key":null,"value":"b"}`)),
	v1Span("tag without a value", binaryNotes(`{"key":"a"}`)),
	v1Span("empty tag", binaryNotes(binaryNote("a", `""`, web))),
	v1Span("lc", binaryNotes(binaryNote("lc", `""`, web))),
	v1Span("lc of a component", binaryNotes(binaryNote("lc", `"cache"`, web))),
	v1Span("lc with a time", timed+binaryNotes(binaryNote("lc", `""`, web))),
	v1Span("lc and another tag", binaryNotes(binaryNote("lc", `""`, web), binaryNote("a", `"b"`, web))),
	v1Span("error", events(event("0", "cs", web))+","+binaryNotes(binaryNote("error", `""`, web))),
	v1Span("the word tags", binaryNotes(binaryNote("tags", `"b"`, web))),

	v1Span("sa of a client", events(event("0", "cs", web), event("9", "cr", web))+","+binaryNotes(binaryNote("sa", `true`, db))),
	v1Span("sa of cr alone", events(event("9", "cr", web))+","+binaryNotes(binaryNote("sa", `true`, db))),
	v1Span("sa of a server", events(event("0", "sr", app), event("9", "ss", app))+","+binaryNotes(binaryNote("sa", `true`, app))),
	v1Span("ca of a server", events(event("0", "sr", app), event("9", "ss", app))+","+binaryNotes(binaryNote("ca", `true`, web))),
	v1Span("ca of a server, of one service", events(event("0", "sr", app), event("9", "ss", app))+","+binaryNotes(binaryNote("ca", `true`, `,"endpoint":{"serviceName":"app$n","ipv4":"9.9.9.9","port":5}`))),
	v1Span("ca of a server, the same endpoint", events(event("0", "sr", app), event("9", "ss", app))+","+binaryNotes(binaryNote("ca", `true`, app))),
	v1Span("ca and sa of all four", events(event("0", "cs", web), event("2", "sr", app), event("7", "ss", app), event("9", "cr", web))+","+binaryNotes(binaryNote("ca", `true`, web), binaryNote("sa", `true`, app))),
	v1Span("ca and sa alone", timed+binaryNotes(binaryNote("ca", `true`, web), binaryNote("sa", `true`, app))),
	v1Span("sa alone", timed+binaryNotes(binaryNote("sa", `true`, db))),
	v1Span("sa alone, with lc", timed+binaryNotes(binaryNote("lc", `""`, web), binaryNote("sa", `true`, db))),
	v1Span("ca alone", timed+binaryNotes(binaryNote("ca", `true`, web))),
	v1Span("ma of a producer", events(event("0", "ms", web))+","+binaryNotes(binaryNote("ma", `true`, db))),
	v1Span("ma of a consumer", events(event("0", "mr", app))+","+binaryNotes(binaryNote("ma", `true`, db))),
	v1Span("ma of both", events(event("0", "ms", web), event("6", "mr", app))+","+binaryNotes(binaryNote("ma", `true`, db))),
	v1Span("ma alone", binaryNotes(binaryNote("ma", `true`, db))),
	v1Span("sa as text", events(event("0", "cs", web))+","+binaryNotes(binaryNote("sa", `"1"`, db))),
	v1Span("sa false", events(event("0", "cs", web))+","+binaryNotes(binaryNote("sa", `false`, db))),
	v1Span("sa without an endpoint", events(event("0", "cs", web))+","+binaryNotes(binaryNote("sa", `true`, ""))),
	v1Span("sa with an empty endpoint", events(event("0", "cs", web))+","+binaryNotes(binaryNote("sa", `true`, `,"endpoint":{}`))),
	v1Span("endpoint with a bad port", events(event("0", "cs", `,"endpoint":{"serviceName":"a","port":65536}`))),
	v1Span("endpoint with a bad address", events(event("0", "cs", `,"endpoint":{"serviceName":"a$n","ipv4":"no"}`))),
	v1Span("endpoint with an empty name", events(event("0", "cs", `,"endpoint":{"serviceName":"","ipv4":"1.1.1.1"}`), event("9", "cr", `,"endpoint":{"serviceName":"","ipv4":"1.1.1.1"}`))),

	check{name: "thrift", send: postV1("\x0c\x00\x00\x00\x00").with("Content-Type: application/x-thrift"), differs: noThrift("application/x-thrift")},
	check{name: "thrift with a parameter", send: postV1("\x0c\x00\x00\x00\x00").with("Content-Type: application/x-thrift; a=b"), differs: noThrift("application/x-thrift; a=b")},
	check{name: "thrift that is no list", send: postV1("[{}]").with("Content-Type: application/x-thrift"), differs: noThrift("application/x-thrift")},
	check{name: "thrift cut short", send: postV1("\x0c\x00\x00\x00\x01\x0a").with("Content-Type: application/x-thrift"), differs: noThrift("application/x-thrift")},
	check{name: "thrift, empty", send: postV1("").with("Content-Type: application/x-thrift")},
	check{name: "thrift, an empty list of JSON", send: postV1("[]").with("Content-Type: application/x-thrift")},
	check{name: "thrift as JSON", send: postV1("\x0c\x00\x00\x00\x01")},
)}

// noThrift is what we say to thrift.
func noThrift(mediaType string) *difference {
	return thrift.answers(http.StatusUnsupportedMediaType, "Cannot read spans as "+mediaType+": send JSON, or application/x-protobuf to /api/v2/spans")
}
