package codec

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"example.com/tracelab/internal/zipkin"
)

// decodeOne decodes a span with the given fields besides its ids.
func decodeOne(t *testing.T, fields string) zipkin.Span {
	t.Helper()
	spans, err := DecodeSpans(`[{"traceId":"1","id":"2",` + fields + `}]`)
	if err != nil || len(spans) != 1 {
		t.Fatalf("%s: %d spans, %v", fields, len(spans), err)
	}
	return spans[0]
}

func TestFieldsThatAreAccepted(t *testing.T) {
	base := zipkin.Span{TraceID: zipkin.TraceID{Low: 1}, ID: 2}
	with := func(change func(*zipkin.Span)) zipkin.Span {
		sp := base
		change(&sp)
		return sp
	}
	timed := with(func(sp *zipkin.Span) { sp.Timestamp = 7 })
	named := func(name string) zipkin.Span { return with(func(sp *zipkin.Span) { sp.Name = name }) }
	tagged := func(tags ...zipkin.Tag) zipkin.Span { return with(func(sp *zipkin.Span) { sp.Tags = tags }) }
	noted := func(as ...zipkin.Annotation) zipkin.Span {
		return with(func(sp *zipkin.Span) { sp.Annotations = as })
	}
	for fields, want := range map[string]zipkin.Span{
		`"x":{"a":[1,{"b":null}],"c":"d"},"y":tRuE`: base,
		`"parentId":null,"kind":null,"name":null,"timestamp":null,"duration":null,"localEndpoint":null,"annotations":null,"tags":null,"debug":null,"shared":null`: base,

		`"parentId":"3"`:    with(func(sp *zipkin.Span) { sp.ParentID = 3 }),
		`"parentId":12`:     with(func(sp *zipkin.Span) { sp.ParentID = 0x12 }),
		`"parentId":"0000"`: base,
		`"parentId":"2"`:    base, // its own parent
		`"kind":"SERVER"`:   with(func(sp *zipkin.Span) { sp.Kind = zipkin.Server }),
		`"name":"GET /"`:    named("get /"),
		`"name":""`:         base,
		`"name":1.50`:       named("1.50"),
		`"name":"İ"`:        named("i̇"),

		`"timestamp":7`:                   timed,
		`"timestamp":"7"`:                 timed,
		`"timestamp":7.0`:                 timed,
		`"timestamp":0.7e1`:               timed,
		`"timestamp":" 7d"`:               timed,
		`"timestamp":0`:                   base,
		`"timestamp":-7`:                  base,
		`"timestamp":9223372036854775808`: with(func(sp *zipkin.Span) { sp.Timestamp = 1<<63 - 1 }),
		`"duration":1e3`:                  with(func(sp *zipkin.Span) { sp.Duration = 1000 }),

		`"localEndpoint":{}`:                                                base,
		`"localEndpoint":{"serviceName":""}`:                                base,
		`"localEndpoint":{"x":1,"port":0}`:                                  base,
		`"localEndpoint":{"serviceName":"A"},"localEndpoint":{"port":80.0}`: with(func(sp *zipkin.Span) { sp.Local.Port = 80 }),
		`"remoteEndpoint":{"ipv6":"1.2.3.04","ipv4":"2001:DB8::C001"}`: with(func(sp *zipkin.Span) {
			sp.Remote = zipkin.Endpoint{IPv4: "1.2.3.04", IPv6: "2001:db8::c001"}
		}),
		`"remoteEndpoint":{"port":"65535","serviceName":"B"}`: with(func(sp *zipkin.Span) {
			sp.Remote = zipkin.Endpoint{ServiceName: "b", Port: 65535}
		}),

		`"annotations":[{"timestamp":2,"value":"b"},{"value":"a","timestamp":2},{"timestamp":-1,"value":"z"},{"timestamp":2,"value":"b","endpoint":{}}]`: noted(
			zipkin.Annotation{Timestamp: -1, Value: "z"}, zipkin.Annotation{Timestamp: 2, Value: "a"}, zipkin.Annotation{Timestamp: 2, Value: "b"}),
		`"annotations":[]`: base,
		`"tags":{}`:        base,
		`"tags":{"b":"1","a":10000000000.0,"":"","b":"2"}`:              tagged(zipkin.Tag{}, zipkin.Tag{Key: "a", Value: "10000000000.0"}, zipkin.Tag{Key: "b", Value: "2"}),
		`"tags":{"b":"1"},"tags":{"a":"2"}`:                             tagged(zipkin.Tag{Key: "a", Value: "2"}, zipkin.Tag{Key: "b", Value: "1"}),
		"\"tags\":{\"\\ue000\":\"x\",\"é\":\"y\",\"\U0001F600\":\"z\"}": tagged(zipkin.Tag{Key: "é", Value: "y"}, zipkin.Tag{Key: "\U0001F600", Value: "z"}, zipkin.Tag{Key: "\ue000", Value: "x"}),

		`"debug":true,"debug":false`:      with(func(sp *zipkin.Span) { sp.Debug = true }),
		`"shared":true`:                   with(func(sp *zipkin.Span) { sp.Shared = true }),
		`"shared":true,"kind":"CLIENT"`:   with(func(sp *zipkin.Span) { sp.Kind = zipkin.Client }),
		`"debug":false,"shared":false`:    base,
		"\r\n\t \"debug\" \n: TRUE ":      with(func(sp *zipkin.Span) { sp.Debug = true }),
		`"x":` + nested(maxDepth-2, "[]"): base,
	} {
		if got := decodeOne(t, fields); !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %+v\nwant %+v", fields, got, want)
		}
	}
}

// nested is depth lists or objects, one inside the other.
func nested(depth int, brackets string) string {
	if brackets == "{}" {
		return strings.Repeat(`{"a":`, depth-1) + "{" + strings.Repeat("}", depth)
	}
	return strings.Repeat("[", depth) + strings.Repeat("]", depth)
}

func TestIDs(t *testing.T) {
	for text, want := range map[string]zipkin.TraceID{
		`"463ac35c9f6413ad48485a3953bb6124"`: {High: 0x463ac35c9f6413ad, Low: 0x48485a3953bb6124},
		`"463ac35c9f6413ad0000000000000000"`: {High: 0x463ac35c9f6413ad},
		`"0000000000000000000000000000000a"`: {Low: 10},
		`"1000000000000000a"`:                {High: 1, Low: 10},
		`12`:                                 {Low: 0x12},
	} {
		spans, err := DecodeSpans(`[{"traceId":` + text + `,"id":"1"}]`)
		if err != nil || spans[0].TraceID != want {
			t.Errorf("traceId %s: %+v, %v; want %v", text, spans, err, want)
		}
	}
	// Zipkin refuses sixteen zeros, stores fewer, and answers with sixteen.
	for _, zero := range []string{"00", "0000000000000000"} {
		spans, err := DecodeSpans(`[{"traceId":"1","id":"` + zero + `"}]`)
		if err != nil || spans[0].ID != 0 {
			t.Errorf("id %s: %+v, %v", zero, spans, err)
		}
		_, err = JSONV2.Decode(`[{"traceId":"1","id":"` + zero + `"}]`)
		if refuse := len(zero) == 16; (err != nil) != refuse {
			t.Errorf("id %s from a reporter: %v", zero, err)
		}
	}
}

func TestListsThatAreAccepted(t *testing.T) {
	const span = `{"traceId":"1","id":"2"}`
	for body, want := range map[string]int{
		"[]": 0, "[ \n]": 0, "[" + span + "]": 1, "[" + span + "] xyz": 1, "[" + span + "][]": 1, " [" + span + ", " + span + " ]": 2,
	} {
		if spans, err := DecodeSpans(body); err != nil || len(spans) != want {
			t.Errorf("%s: %d spans, %v; want %d", body, len(spans), err, want)
		}
	}
}

func TestSpansDoNotShareRoomToGrow(t *testing.T) {
	spans, err := DecodeSpans(`[{"traceId":"1","id":"1","tags":{"a":"1"},"annotations":[{"timestamp":1,"value":"a"}]},{"traceId":"1","id":"2","tags":{"b":"2"},"annotations":[{"timestamp":2,"value":"b"}]}]`)
	if err != nil {
		t.Fatal(err)
	}
	_ = append(spans[0].Tags, zipkin.Tag{Key: "x"})
	_ = append(spans[0].Annotations, zipkin.Annotation{Value: "x"})
	if spans[1].Tags[0].Key != "b" || spans[1].Annotations[0].Value != "b" {
		t.Errorf("an append to the first span changed the second: %+v", spans[1])
	}
}

// refused are bodies and what Zipkin says to them before " reading …".
var refused = map[string]string{
	`[`: "Malformed", `[1]`: "Malformed", `[[]]`: "Malformed", `[null]`: "Malformed", `["a"]`: "Malformed", ``: "Malformed",
	`{}`: "Malformed", `null`: "Malformed",
	`[{}]`:                        "Missing : traceId id",
	`[{"id":"1"}]`:                "Missing : traceId",
	`[{"traceId":"1"}]`:           "Missing : id",
	`[{"traceId":"1","id":"1"},]`: "Malformed",
	`[{"traceId":"1","id":"1"} {"traceId":"1"}]`:        "Malformed",
	`[{"traceId":"1","id":"1",}]`:                       "Malformed",
	`[{"traceId":"1","id":"1"},{"traceId":"","id":""}]`: "traceId is empty",
	`[{'traceId':'1'}]`:                                 "Malformed", `[{traceId:"1"}]`: "Malformed", `[/**/]`: "Malformed",
	`[{"traceId":null,"id":"1"}]`: "Malformed", `[{"traceId":true,"id":"1"}]`: "Malformed",
	`[{"traceId":"111111111111111111111111111111111"}]`: "traceId.length > 32",
	`[{"traceId":"0000"}]`:                              "traceId is all zeros",
	`[{"traceId":"48485A"}]`:                            "48485A should be lower-hex encoded with no prefix",
	`[{"traceId":" 1"}]`:                                " 1 should be lower-hex encoded with no prefix",
	`[{"id":"11111111111111111"}]`:                      "id.length > 16",
	`[{"id":"AB"}]`:                                     "AB should be lower-hex encoded with no prefix",
	`[{"id":""}]`:                                       "id is empty",
	`[{"id":null}]`:                                     "Malformed",
	`[{"parentId":""}]`:                                 "parentId is empty",
	`[{"parentId":"11111111111111111"}]`:                "parentId.length > 16",
	`[{"parentId":"0x1"}]`:                              "0x1 should be lower-hex encoded with no prefix",
	`[{"kind":"client"}]`:                               "No enum constant zipkin2.Span.Kind.client",
	`[{"kind":""}]`:                                     "No enum constant zipkin2.Span.Kind.",
	`[{"kind":1}]`:                                      "No enum constant zipkin2.Span.Kind.1",
	`[{"name":true}]`:                                   "Malformed", `[{"name":{}}]`: "Malformed", `[{"name":"a}]`: "Malformed", `[{"name":"\`: "Malformed",
	`[{"name":"\x"}]`: "Malformed", `[{"name":"\u12g4"}]`: "Malformed", `[{"name":"\ud83d\u"}]`: "Malformed", `[{"name":"\u12`: "Malformed",
	`[{"timestamp":1.5}]`: "Malformed", `[{"timestamp":1e30}]`: "Malformed", `[{"timestamp":"NaN"}]`: "Malformed", `[{"timestamp":[]}]`: "Malformed",
	`[{"timestamp":""}]`:     "empty String",
	`[{"timestamp":"abc"}]`:  `For input string: "abc"`,
	`[{"timestamp":"1_0"}]`:  `For input string: "1_0"`,
	`[{"timestamp":" 7, "}]`: `For input string: "7,"`, `[{"timestamp":"\u2003\n\"x"}]`: "For input string: \"\u2003\n\"x\"", `[{"timestamp":"x1.2.3"}]`: `For input string: "x1.2.3"`,
	`[{"timestamp":"-1.2.x"}]`: "multiple points", `[{"timestamp":".."}]`: "multiple points",
	`[{"timestamp":01}]`: "Malformed", `[{"timestamp":1.}]`: "Malformed", `[{"timestamp":.5}]`: "Malformed", `[{"timestamp":1e}]`: "Malformed", `[{"timestamp":-}]`: "Malformed", `[{"timestamp":1a}]`: "Malformed",
	`[{"localEndpoint":"a"}]`: "Malformed", `[{"localEndpoint":[]}]`: "Malformed",
	`[{"localEndpoint":{"port":65536}}]`:                              "invalid port 65536",
	`[{"localEndpoint":{"port":"x"}}]`:                                `For input string: "x"`,
	`[{"localEndpoint":{"port":80.5}}]`:                               "Malformed",
	`[{"localEndpoint":{"port":3000000000}}]`:                         "Malformed",
	`[{"annotations":{}}]`:                                            "Malformed",
	`[{"annotations":[{}]}]`:                                          "Incomplete annotation at $[0].annotations[0].",
	`[{"annotations":[{"value":"a"}]}]`:                               "Incomplete annotation at $[0].annotations[0].value",
	`[{"annotations":[{"timestamp":1,"value":"a"},{"timestamp":1}]}]`: "Incomplete annotation at $[0].annotations[1].timestamp",
	`[{"traceId":"1","id":"1"},{"annotations":[{"timestamp":1}]}]`:    "Incomplete annotation at $[1].annotations[0].timestamp",
	`[{"annotations":[{"timestamp":1,"value":null}]}]`:                "Malformed",
	`[{"tags":[]}]`:                     "Malformed",
	`[{"tags":{"a":null}}]`:             "No value at $[0].tags.a",
	`[{"tags":{"a":true}}]`:             "Malformed",
	`[{"tags":{"a":{}}}]`:               "Malformed",
	`[{"tags":{"a":NaN}}]`:              "Malformed",
	`[{"debug":"true"}]`:                "Malformed",
	`[{"debug":1}]`:                     "Malformed",
	`[{"shared":truex}]`:                "Malformed",
	`[{"x":nul}]`:                       "Malformed",
	`[{"x":{"a"}}]`:                     "Malformed",
	`[{"x":[1,]}]`:                      "Malformed",
	`[{"x":` + nested(254, "[]") + `}]`: "Malformed",
	`[{"x":` + nested(254, "{}") + `}]`: "Malformed",
}

func TestWhatIsRefused(t *testing.T) {
	for body, want := range refused {
		spans, err := DecodeSpans(body)
		if err == nil || err.Error() != want+" reading List<Span> from json" || spans != nil {
			t.Errorf("%.80s: %d spans, error %v; want %s", body, len(spans), err, want)
		}
	}
}

func TestInBatches(t *testing.T) {
	const span = `{"traceId":"1","id":"%","tags":{"a":"b"}}`
	body := "[" + span + strings.Repeat(","+span, 24) + "]"
	body = strings.ReplaceAll(body, "%", "7")
	var d Decoder
	var sizes []int
	err := d.Batches(JSONV2, body, 10, func(spans []zipkin.Span) {
		sizes = append(sizes, len(spans))
		for i := range spans {
			if v, _ := spans[i].Tag("a"); spans[i].ID != 7 || v != "b" {
				t.Errorf("span %d of a batch: %+v", i, spans[i])
			}
		}
	})
	if err != nil || !reflect.DeepEqual(append(sizes, len(d.spans)), []int{10, 10, 5}) {
		t.Errorf("batches %v and %d at the end, %v", sizes, len(d.spans), err)
	}
	if err := d.Batches(JSONV2, body[:len(body)-1]+`,{"tags":{"a":null}}]`, 10, func([]zipkin.Span) {}); err == nil || !strings.HasPrefix(err.Error(), "No value at $[25].tags.a") {
		t.Errorf("error %v, want the place in the list, not in the batch", err)
	}
}

// TestEndpointsThatRepeat has endpoints follow each other that are the same,
// begin alike, or differ in white space alone.
func TestEndpointsThatRepeat(t *testing.T) {
	a, ab := zipkin.Endpoint{ServiceName: "a", Port: 80}, zipkin.Endpoint{ServiceName: "a", Port: 8080, IPv4: "10.0.0.1"}
	texts := []struct {
		text string
		want zipkin.Endpoint
	}{
		{`{"serviceName":"A","port":80}`, a}, {`{"serviceName":"A","port":80}`, a},
		{`{"serviceName":"a","port":8080,"ipv4":"10.0.0.1"}`, ab}, {`{"serviceName":"a","port":8080,"ipv4":"10.0.0.1"}`, ab},
		{`{"serviceName":"A","port":80}`, a}, {` {"serviceName":"A","port":80}`, a}, {`{ "serviceName":"A","port":80}`, a},
		{`{}`, zipkin.Endpoint{}}, {`{"serviceName":"A","port":80}`, a}, {`null`, zipkin.Endpoint{}}, {`{"serviceName":"A","port":80}`, a},
	}
	var list []string
	for i, e := range texts {
		list = append(list, fmt.Sprintf(`{"traceId":"1","id":"%x","remoteEndpoint":%s,"localEndpoint":%s}`, i+1, texts[len(texts)-1-i].text, e.text))
	}
	spans, err := DecodeSpans("[" + strings.Join(list, ",") + "]")
	if err != nil || len(spans) != len(texts) {
		t.Fatal(len(spans), err)
	}
	for i, sp := range spans {
		if sp.Local != texts[i].want || sp.Remote != texts[len(texts)-1-i].want {
			t.Errorf("%s: local %+v, remote %+v", list[i], sp.Local, sp.Remote)
		}
	}
}
