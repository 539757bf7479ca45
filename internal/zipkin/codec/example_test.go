package codec_test

import (
	"fmt"

	"example.com/tracelab/internal/zipkin/codec"
)

// What a reporter of the model v1 sends is written as Zipkin writes it: in v2.
func ExampleFormat_Decode() {
	spans, err := codec.JSONV1.Decode(`[{"traceId":"1","id":"2","name":"GET","timestamp":1000,"duration":250,"annotations":[
		{"timestamp":1000,"value":"sr","endpoint":{"serviceName":"web"}},
		{"timestamp":1250,"value":"ss","endpoint":{"serviceName":"web"}}]}]`)
	fmt.Println(string(codec.AppendSpans(nil, spans)), err)
	// Output: [{"traceId":"0000000000000001","id":"0000000000000002","kind":"SERVER","name":"get","timestamp":1000,"duration":250,"localEndpoint":{"serviceName":"web"}}] <nil>
}

// An error is one of Zipkin's own sentences.
func ExampleDecodeSpans_refused() {
	_, err := codec.DecodeSpans(`[{"traceId":"1"}]`)
	fmt.Println(err)
	// Output: Missing : id reading List<Span> from json
}
