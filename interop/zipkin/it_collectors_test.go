package zipkin

import "fmt"

var itGRPC = family{"ITZipkinGrpcCollector", []scene{
	{name: "report_trace", checks: []check{
		{name: "a trace", send: report(protobufSpan(0x6e01, bytesField(5, "get")) + protobufSpan(0x6e01, bytesField(5, "put"))), headers: []string{"Content-Type: application/grpc+proto", "Grpc-Status: 0"}, keeps: protobufTrace(0x6e01)},
		{send: get("/api/v2/trace/" + protobufTrace(0x6e01)), want: fmt.Sprintf(`[{"traceId":"%[1]s","id":"0000000000000001","name":"get"},{"traceId":"%[1]s","id":"0000000000000001","name":"put"}]`, protobufTrace(0x6e01))},
	}},
	{name: "report_emptyIsOk", checks: []check{{name: "nothing", send: report(""), want: frame(0, "")}}},
}}

// itExtension is for servers that nobody has reported to.
var itExtension = family{"ZipkinExtensionTest", func() []scene {
	plain := span{id: 1, name: "foo", local: "web"}
	lacking := plain
	lacking.undated = true
	timed := plain
	timed.took = 5
	twoTraces := list(span{trace: 1, id: 1, name: "a"}, span{trace: 2, id: 1, name: "b"})
	return []scene{
		{name: "getTraces_storedViaPost", checks: []check{
			{name: "v1", send: postV1(`[{"traceId":"$t0001","id":"1","name":"get","timestamp":$us,"duration":9,` + events(event("0", "cs", app), event("9", "cr", app)) + "," + binaryNotes(binaryNote("sa", "true", db)) + `}]`), keeps: "$t0001"},
			{send: get("/api/v2/trace/$t0001"), want: `[{"traceId":"$t0001","id":"0000000000000001","kind":"CLIENT","name":"get","timestamp":$us,"duration":9,"localEndpoint":{"serviceName":"app$n","ipv4":"2.2.2.2"},"remoteEndpoint":{"serviceName":"db$n","ipv6":"2001:db8::1"}}]`},
		}},
		{name: "getTraces_storedViaPostVersion2_json", checks: []check{
			{name: "JSON", send: post(twoTraces), keeps: "$t0001 $t0002"},
			find("", list(span{trace: 2, id: 1, name: "b"}), list(span{trace: 1, id: 1, name: "a"})),
		}},
		{name: "getTraces_storedViaPostVersion2_proto3", checks: []check{
			{name: "protobuf", send: protobufRequest(protobufSpan(0x6e02, bytesField(5, "get")) + protobufSpan(0x6e03, bytesField(5, "put"))), keeps: protobufTrace(0x6e02) + " " + protobufTrace(0x6e03)},
			{send: get("/api/v2/traceMany?traceIds=" + protobufTrace(0x6e02) + "," + protobufTrace(0x6e03)), want: fmt.Sprintf(`[[{"traceId":"%s","id":"0000000000000001","name":"get"}],[{"traceId":"%s","id":"0000000000000001","name":"put"}]]`, protobufTrace(0x6e02), protobufTrace(0x6e03))},
		}},
		{name: "getTraces_whenMissingTimestamps", checks: []check{
			{name: "v1", send: postV1(`[{"traceId":"$t0001","id":"1","name":"foo","annotations":[],` + binaryNotes(binaryNote("lc", `""`, `,"endpoint":{"serviceName":"web$n"}`)) + `}]`), keeps: "$t0001"},
			read("$t0001", lacking),
		}},
		{name: "storeSpans_readbackRaw", given: []string{list(plain), list(timed)}, checks: []check{read("$t0001", plain, timed)}},
		{name: "collectorMetrics_spans", checks: []check{
			{name: "before", send: get("/metrics"), loose: lines(`"counter.zipkin_collector.spans.http"`), differs: metricsVary},
			{name: "one", send: postV1(`[{"traceId":"$t0001","id":"1","timestamp":$us}]`), keeps: "$t0001"},
			{name: "two", send: postV1(`[{"traceId":"$t0001","id":"2","timestamp":$us},{"traceId":"$t0001","id":"3","timestamp":$us}]`), keeps: "$t0001"},
			{name: "after", send: get("/metrics"), loose: lines(`"counter.zipkin_collector.spans.http"`), differs: metricsVary},
		}},
		{name: "gzippedSpans", checks: []check{
			{name: "packed v1", send: postV1(`[{"traceId":"$t0001","id":"1","annotations":[]}]`).with("Content-Encoding: gzip").packed(packed), keeps: "$t0001"},
			figure("gauge.zipkin_collector.message_bytes.http", fmt.Sprintf("%d.0", len(`[{"traceId":"000000f000020001","id":"1","annotations":[]}]`))),
		}},
	}
}()}
