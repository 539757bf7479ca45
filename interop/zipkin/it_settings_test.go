package zipkin

import "slices"

// itAutocompleteTags and itServerAutocomplete are for servers with
// AUTOCOMPLETE_KEYS=http.host,environment,clnt/finagle.version.
var itAutocompleteTags = family{"ITAutocompleteTags", []scene{
	{
		name:   "ignores_when_key_not_in_autocompleteTags",
		given:  []string{list(span{id: 1, tags: []string{"http.method=GET"}})},
		checks: []check{{send: get("/api/v2/autocompleteKeys"), want: `["clnt/finagle.version","environment","http.host"]`}, values("http.method", "[]")},
	},
	{
		name: "getTagsAndValues",
		given: []string{
			list(span{trace: 1, id: 1, tags: []string{"http.host=host1", "http.method=GET"}}),
			list(span{trace: 2, id: 1, tags: []string{"http.host=host1", "http.method=GET"}}),
		},
		checks: []check{{send: get("/api/v2/autocompleteKeys"), want: `["clnt/finagle.version","environment","http.host"]`}, values("http.host", `["host1"]`)},
	},
}}

const mayKeep = "max-age=300, must-revalidate"

// cached states whether names may be kept.
func cached(target, control string) check { return headed(get(target), "Cache-Control: "+control) }

var itServerAutocomplete = family{"ITZipkinServerAutocomplete", []scene{
	{name: "setsCacheControlOnAutocompleteKeysEndpoint", checks: []check{cached("/api/v2/autocompleteKeys", mayKeep)}},
	{name: "setsCacheControlOnAutocompleteEndpointWhenMoreThan3Values", checks: []check{
		cached("/api/v2/autocompleteValues?key=environment", ""),
		cached("/api/v2/autocompleteValues?key=clnt/finagle.version", ""),
		stores(span{id: 1, tags: []string{"clnt/finagle.version=6.45.0"}}, span{id: 2, tags: []string{"clnt/finagle.version=6.45.1"}}, span{id: 3, tags: []string{"clnt/finagle.version=6.45.2"}}, span{id: 4, tags: []string{"clnt/finagle.version=6.45.3"}}),
		values("clnt/finagle.version", `["6.45.0","6.45.1","6.45.2","6.45.3"]`),
		cached("/api/v2/autocompleteValues?key=environment", ""),
		cached("/api/v2/autocompleteValues?key=clnt/finagle.version", mayKeep),
	}},
}}

// itStrictTraceIDFalse is for servers with STRICT_TRACE_ID=false.
var itStrictTraceIDFalse = family{"ITStrictTraceIdFalse", func() []scene {
	whole := visit(7)
	slices.Reverse(whole)
	mixed := visit(7)
	mixed[1].high, mixed[2].high = 0, 0 // the server dropped the first half
	slices.Reverse(mixed)
	found := func(spans []span) []check {
		return []check{
			find("", list(spans...)),
			find("serviceName=app$n&annotationQuery=foo", list(spans...)),
			find("serviceName=app$n&annotationQuery=error", list(spans...)),
			find("serviceName=web$n", list(spans...)),
		}
	}
	fetched := func(spans []span) []check {
		return []check{read("0000000000000007$t0001", spans...), read("$t0001", spans...)}
	}
	pair := func(trace int) []span {
		return []span{{trace: trace, high: 7, id: 1, name: "get"}, {trace: trace, id: 0xa, name: "get", at: 1 * ms}}
	}
	one, three := list(pair(1)...), list(pair(3)...)
	return []scene{
		{name: "getTraces_128BitTraceId", given: []string{list(whole...)}, checks: found(whole)},
		{name: "getTraces_128BitTraceId_mixed", given: []string{list(mixed...)}, checks: found(mixed)},
		{name: "getTrace_retrievesBy64Or128BitTraceId", given: []string{list(whole...)}, checks: fetched(whole)},
		{name: "getTrace_retrievesBy64Or128BitTraceId_mixed", given: []string{list(mixed...)}, checks: fetched(mixed)},
		{
			name:  "getTraces_retrievesBy64Or128BitTraceId",
			given: []string{list(slices.Concat(pair(1), pair(2), pair(3))...)},
			checks: []check{
				readMany("0000000000000007$t0001,$t0003", one, three),
				readMany("$t0001,$t0003", one, three),
				readMany("0000000000000007$t0001,0000000000000007$t0003", one, three),
				readMany("0000000000000007$t0001,$t0001,0000000000000007$t0003,$t0003", one, three),
			},
		},
	}
}()}

// itServerCORS is for servers that allow http://foo.example.com alone.
var itServerCORS = family{"ITZipkinServerCORS", []scene{
	{name: "shouldAllowConfiguredOrigin_preflight", checks: []check{
		{send: preflight("/api/v2/traces", "GET", "http://foo.example.com").with("Access-Control-Request-Headers: content-type"), headers: []string{"Vary: origin", "Access-Control-Allow-Origin: http://foo.example.com", "Access-Control-Allow-Methods: GET,POST", "Access-Control-Allow-Credentials: "}},
		{send: preflight("/api/v2/spans", "POST", "http://foo.example.com").with("Access-Control-Request-Headers: content-type"), headers: []string{"Vary: origin", "Access-Control-Allow-Origin: http://foo.example.com", "Access-Control-Allow-Methods: GET,POST", "Access-Control-Allow-Credentials: "}},
	}},
	{name: "shouldAllowConfiguredOrigin", checks: []check{
		{send: fromOrigin("http://foo.example.com", get("/api/v2/traces")), headers: []string{"Vary: origin", "Access-Control-Allow-Origin: http://foo.example.com", "Access-Control-Allow-Credentials: "}},
		{send: fromOrigin("http://foo.example.com", post("[]")), headers: []string{"Vary: origin", "Access-Control-Allow-Origin: http://foo.example.com", "Access-Control-Allow-Credentials: "}},
	}},
	{name: "shouldDisallowOrigin", checks: []check{
		{send: fromOrigin("http://bar.example.com", get("/api/v2/traces")), headers: []string{"Vary: ", "Access-Control-Allow-Origin: ", "Access-Control-Allow-Headers: ", "Access-Control-Allow-Credentials: "}},
		{send: fromOrigin("http://bar.example.com", post("[]")), headers: []string{"Vary: ", "Access-Control-Allow-Origin: ", "Access-Control-Allow-Headers: ", "Access-Control-Allow-Credentials: "}},
	}},
}}

// itSearchEnabledFalse is for servers with SEARCH_ENABLED=false.
var itSearchEnabledFalse = family{"ITSearchEnabledFalse", func() []scene {
	given := []string{list(span{id: 1, kind: "CLIENT", name: "get", took: 10, local: "web", remote: "app", tags: []string{"a=b"}})}
	return []scene{
		{name: "getTraces_indexDataReturnsNothing", given: given, checks: []check{find(""), find("serviceName=web$n"), find("spanName=get"), find("annotationQuery=a%3Db"), find("minDuration=10")}},
		{name: "getServiceNames_isEmpty", given: given, checks: []check{{send: get("/api/v2/services"), want: "[]"}}},
		{name: "getRemoteServiceNames_isEmpty", given: given, checks: []check{remoteNames("web$n", "[]")}},
		{name: "getSpanNames_isEmpty", given: given, checks: []check{spanNames("web$n", "[]")}},
	}
}()}

// itQueryDisabled is for servers with QUERY_ENABLED=false.
var itQueryDisabled = family{"ITZipkinServerQueryDisabled", []scene{{name: "queryRelatedEndpoints404", checks: []check{
	{send: get("/api/v2/traces"), status: 404, want: "404 Not Found"},
	{send: get("/index.html"), status: 404, want: "404 Not Found"},
	{send: get("/health"), want: healthy},
}}}}

// itCollectorDisabled is for servers with COLLECTOR_HTTP_ENABLED=false.
var itCollectorDisabled = family{"ITZipkinServerHttpCollectorDisabled", []scene{
	{name: "httpCollectorEndpointReturns404", checks: []check{{send: post("[]"), status: 404, want: "404 Not Found"}}},
	{name: "getOnSpansEndpointReturnsOK", checks: []check{spanNames("unknown", "[]")}},
}}
