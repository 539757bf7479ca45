package zipkin

import "strings"

// ask checks the answers to a GET.
func ask(target string) check { return check{send: get(target)} }

// asked is a scene of questions about nothing that is stored.
func asked(name string, checks ...check) scene { return scene{name: name, checks: checks} }

func method(method, target string) check {
	return check{send: get(target).on(method, target)}
}

// readPaths are those that answer a GET.
var readPaths = []string{"/api/v2/services", "/api/v2/spans?serviceName=nobody", "/api/v2/remoteServices?serviceName=nobody", "/api/v2/autocompleteKeys", "/api/v2/autocompleteValues?key=a",
	"/api/v2/traces?endTs=1&lookback=1", "/api/v2/trace/f00f", "/api/v2/traceMany?traceIds=f00e,f00f", "/api/v2/dependencies?endTs=1&lookback=1"}

// everywhere makes a check of each path that answers a GET.
func everywhere(of func(target string) check) (checks []check) {
	for _, target := range readPaths {
		checks = append(checks, of(target))
	}
	return checks
}

var routing = family{"routing", []scene{
	asked("each path", everywhere(ask)...),
	asked("each path for the UI", everywhere(func(target string) check { return ask("/zipkin" + target) })...),
	asked("POST where nothing is posted", everywhere(func(target string) check { return method("POST", target) })...),
	asked("POST for the UI", everywhere(func(target string) check { return method("POST", "/zipkin"+target) })...),
	asked("DELETE", everywhere(func(target string) check { return method("DELETE", target) })...),
	asked("OPTIONS", everywhere(func(target string) check { return method("OPTIONS", target) })...),
	asked("TRACE", everywhere(func(target string) check { return method("TRACE", target) })...),
	asked("HEAD", everywhere(func(target string) check {
		c := method("HEAD", target)
		c.differs = head
		return c
	})...),
	asked("other methods",
		method("PUT", "/api/v2/spans"),
		method("PATCH", "/api/v2/spans"),
		method("DELETE", "/api/v2/spans"),
		method("OPTIONS", "/api/v2/spans"),
		check{send: get("/api/v2/spans").on("HEAD", "/api/v2/spans"), differs: head},
		method("TRACE", "/api/v2/spans"),
		method("TRACE", "/"),
		method("TRACE", "/whatever/and/not"),
		method("POST", "/zipkin/api/v2/spans"),
		method("PUT", "/zipkin/api/v2/spans"),
		method("POST", "/zipkin/api/v1/spans"),
		method("POST", "/api/v2/trace/f00f"),
		method("POST", "/api/v3/spans"),
		method("GET", "/api/v1/spans"),
		method("PUT", "/api/v1/spans"),
		method("HEAD", "/nosuch"),
		method("POST", "/nosuch"),
		rejected(get("/api/v2/services").on("get", "/api/v2/services"), 405, "Status: 405\nDescription: Unsupported method\n").as(get("/nosuch")),
		rejected(get("/api/v2/services").on("FOO", "/api/v2/services"), 405, "Status: 405\nDescription: Unsupported method\n").as(get("/nosuch")),
	),
	asked("paths that are none",
		ask("/nosuch"),
		ask("/api"),
		ask("/api/"),
		ask("/api/v2"),
		ask("/api/v2/"),
		ask("/api/v2/nosuch"),
		ask("/api/v2/services/"),
		ask("/api/v2/services/a"),
		ask("/api/v2/spans/"),
		ask("/api/v2/traces/"),
		ask("/api/v2/trace"),
		ask("/api/v2/trace/"),
		ask("/api/v2/trace/f00f/"),
		ask("/api/v2/trace/f00f/b"),
		ask("/api/v2/trace/f00f%2Fb"),
		ask("/api/v2/traceMany/"),
		ask("/api/v2/dependencies/"),
		ask("/API/v2/services"),
		ask("/api/V2/services"),
		ask("/api/v2/Services"),
		ask("/api/v1/services"),
		ask("/api/v1/traces"),
		ask("/api/v1/trace/f00f"),
		ask("/api/v1/dependencies?endTs=1"),
		ask("/zipkin/api"),
		ask("/zipkin/api/v2"),
		ask("/zipkin/api/v2/"),
		ask("/zipkin/api/v2/nosuch"),
		ask("/zipkin/api/v2/services/"),
		ask("/zipkin/zipkin/api/v2/services"),
		ask("/zipkin/health"),
		ask("/zipkin/info"),
		ask("/zipkin/metrics"),
		ask("/zipkin/prometheus"),
		ask("/config.json"),
		ask("/index.html"),
		ask("/health/"),
		ask("/info/"),
		ask("/.git/config"),
		ask("/api/v2/services.json"),
	),
	asked("odd paths",
		ask("//api/v2/services"),
		ask("/api//v2/services"),
		ask("/api/v2//services"),
		ask("/api/v2/services//"),
		ask("/api/v2/./services"),
		rejected(get("/api/v2/../v2/services"), 400, invalidPath).as(get("/nosuch")),
		rejected(get("/api/v2/services/.."), 400, invalidPath).as(get("/nosuch")),
		ask("/api/v2/services;x"),
		ask("/api/v2/services;x=y"),
		ask("/api/v2;x/services"),
		ask("/api/v2/service%73"),
		ask("/api%2Fv2/services"),
		rejected(get("/api/v2/services%00"), 400, invalidPath).as(get("/nosuch")),
		ask("/api/v2/services%20"),
		rejected(get("/api/v2/services%zz"), 400, invalidPath).says("400 Bad Request"),
		rejected(get("/api/v2/services%"), 400, invalidPath).says("400 Bad Request"),
		ask("/api/v2/services?"),
		ask("/api/v2/services??"),
		ask("/api/v2/services?%"),
		ask("/api/v2/services?a=%zz"),
		ask("/api/v2/services?a;b&c"),
		ask("/api/v2/services#a"),
		rejected(get("/api/v2/trace/é"), 400, "Ã© should be lower-hex encoded with no prefix").as(get("/api/v2/trace/%C3%A9")),
		ask("/api/v2/trace/%C3%A9"),
		ask("/zipkin//api/v2/services"),
		ask("//zipkin/api/v2/services"),
		rejected(get("http://example.com/api/v2/autocompleteKeys"), 400, invalidPath).as(get("/api/v2/autocompleteKeys")),
		ask("/api/v2/services?"+strings.Repeat("a", 3000)),
		rejected(get("/api/v2/autocompleteKeys?"+strings.Repeat("a", 8000)), 414, "Status: 414\nDescription: Too Long URI\n").as(get("/api/v2/autocompleteKeys")),
		rejected(get("/api/v2/"+strings.Repeat("a", 8000)), 414, "Status: 414\nDescription: Too Long URI\n").as(get("/nosuch")),
		rejected(get("/api/v2/autocompleteKeys").with("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"), 101, "").as(get("/api/v2/autocompleteKeys")),
		check{name: "HTTP/1.0", send: func() request { r := get("/api/v2/autocompleteKeys"); r.proto = "HTTP/1.0"; return r }()},
		check{name: "a GET with a body", send: func() request { r := get("/api/v2/autocompleteKeys"); r.body = "[]"; return r }()},
		check{name: "Accept is ignored", send: get("/api/v2/autocompleteKeys").with("Accept: image/png")},
		check{name: "many headers", send: get("/api/v2/autocompleteKeys").with("X-A: " + strings.Repeat("a", 4000))},
		check{name: "headers of 7 KiB", send: get("/api/v2/autocompleteKeys").with("X-A: " + strings.Repeat("a", 7000))},
		rejected(get("/api/v2/autocompleteKeys").with("X-A: "+strings.Repeat("a", 9000)), 431, "Status: 431\nDescription: Request header fields too large\n").as(get("/api/v2/autocompleteKeys")),
		check{name: "another host", send: get("/api/v2/autocompleteKeys").with("X-Forwarded-Host: zipkin.example.com")},
	),
}}

const invalidPath = "Status: 400\nDescription: Invalid request path\n"

// rejected is what Zipkin's server refuses before Zipkin sees it.
func rejected(r request, status int, text string) check {
	return check{send: r, status: status, want: text}
}

// as states that ours answers like Zipkin to another request.
func (c check) as(other request) check {
	c.differs = &difference{"http", func(e exchange) reply { return e.ask(other) }}
	return c
}

// says states the text that Go's server refuses it with.
func (c check) says(text string) check {
	c.differs = &difference{"http", func(e exchange) reply {
		r := e.zipkin
		r.body, r.header = text, r.header.Clone()
		r.header.Del("Content-Length")
		return r
	}}
	return c
}
