package zipkin

const healthy = `{
  "status" : "UP",
  "zipkin" : {
    "status" : "UP",
    "details" : {
      "InMemoryStorage{}" : {
        "status" : "UP"
      }
    }
  }
}`

// headed is the check that states headers too.
func (c check) headed(headers ...string) check {
	c.headers = headers
	return c
}

// headed states headers of the answer, each "Name: value"; without a value it
// is absent.
func headed(r request, headers ...string) check { return check{send: r, headers: headers} }

// itServer is for servers that nobody has reported to.
var itServer = family{"ITZipkinServer", func() []scene {
	client := span{id: 1, kind: "CLIENT", name: "get", took: 10, local: "web", remote: "app"}
	now := `{"traceId":"$t0001","id":"0000000000000001","timestamp":` + recent(-1) + `}`
	nonASCII := "%E4%B8%AA%E4%BA%BA%E4%BF%A1%E6%81%AF%E6%9C%8D%E5%8A%A1"
	var disallowed []check
	for _, path := range []string{"/", "/api/v2/traces", "/whatever/and/not"} {
		disallowed = append(disallowed, check{send: method("TRACE", path).send, status: 405, want: "405 Method Not Allowed"})
	}
	return []scene{
		{name: "tracesQueryRequiresNoParameters", given: []string{"[" + now + "]"}, checks: []check{{send: get("/api/v2/traces"), want: "[[" + now + "]]"}}},
		{name: "v2WiresUp", checks: []check{{send: get("/api/v2/services"), want: "[]"}}},
		{name: "doesntSetCacheControlOnNameEndpointsWhenLessThan4Services", given: []string{list(client)}, checks: []check{
			cached("/api/v2/services", ""), cached("/api/v2/spans?serviceName=web", ""), cached("/api/v2/remoteServices?serviceName=web", ""),
		}},
		{name: "remoteServiceNameReturnsCorrectJsonForEscapedWhitespaceInName", given: []string{`[{"traceId":"$t0001","id":"1","localEndpoint":{"serviceName":"foo\tbar$n"}}]`}, checks: []check{
			ownServices().are(`"foo\tbar$n"`),
		}},
		{name: "setsCacheControlOnNameEndpointsWhenMoreThan3Services",
			given: []string{list(span{id: 1, name: "whopper", local: "foo", remote: "foo1"}, span{id: 2, name: "whopper", local: "bar", remote: "bar1"}, span{id: 3, name: "whopper", local: "baz", remote: "baz1"}, span{id: 4, name: "whopper", local: "quz", remote: "quz1"})},
			checks: []check{
				cached("/api/v2/services", mayKeep), cached("/api/v2/spans?serviceName=web", mayKeep), cached("/api/v2/remoteServices?serviceName=web", mayKeep),
				ownServices().are(`"bar$n","baz$n","foo$n","quz$n"`),
			}},
		{name: "getTrace", given: []string{list(client)}, checks: []check{read("$t0001", client)}},
		{name: "getTrace_notFound", checks: []check{missing("$t0001", "$t0001")}},
		{name: "getTrace_malformed", given: []string{list(client)}, checks: []check{{send: get("/api/v2/trace/0e8b46e1-81b"), status: 400, want: "0e8b46e1-81b should be lower-hex encoded with no prefix"}}},
		{name: "getTrace_spaceAfterTraceId", given: []string{list(client)}, checks: []check{read("$t0001%20", client)}},
		{name: "getTraces", given: []string{list(client)}, checks: []check{readMany("abcd,$t0001", list(client))}},
		{name: "getTraces_emptyNotOk", given: []string{list(client)}, checks: []check{{send: get("/api/v2/traceMany?traceIds="), status: 400, want: "traceIds parameter is empty"}}},
		{name: "getTraces_singleNotOk", given: []string{list(client)}, checks: []check{{send: get("/api/v2/traceMany?traceIds=$t0001"), status: 400, want: "Use /api/v2/trace/{traceId} endpoint to retrieve a single trace"}}},
		{name: "getTraces_malformed", given: []string{list(client)}, checks: []check{{send: get("/api/v2/traceMany?traceIds=abcd,0e8b46e1-81b"), status: 400, want: "0e8b46e1-81b should be lower-hex encoded with no prefix"}}},
		{name: "spanNameQueryWorksWithNonAsciiServiceName", checks: []check{spanNames(nonASCII, "[]")}},
		{name: "remoteServiceNameQueryWorksWithNonAsciiServiceName", checks: []check{remoteNames(nonASCII, "[]")}},
		{name: "shouldAllowAnyOriginByDefault", checks: []check{
			headed(fromOrigin("http://foo.example.com", get("/api/v2/traces?endTs=1")), "Access-Control-Allow-Origin: *", "Vary: ", "Access-Control-Allow-Credentials: "),
		}},
		{name: "forwardsApiForUi", given: []string{list(client)}, checks: []check{{send: get("/zipkin/api/v2/traces?$day"), want: traces(list(client))}}},
		{name: "redirectedHeaderUsesOriginalHostAndPort", checks: []check{
			ourPage("/", 200, "").headed("Location: /zipkin/"),
			ourPage("/zipkin", 302, "/").headed("Location: /zipkin/"),
		}},
		{name: "infoEndpointIsAvailable", checks: []check{{send: get("/info"), want: `{"zipkin":{"version":"3.6.1","commit":"b2b0c98"}}` + "\n", headers: []string{"Content-Type: application/json; charset=utf-8"}, loose: whoseVersion, differs: info}}},
		{name: "traceMethodDisallowed", checks: disallowed},
	}
}()}

var itHealth = family{"ITZipkinHealth", []scene{
	{name: "healthIsOK", checks: []check{
		{send: get("/health"), want: healthy, headers: []string{"Content-Type: application/json; charset=utf-8"}},
		{name: "health is not counted", send: get("/prometheus"), loose: lines(`uri="[^"]*health`)},
	}},
	{name: "readsHealth", checks: []check{{send: get("/health"), loose: lines(`"status"`), want: "        \"status\" : \"UP\"\n    \"status\" : \"UP\",\n  \"status\" : \"UP\",\n"}}},
}}

const configuration = `{
  "environment" : "",
  "queryLimit" : 10,
  "defaultLookback" : 900000,
  "searchEnabled" : true,
  "logsUrl" : null,
  "supportUrl" : null,
  "archivePostUrl" : null,
  "archiveUrl" : null,
  "dependency" : {
    "enabled" : true,
    "lowErrorRate" : 0.5,
    "highErrorRate" : 0.75
  }
}`

var itUI = family{"ITZipkinUiConfiguration", func() []scene {
	again := get("/zipkin/config.json")
	again.again = true
	return []scene{
		{name: "configJson", checks: []check{{send: get("/zipkin/config.json"), want: configuration}}},
		{name: "setsMaxAgeOnUiResources", checks: []check{
			headed(get("/zipkin/config.json"), "Cache-Control: max-age=600"),
			ourPage("/zipkin/index.html", 404, "").headed("Cache-Control: max-age=60"),
		}},
		{name: "redirectsIndex", checks: []check{ourPage("/", 200, "").headed("Location: /zipkin/"), ourPage("/zipkin", 302, "/").headed("Location: /zipkin/")}},
		{name: "conditionalRequests", checks: []check{
			{name: "with the tag", send: again, status: 304, headers: []string{"Etag: present"}, differs: bare304},
			{name: "with another", send: get("/zipkin/config.json").with("If-None-Match: aargh"), want: configuration},
		}},
	}
}()}
