package zipkin

// namesOfServices are services, and the names below them.
var namesOfServices = family{"names", []scene{
	{
		name: "of spans",
		given: []string{list(
			span{id: 1, name: "b", local: "web"}, span{id: 2, name: "a", local: "web", remote: "db"}, span{id: 3, name: "b", local: "web", remote: "auth"}, span{id: 4, local: "web", remote: "db"},
			span{id: 5, name: "z", local: "db", remote: "web"}, span{id: 6, name: "nobody's", remote: "lost"}, span{trace: 2, id: 1, name: "Ü", local: "Wéb", remote: "Ünï", undated: true},
		), `[{"traceId":"$t0003","id":"1","name":"\ud83d\ude00","localEndpoint":{"serviceName":"sort$n"}},{"traceId":"$t0003","id":"2","name":"\uffee","localEndpoint":{"serviceName":"sort$n"}},` +
			`{"traceId":"$t0003","id":"3","name":"a\tb","localEndpoint":{"serviceName":"sort$n"}},{"traceId":"$t0003","id":"4","name":"_","localEndpoint":{"serviceName":"sort$n"}},{"traceId":"$t0003","id":"5","name":"A","localEndpoint":{"serviceName":"sort$n"}},` +
			`{"traceId":"$t0003","id":"6","name":"\u2028 \u0001\u001f\u007f\"\\/\b\f\n\r","remoteEndpoint":{"serviceName":"\ud83d\ude00$n"},"localEndpoint":{"serviceName":"sort$n"}}]`},
		checks: []check{
			ask("/api/v2/spans?serviceName=web$n"),
			ask("/api/v2/spans?serviceName=WEB$n"),
			ask("/api/v2/spans?serviceName=db$n"),
			ask("/api/v2/spans?serviceName=lost$n"),
			ask("/api/v2/spans?serviceName=auth$n"),
			ask("/api/v2/spans?serviceName=w%C3%A9b$n"),
			ask("/api/v2/spans?serviceName=W%C3%89B$n"),
			ask("/api/v2/spans?serviceName=sort$n"),
			ask("/api/v2/remoteServices?serviceName=sort$n"),
			ask("/api/v2/remoteServices?serviceName=web$n"),
			ask("/api/v2/remoteServices?serviceName=db$n"),
			ask("/api/v2/remoteServices?serviceName=auth$n"),
			ask("/api/v2/remoteServices?serviceName=w%C3%A9b$n"),
			ask("/api/v2/services"),
			ask("/zipkin/api/v2/services"),
			ask("/zipkin/api/v2/spans?serviceName=web$n"),
			ask("/zipkin/api/v2/remoteServices?serviceName=web$n"),
		},
	},
}}

// fewServices is for servers that nobody has reported to: the fourth service
// is what makes lists of names worth keeping, and /services is what counts them.
var fewServices = family{"few services", []scene{
	{
		name: "none",
		checks: []check{
			{send: get("/api/v2/services"), want: "[]"},
			{send: get("/api/v2/spans?serviceName=a"), want: "[]"},
			{send: get("/api/v2/remoteServices?serviceName=a"), want: "[]"},
			{send: get("/api/v2/traces"), want: "[]"},
			{send: get("/api/v2/dependencies?endTs=$ms"), want: "[]"},
		},
	},
	{
		name:   "three",
		given:  []string{list(span{id: 1, name: "n", local: "a", remote: "r"}, span{id: 2, local: "b"}, span{id: 3, local: "c"})},
		checks: []check{ask("/api/v2/services"), ask("/api/v2/spans?serviceName=a$n"), ask("/api/v2/remoteServices?serviceName=a$n")},
	},
	{
		name:  "four",
		given: []string{list(span{id: 1, name: "n", local: "d", remote: "r"})},
		checks: []check{
			{name: "spans, not counted yet", send: get("/api/v2/spans?serviceName=d$n")},
			{name: "remote services, not counted yet", send: get("/api/v2/remoteServices?serviceName=d$n")},
			ask("/api/v2/services"),
			{name: "spans, counted", send: get("/api/v2/spans?serviceName=d$n")},
			{name: "remote services, counted", send: get("/api/v2/remoteServices?serviceName=d$n")},
			{name: "of nobody, counted", send: get("/api/v2/spans?serviceName=nobody")},
			{name: "a bad request, counted", send: get("/api/v2/spans")},
		},
	},
}}
