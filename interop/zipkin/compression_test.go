package zipkin

import "strings"

// long are spans whose trace takes more than 2048 bytes.
var long = list(span{id: 1, name: strings.Repeat("n", 3000)})

func accepting(encoding string) request {
	return get("/api/v2/trace/$t0001").with("Accept-Encoding: " + encoding)
}

// compression is of answers. Those that are short are left as they are.
var compression = family{"compression", []scene{
	{
		name:  "a long answer",
		given: []string{long},
		checks: []check{
			{name: "nothing accepted", send: get("/api/v2/trace/$t0001")},
			{name: "gzip", send: accepting("gzip")},
			{name: "GZIP", send: accepting("GZIP"), differs: gzipInstead},
			{name: "x-gzip", send: accepting("x-gzip")},
			{name: "identity", send: accepting("identity")},
			{name: "empty", send: accepting("")},
			{name: "anything", send: accepting("*"), differs: plainInstead},
			{name: "gzip, refused", send: accepting("gzip;q=0")},
			{name: "gzip, refused in full", send: accepting("gzip; q=0.000")},
			{name: "gzip, liked little", send: accepting("gzip;q=0.1")},
			{name: "gzip and identity", send: accepting("gzip, identity")},
			{name: "identity rather than gzip", send: accepting("gzip;q=0.1, identity;q=0.9")},
			{name: "deflate", send: accepting("deflate"), differs: plainInstead},
			{name: "br", send: accepting("br"), differs: plainInstead},
			{name: "gzip and deflate", send: accepting("gzip, deflate")},
			{name: "as curl", send: accepting("deflate, gzip"), differs: gzipInstead},
			{name: "as a browser", send: accepting("gzip, deflate, br")},
			{name: "two headers", send: get("/api/v2/trace/$t0001").with("Accept-Encoding: identity", "Accept-Encoding: gzip"), differs: gzipInstead},
			{name: "with an origin", send: accepting("gzip").with("Origin: http://a")},
			{name: "HTTP/1.0", send: func() request { r := accepting("gzip"); r.proto = "HTTP/1.0"; return r }()},
			{name: "a search", send: get("/api/v2/traces?$day").with("Accept-Encoding: gzip")},
			{name: "several", send: get("/api/v2/traceMany?traceIds=$t0001,$t0002").with("Accept-Encoding: gzip")},
			{name: "for the UI", send: get("/zipkin/api/v2/trace/$t0001").with("Accept-Encoding: gzip")},
		},
	},
	{
		name:   "around 2048 bytes",
		given:  []string{list(span{id: 1, name: strings.Repeat("n", 2048-75)}, span{trace: 2, id: 1, name: strings.Repeat("n", 2047-93)}, span{trace: 3, id: 1, name: strings.Repeat("n", 2048-93)}, span{trace: 4, id: 1, name: strings.Repeat("n", 2049-93)})},
		checks: []check{{name: "2066", send: accepting("gzip")}, {name: "2047", send: get("/api/v2/trace/$t0002").with("Accept-Encoding: gzip")}, {name: "2048", send: get("/api/v2/trace/$t0003").with("Accept-Encoding: gzip")}, {name: "2049", send: get("/api/v2/trace/$t0004").with("Accept-Encoding: gzip")}},
	},
	{
		name:  "a long error",
		given: nil,
		checks: []check{
			{name: "of 3000 bytes", send: get("/api/v2/trace/" + strings.Repeat("g", 30)).with("Accept-Encoding: gzip")},
			{name: "not a number", send: get("/api/v2/traces?limit=" + strings.Repeat("a", 3000)).with("Accept-Encoding: gzip")},
		},
	},
}}

// gzipInstead and plainInstead say which of Zipkin's answers is ours.
var (
	gzipInstead  = &difference{"only-gzip", func(e exchange) reply { return e.ask(e.asked.with("Accept-Encoding: gzip")) }}
	plainInstead = &difference{"only-gzip", func(e exchange) reply { return e.ask(e.asked.with("Accept-Encoding: identity")) }}
)
