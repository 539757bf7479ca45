package zipkin

// keyed are spans with tags that can be listed, and one that cannot.
func keyed(trace int, values ...string) string {
	var spans []span
	for i, v := range values {
		spans = append(spans, span{trace: trace, id: i + 1, tags: []string{"environment=" + v, "other=" + v}})
	}
	return list(spans...)
}

// autocomplete is for servers with AUTOCOMPLETE_KEYS=http.host,environment,clnt/finagle.version.
var autocomplete = family{"autocomplete", []scene{
	{
		name: "none yet",
		checks: []check{
			{send: get("/api/v2/autocompleteKeys"), want: `["clnt/finagle.version","environment","http.host"]`},
			{send: get("/zipkin/api/v2/autocompleteKeys"), want: `["clnt/finagle.version","environment","http.host"]`},
			{send: get("/api/v2/autocompleteValues?key=environment"), want: "[]"},
			{send: get("/api/v2/autocompleteValues?key=other"), want: "[]"},
			ask("/api/v2/autocompleteValues"),
			ask("/api/v2/autocompleteValues?key="),
			ask("/api/v2/autocompleteValues?key=+"),
		},
	},
	{
		name:   "three",
		given:  []string{keyed(1, "prod", "Dev", "prod"), keyed(2, "test", "Dev")},
		checks: []check{values("environment", `["Dev","prod","test"]`), values("other", "[]"), values("Environment", "[]"), values("environment+", "[]")},
	},
	{
		name:   "four",
		given:  []string{keyed(1, "")},
		checks: []check{values("environment", `["","Dev","prod","test"]`), ask("/zipkin/api/v2/autocompleteValues?key=environment"), ask("/api/v2/autocompleteValues?key=environment&key=other"), ask("/api/v2/autocompleteValues?key=http.host")},
	},
	{
		name:   "odd ones",
		given:  []string{`[{"traceId":"$t0001","id":"1","tags":{"clnt/finagle.version":"6.45 é😀\"\u0001"}},{"traceId":"$t0001","id":"2","tags":{"clnt/finagle.version":"￮"}},{"traceId":"$t0001","id":"3","tags":{"clnt/finagle.version":12}}]`},
		checks: []check{ask("/api/v2/autocompleteValues?key=clnt/finagle.version"), ask("/api/v2/autocompleteValues?key=clnt%2Ffinagle.version")},
	},
}}

func values(key, want string) check {
	return check{send: get("/api/v2/autocompleteValues?key=" + key), want: want, settles: true}
}

// lenient is for servers with STRICT_TRACE_ID=false: the high half of a trace
// id does not count.
var lenient = family{"lenient ids", []scene{
	{
		name: "one trace of three ids",
		given: []string{list(
			span{id: 1, high: 1, kind: "CLIENT", local: "web", at: 5, tags: []string{"a=1"}}, span{id: 2, parent: 1, kind: "SERVER", local: "app", at: 10, tags: []string{"b=1"}}, span{id: 3, parent: 2, high: 2, kind: "CLIENT", local: "app", remote: "db", at: 2000},
		), list(span{trace: 2, id: 1, local: "web", at: second}), list(span{trace: 3, high: 1, id: 1, local: "web", at: 2 * second})},
		checks: []check{
			trace("$t0001"), trace("0000000000000001$t0001"), trace("0000000000000002$t0001"), trace("0000000000000009$t0001"), trace("1$t0001"),
			trace("$t0003"), trace("$t0009"), trace("0000000000000001$t0009"), trace("zzz"),
			search("$day"), search("$day&limit=1"), search("$day&limit=2"), search("$day&annotationQuery=a+and+b"), search("$day&serviceName=app$n&annotationQuery=b"), search("$day&serviceName=web$n"),
			ask("/api/v2/traceMany?traceIds=$t0001,$t0002"),
			ask("/api/v2/traceMany?traceIds=$t0002,0000000000000009$t0001"),
			ask("/api/v2/traceMany?traceIds=$t0001,$t0009"),
			ask("/api/v2/traceMany?traceIds=$t0008,$t0009"),
			ask("/api/v2/traceMany?traceIds=$t0001,0000000000000001$t0001"),
			ask("/api/v2/traceMany?traceIds=0000000000000001$t0001,0000000000000002$t0001"),
			ask("/api/v2/traceMany?traceIds=0000000000000001$t0001,$t0002,0000000000000002$t0001"),
			ask("/api/v2/traceMany?traceIds=$t0001"),
			ask("/api/v2/dependencies?$day"),
		},
	},
	{
		name:  "equal but for the high half",
		given: []string{list(span{id: 1, local: "a"}, span{id: 1, high: 1, local: "a"}, span{id: 1, high: 2, local: "a"}, span{id: 1, local: "a"})},
		checks: []check{
			trace("$t0001"), search("$day"), search("$day&limit=1"),
		},
	},
}}

// allowed is for servers that allow http://foo.example.com alone.
var allowed = family{"allowed origins", []scene{
	{name: "the one", checks: crossOrigin("http://foo.example.com")},
	{name: "no preflight", checks: crashed(noPreflight("http://foo.example.com"))},
	{name: "the one in upper case", checks: crossOrigin("HTTP://FOO.example.com")},
	{name: "another", checks: crossOrigin("http://bar.example.com")},
	{name: "the one with a port", checks: crossOrigin("http://foo.example.com:80")},
	{name: "a part of the one", checks: crossOrigin("http://foo.example")},
	{name: "null", checks: crossOrigin("null")},
	{name: "none", checks: []check{ask("/api/v2/autocompleteKeys"), ask("/nosuch")}},
}}

// anHour is for servers with QUERY_LOOKBACK=3600000.
var anHour = family{"an hour back", []scene{{
	name:  "by default",
	given: []string{list(span{trace: 1, id: 1, kind: "CLIENT", local: "old", remote: "db", at: -3601 * second}, span{trace: 2, id: 1, kind: "CLIENT", local: "new", remote: "db", at: -3599 * second})},
	checks: []check{
		{send: get("/api/v2/traces?endTs=$ms"), want: traces(list(span{trace: 2, id: 1, kind: "CLIENT", local: "new", remote: "db", at: -3599 * second}))},
		search("endTs=$ms&lookback="),
		search("endTs=$ms&lookback=86400000"),
		ask("/api/v2/dependencies?endTs=$ms"),
		ask("/api/v2/dependencies?endTs=$ms&lookback=86400000"),
	},
}}}

// noSearch is for servers with SEARCH_ENABLED=false.
var noSearch = family{"no search", []scene{{
	name:  "one trace",
	given: []string{list(span{id: 1, kind: "CLIENT", name: "get", local: "web", remote: "db", took: 5, tags: []string{"environment=prod"}}, span{trace: 2, id: 1})},
	checks: []check{
		{send: get("/api/v2/services"), want: "[]"},
		{send: get("/api/v2/spans?serviceName=web$n"), want: "[]"},
		{send: get("/api/v2/remoteServices?serviceName=web$n"), want: "[]"},
		{send: get("/api/v2/traces?$day"), want: "[]"},
		{send: get("/api/v2/traces?$day&serviceName=web$n"), want: "[]"},
		{send: get("/api/v2/autocompleteValues?key=environment"), want: "[]"},
		{send: get("/api/v2/autocompleteKeys"), want: `["environment"]`},
		ask("/api/v2/spans"),
		ask("/api/v2/remoteServices"),
		ask("/api/v2/autocompleteValues"),
		ask("/api/v2/autocompleteValues?key="),
		search("limit=0"),
		search("limit=x"),
		search("endTs=0"),
		search("maxDuration=1"),
		trace("$t0001"),
		trace("$t0009"),
		trace("zzz"),
		ask("/api/v2/traceMany?traceIds=$t0001,$t0002"),
		ask("/api/v2/traceMany?traceIds=$t0001"),
		ask("/api/v2/dependencies?$day"),
		ask("/api/v2/dependencies"),
		ask("/zipkin/config.json"),
		ask("/zipkin/api/v2/services"),
		ask("/health"),
	},
}}}

// noQuery is for servers with QUERY_ENABLED=false.
var noQuery = family{"no query", []scene{
	asked("each path", everywhere(ask)...),
	asked("each path for the UI", everywhere(func(target string) check { return ask("/zipkin" + target) })...),
	asked("HEAD", everywhere(func(target string) check { return method("HEAD", target) })...),
	asked("pages",
		ask("/"), ask("/zipkin"), ask("/zipkin/"), ask("/zipkin/index.html"), ask("/zipkin/config.json"), ask("/zipkin/traces/f00f"), ask("/zipkin/dependency"), ask("/favicon.ico"), ask("/zipkin/favicon.ico"), ask("/index.html"),
		method("POST", "/zipkin/api/v2/spans"), ask("/health"), method("TRACE", "/"),
	),
	asked("what is left",
		check{name: "spans", send: post("[" + good + "]")},
		check{name: "bad spans", send: post("{}")},
		check{name: "v1", send: postV1("[" + good + "]")},
		method("GET", "/api/v2/spans"),
		method("PUT", "/api/v2/spans"),
		check{name: "spans of an origin", send: fromOrigin("http://a", post("[]"))},
		check{name: "a preflight", send: preflight("/api/v2/spans", "POST", "http://a")},
	),
}}

// noCollector is for servers with COLLECTOR_HTTP_ENABLED=false.
var noCollector = family{"no collector", []scene{
	asked("writing",
		check{name: "spans", send: post("[" + good + "]")},
		check{name: "an empty list", send: post("[]")},
		check{name: "bad spans", send: post("{}")},
		check{name: "protobuf", send: protobufRequest(protobufSpan(1))},
		check{name: "v1", send: postV1("[" + good + "]")},
		check{name: "too large", send: encoded("gzip", "[]")},
		check{name: "spans of an origin", send: fromOrigin("http://a", post("[]"))},
		check{name: "a preflight", send: preflight("/api/v2/spans", "POST", "http://a")},
		check{name: "for the UI", send: post("[]").on("POST", "/zipkin/api/v2/spans")},
		check{name: "by gRPC", send: report(protobufSpan(2)), keeps: protobufTrace(2)},
	),
	asked("reading", everywhere(ask)...),
	asked("the rest", ask("/health"), ask("/zipkin/config.json")),
}}
