package codec

import (
	"reflect"
	"testing"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/store"
)

func TestOutputIsByteExact(t *testing.T) {
	for want, sp := range map[string]zipkin.Span{
		`{"traceId":"0000000000000001","id":"000000000000000a"}`: {TraceID: zipkin.TraceID{Low: 1}, ID: 10},
		`{"traceId":"463ac35c9f6413ad48485a3953bb6124","parentId":"0000000000000003","id":"0000000000000000","kind":"CONSUMER","name":"get /a?b=<c>&d","timestamp":1,"duration":2,` +
			`"localEndpoint":{"serviceName":"a","ipv4":"1.2.3.4","ipv6":"::1","port":80},"remoteEndpoint":{"port":1},` +
			`"annotations":[{"timestamp":-1,"value":""},{"timestamp":0,"value":"x"}],"tags":{"":"","é\u2028":"\u2029\u0000\u001f` + "\x7f" + `\t\b\n\r\f\"\\/"},"debug":true,"shared":true}`: {
			TraceID: zipkin.TraceID{High: 0x463ac35c9f6413ad, Low: 0x48485a3953bb6124}, ParentID: 3, Kind: zipkin.Consumer,
			Name: "get /a?b=<c>&d", Timestamp: 1, Duration: 2,
			Local:       zipkin.Endpoint{ServiceName: "a", IPv4: "1.2.3.4", IPv6: "::1", Port: 80},
			Remote:      zipkin.Endpoint{Port: 1},
			Annotations: []zipkin.Annotation{{Timestamp: -1}, {Value: "x"}},
			Tags:        []zipkin.Tag{{}, {Key: "é\u2028", Value: "\u2029\x00\x1f\x7f\t\b\n\r\f\"\\/"}},
			Debug:       true, Shared: true,
		},
		`{"traceId":"0000000000000001","id":"0000000000000001","localEndpoint":{"ipv6":"::2"}}`: {
			TraceID: zipkin.TraceID{Low: 1}, ID: 1, Local: zipkin.Endpoint{IPv6: "::2"},
		},
	} {
		if got := string(AppendSpans(nil, []zipkin.Span{sp})); got != "["+want+"]" {
			t.Errorf("\n got %s\nwant [%s]", got, want)
		}
	}
	if got := string(AppendSpans([]byte("x"), nil)); got != "x[]" {
		t.Errorf("no spans: %s", got)
	}
}

func TestOtherLists(t *testing.T) {
	for want, got := range map[string][]byte{
		`[]`: AppendNames(nil, nil),
		`["a\"b\\","foo\tbar","` + "\u2028" + `","x\uD83D\uDE00y\u001F"]`: AppendNames(nil, []string{`a"b\`, "foo\tbar", "\u2028", "x😀y\x1f"}),
		`[[],[{"traceId":"0000000000000001","id":"0000000000000002"}]]`:   AppendTraces(nil, [][]zipkin.Span{{}, {{TraceID: zipkin.TraceID{Low: 1}, ID: 2}}}),
		`[{"parent":"a","child":"b","callCount":3},{"parent":"a","child":"a","callCount":2,"errorCount":1}]`: AppendLinks(nil, []zipkin.Link{
			{Parent: "a", Child: "b", CallCount: 3}, {Parent: "a", Child: "a", CallCount: 2, ErrorCount: 1}}),
	} {
		if string(got) != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// FuzzDecodeSpans checks that no body makes the decoder panic, and that what
// it accepts comes back the same from what we write.
func FuzzDecodeSpans(f *testing.F) {
	for body := range refused {
		f.Add(body)
	}
	f.Add(`[{"traceId":"463ac35c9f6413ad48485a3953bb6124","parentId":"3","id":"00","kind":"SERVER","name":"İ\ud83d\ude00\ud800\/","timestamp":"1e3","duration":7.0,` +
		`"localEndpoint":{"serviceName":"A","ipv4":"::ffff:1.2.3.4","ipv6":"2001:DB8::","port":"80"},"annotations":[{"value":"b","timestamp":-1},{"timestamp":0,"value":""}],` +
		`"tags":{"z":"1","a":2.50,"z":"\u2028"},"debug":TRUE,"shared":true,"x":[{"y":null}]}] rest`)
	f.Add("[{\"traceId\":1,\"id\":2,\"name\":\"\xff\xed\xa0\x80\x00\"}]")
	f.Fuzz(func(t *testing.T, body string) {
		spans, err := DecodeSpans(body)
		if err != nil {
			return
		}
		text := AppendSpans(nil, spans)
		again, err := DecodeSpans(string(text))
		if err != nil || len(spans)+len(again) > 0 && !reflect.DeepEqual(again, spans) {
			t.Fatalf("%q\nwritten as %q\nread as %+v, %v\nwant %+v", body, text, again, err, spans)
		}
		st := store.New(store.Config{})
		st.Add(spans)
		for _, sp := range spans {
			if _, ok := st.Trace(sp.TraceID); !ok {
				t.Fatalf("stored, but not found: %+v", sp)
			}
		}
	})
}

// FuzzDecodeTraces checks the reader of other servers' answers.
func FuzzDecodeTraces(f *testing.F) {
	for _, s := range []string{`[]`, `[[]]`, `[[{"traceId":"1","id":"2"}],[]]`, `[{}]`, `[[{}]]`, `[[`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		traces, err := DecodeTraces(body)
		if err != nil {
			return
		}
		again, err := DecodeTraces(string(AppendTraces(nil, traces)))
		if err != nil || !reflect.DeepEqual(again, traces) {
			t.Fatalf("%q: read again as %+v, %v; want %+v", body, again, err, traces)
		}
	})
}
