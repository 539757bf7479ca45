package zipkin

import "strings"

// spanOf is a POST of one span with these fields, whose trace is then read.
func spanOf(name, fields, trace string) check {
	return check{name: name, send: post("[{" + fields + "}]"), keeps: trace}
}

// traceOf posts a span with this text for its trace id.
func traceOf(name, id string) check {
	return spanOf(name, `"traceId":`+id+`,"id":"1"`, strings.Trim(id, `"`))
}

// idOf posts a span with this text for its id, parentOf for its parent's.
func idOf(name, id string) check {
	return spanOf(name, `"traceId":"$t0001","id":`+id, "$t0001")
}

func parentOf(name, id string) check {
	return spanOf(name, `"traceId":"$t0001","id":"2","parentId":`+id, "$t0001")
}

// gson is a check whose answer is a text of the JSON parser behind Zipkin.
func gson(c check) check {
	c.differs = malformed
	return c
}

var ids = family{"ids", each(
	traceOf("trace of 1", `"c"`),
	traceOf("trace of 8", `"a0000001"`),
	traceOf("trace of 15", `"a00000000000002"`),
	traceOf("trace of 16", `"a000000000000003"`),
	traceOf("trace of 17", `"1a000000000000004"`),
	traceOf("trace of 31", `"a00000000000000a000000000000005"`),
	traceOf("trace of 32", `"a000000000000000a000000000000006"`),
	traceOf("trace of 32 with a zero high half", `"0000000000000000a000000000000007"`),
	traceOf("trace of 32 with a zero low half", `"a0000000000000080000000000000000"`),
	check{name: "trace of 17 with a zero first", send: post(`[{"traceId":"0a000000000000009","id":"1"}]`)},
	check{name: "which Zipkin cannot find", send: get("/api/v2/trace/a000000000000009"), differs: lostIDs.lists(`[{"traceId":"a000000000000009","id":"0000000000000001"}]`)},
	traceOf("trace of 33", `"a00000000000000000000000000000010"`),
	traceOf("trace of 33 zeros and one", `"000000000000000000000000000000001"`),
	traceOf("trace of 1 zero", `"0"`),
	traceOf("trace of 16 zeros", `"0000000000000000"`),
	traceOf("trace of 17 zeros", `"00000000000000000"`),
	traceOf("trace of 32 zeros", `"00000000000000000000000000000000"`),
	traceOf("trace in upper case", `"48485A3953BB6124"`),
	traceOf("trace with 0x", `"0xab"`),
	traceOf("trace with a minus", `"48485-3953bb6124"`),
	traceOf("trace with a space", `" 1"`),
	traceOf("trace with a space behind", `"1 "`),
	traceOf("trace with g", `"g"`),
	traceOf("trace with a high half that is not hex", `"zzzzzzzzzzzzzzzz0000000000000001"`),
	traceOf("trace with a low half that is not hex", `"0000000000000001zzzzzzzzzzzzzzzz"`),
	traceOf("trace of letters that are not ASCII", `"é"`),
	traceOf("trace with a full-width digit", `"１"`),
	traceOf("trace with NUL", `"\u0000"`),
	traceOf("trace empty", `""`),
	traceOf("trace that is a number", `1234567`),
	traceOf("trace that is a large number", `12345678901234567890`),
	traceOf("trace that is zero", `0`),
	traceOf("trace that is a negative number", `-1`),
	traceOf("trace that is a fraction", `1.0`),
	traceOf("trace that is a power", `1e3`),
	gson(traceOf("trace null", `null`)),
	gson(traceOf("trace true", `true`)),
	gson(traceOf("trace object", `{}`)),
	gson(traceOf("trace list", `[]`)),
	spanOf("trace missing", `"id":"1"`, ""),
	spanOf("trace twice", `"traceId":"a000000000000011","id":"1","traceId":"a000000000000012"`, "a000000000000012"),
	spanOf("trace bad, then good", `"traceId":"x","id":"1","traceId":"a000000000000013"`, ""),
	spanOf("trace last", `"id":"1","traceId":"a000000000000014"`, "a000000000000014"),
	spanOf("trace named TraceId", `"id":"1","TraceId":"a000000000000015"`, ""),
	spanOf("trace named traceID", `"id":"1","traceID":"a000000000000015"`, ""),

	idOf("id of 1", `"1"`),
	idOf("id of 15", `"abcdef012345678"`),
	idOf("id of 16", `"abcdef0123456789"`),
	idOf("id of 17", `"abcdef01234567890"`),
	idOf("id of 32", `"abcdef0123456789abcdef0123456789"`),
	idOf("id of 17 with zeros first", `"00000000000000001"`),
	idOf("id of 1 zero", `"0"`),
	idOf("id of 2 zeros", `"00"`),
	idOf("id of 15 zeros", `"000000000000000"`),
	idOf("id of 16 zeros", `"0000000000000000"`),
	idOf("id of 17 zeros", `"00000000000000000"`),
	idOf("id in upper case", `"AB"`),
	idOf("id with 0x", `"0x1"`),
	idOf("id empty", `""`),
	idOf("id that is a number", `12`),
	idOf("id that is zero", `0`),
	idOf("id that is a negative number", `-12`),
	gson(idOf("id null", `null`)),
	gson(idOf("id true", `true`)),
	gson(idOf("id list", `["1"]`)),
	spanOf("id missing", `"traceId":"$t0001"`, ""),
	spanOf("both ids missing", `"name":"a"`, ""),
	spanOf("id twice", `"traceId":"$t0001","id":"1","id":"2"`, "$t0001"),
	spanOf("id named ID", `"traceId":"$t0001","ID":"1"`, ""),

	parentOf("parent of 1", `"1"`),
	parentOf("parent of 16", `"abcdef0123456789"`),
	parentOf("parent of 17", `"abcdef01234567890"`),
	parentOf("parent of 32", `"abcdef0123456789abcdef0123456789"`),
	parentOf("parent of 1 zero", `"0"`),
	parentOf("parent of 16 zeros", `"0000000000000000"`),
	parentOf("parent of 17 zeros", `"00000000000000000"`),
	parentOf("parent of 32 zeros", `"00000000000000000000000000000000"`),
	parentOf("parent in upper case", `"AB"`),
	parentOf("parent empty", `""`),
	parentOf("parent null", `null`),
	parentOf("parent that is a number", `12`),
	parentOf("parent that is the span", `"2"`),
	parentOf("parent that is the span with zeros", `"0000000000000002"`),
	gson(parentOf("parent true", `true`)),
	gson(parentOf("parent object", `{}`)),
	spanOf("parent twice", `"traceId":"$t0001","id":"3","parentId":"1","parentId":"2"`, "$t0001"),
	spanOf("parent, then none", `"traceId":"$t0001","id":"3","parentId":"1","parentId":null`, "$t0001"),
	spanOf("parent, then zero", `"traceId":"$t0001","id":"3","parentId":"1","parentId":"0"`, "$t0001"),
	spanOf("parent of a span whose id is zero", `"traceId":"$t0001","id":"0","parentId":"0"`, "$t0001"),
)}
