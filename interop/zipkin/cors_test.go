package zipkin

func fromOrigin(origin string, r request) request { return r.with("Origin: " + origin) }

func preflight(target, method, origin string) request {
	return get(target).on("OPTIONS", target).with("Origin: "+origin, "Access-Control-Request-Method: "+method)
}

// crossOrigin is what a script of another origin is told.
func crossOrigin(origin string) []check {
	return []check{
		{name: "names", send: fromOrigin(origin, get("/api/v2/services"))},
		{name: "a trace", send: fromOrigin(origin, get("/api/v2/trace/f00f"))},
		{name: "for the UI", send: fromOrigin(origin, get("/zipkin/api/v2/autocompleteKeys"))},
		{name: "a bad request", send: fromOrigin(origin, get("/api/v2/traces?limit=0"))},
		{name: "a path that is none", send: fromOrigin(origin, get("/api/v2/nosuch"))},
		{name: "another path that is none", send: fromOrigin(origin, get("/nosuch"))},
		{name: "spans", send: fromOrigin(origin, post("[]"))},
		{name: "bad spans", send: fromOrigin(origin, post("{}"))},
		{name: "health", send: fromOrigin(origin, get("/health"))},
		{name: "TRACE", send: fromOrigin(origin, method("TRACE", "/api/v2/services").send)},
		{name: "PUT", send: fromOrigin(origin, method("PUT", "/api/v2/spans").send)},
		{name: "a preflight of GET", send: preflight("/api/v2/traces", "GET", origin)},
		{name: "a preflight of POST", send: preflight("/api/v2/spans", "POST", origin)},
		{name: "a preflight of DELETE", send: preflight("/api/v2/spans", "DELETE", origin)},
		{name: "a preflight with headers", send: preflight("/api/v2/spans", "POST", origin).with("Access-Control-Request-Headers: content-type, x-other")},
		{name: "a preflight of a path that is none", send: preflight("/api/v2/nosuch", "GET", origin)},
		{name: "a preflight for the UI", send: preflight("/zipkin/api/v2/services", "GET", origin)},
		{name: "a preflight of health", send: preflight("/health", "GET", origin)},
		{name: "a preflight with an empty method", send: preflight("/api/v2/spans", "", origin)},
		{name: "a GET that asks for a method", send: fromOrigin(origin, get("/api/v2/autocompleteKeys")).with("Access-Control-Request-Method: GET")},
	}
}

// noPreflight are requests for options that are no preflight.
func noPreflight(origin string) []check {
	return []check{
		{name: "without a method", send: fromOrigin(origin, method("OPTIONS", "/api/v2/spans").send)},
		{name: "without an origin", send: method("OPTIONS", "/api/v2/spans").send.with("Access-Control-Request-Method: GET")},
	}
}

// crashed makes checks of those that a Zipkin with an allowed origin answers
// with 500, and ours as any path that is none.
func crashed(checks []check) []check {
	for i := range checks {
		checks[i].status = 500
		checks[i].differs = &difference{"options", func(e exchange) reply { return e.ask(e.asked.on("GET", "/nosuch")) }}
	}
	return checks
}

var cors = family{"cors", []scene{
	{name: "no preflight", checks: noPreflight("http://foo.example.com")},
	{name: "an origin", checks: crossOrigin("http://foo.example.com")},
	{name: "null", checks: crossOrigin("null")},
	{name: "no origin", checks: crossOrigin("")},
}}
