package zipkin

func trace(id string) check { return ask("/api/v2/trace/" + id) }

// reading is what a trace is when its spans came in several ways.
var reading = family{"trace", []scene{
	{
		name: "in the order of arrival, by milliseconds",
		given: []string{
			list(span{id: 3, at: 3000}), list(span{id: 1}), list(span{id: 4, at: 3999}), list(span{id: 2, at: 1}), list(span{id: 5, at: 3500}),
			list(span{id: 6, undated: true}), list(span{id: 7, at: 999}), list(span{id: 8, undated: true}),
		},
		checks: []check{trace("$t0001"), search("$day"), ask("/api/v2/traceMany?traceIds=$t0001,$t0002")},
	},
	{
		name:   "in the order of one list",
		given:  []string{list(span{id: 3, at: 3000}, span{id: 1}, span{id: 4, at: 3999}, span{id: 2, at: 1}, span{id: 5, at: 3500}, span{id: 6, undated: true})},
		checks: []check{trace("$t0001")},
	},
	{
		name: "equal spans are one",
		given: []string{
			list(span{id: 1, name: "a", took: 5, local: "x"}, span{id: 1, name: "a", took: 5, local: "x"}, span{id: 2}),
			list(span{id: 1, name: "a", took: 5, local: "x"}, span{id: 3}),
			list(span{id: 1, name: "A", took: 5, local: "X"}, span{id: 4}),
		},
		checks: []check{trace("$t0001")},
	},
	{
		name: "what makes a span another",
		given: []string{list(
			span{id: 1}, span{id: 1, parent: 2}, span{id: 1, kind: "SERVER"}, span{id: 1, name: "a"}, span{id: 1, at: 1}, span{id: 1, took: 1}, span{id: 1, local: "a"}, span{id: 1, remote: "a"},
			span{id: 1, ip: "1.2.3.4"}, span{id: 1, notes: []string{"a"}}, span{id: 1, tags: []string{"a="}}, span{id: 1, tags: []string{"a=b"}}, span{id: 1, debug: true}, span{id: 1, shared: true},
			span{id: 1, high: 1}, span{id: 1, undated: true}, span{id: 1},
		)},
		checks: []check{trace("$t0001"), trace("0000000000000001$t0001")},
	},
	{
		name:   "false is absent",
		given:  []string{`[{"traceId":"$t0001","id":"1"},{"traceId":"$t0001","id":"1","debug":false,"shared":false},{"traceId":"$t0001","id":"1","name":"","tags":{},"annotations":[],"localEndpoint":{}}]`},
		checks: []check{trace("$t0001")},
	},
	{
		name:   "the order of tags and annotations makes no other span",
		given:  []string{`[{"traceId":"$t0001","id":"1","tags":{"a":"1","b":"2"},"annotations":[{"timestamp":1,"value":"a"},{"timestamp":2,"value":"b"}]},{"traceId":"$t0001","id":"1","annotations":[{"timestamp":2,"value":"b"},{"timestamp":1,"value":"a"}],"tags":{"b":"2","a":"1"}}]`},
		checks: []check{trace("$t0001")},
	},
	{
		name:  "halves of a shared span",
		given: []string{list(span{id: 1, kind: "CLIENT", local: "web", took: 10}, span{id: 1, kind: "SERVER", local: "app", at: 2, took: 5, shared: true})},
		checks: []check{
			trace("$t0001"), search("$day"), search("$day&serviceName=app$n"),
			search("endTs=$ms&lookback=1"),
		},
	},
	{
		name:   "parts of a span",
		given:  []string{list(span{id: 1, local: "web"}), list(span{id: 1, local: "web", took: 10}), list(span{id: 1, local: "web", undated: true, tags: []string{"late=1"}})},
		checks: []check{trace("$t0001"), search("$day&annotationQuery=late"), search("$day&minDuration=10")},
	},
	{
		name:  "ids that share the low half",
		given: []string{list(span{id: 1, high: 1}, span{id: 2, high: 2}, span{id: 3}), list(span{id: 4, high: 1, at: -5})},
		checks: []check{
			trace("$t0001"), trace("0000000000000001$t0001"), trace("0000000000000002$t0001"), trace("0000000000000003$t0001"),
			search("$day"), search("$day&limit=1"),
		},
	},
	{
		name:   "clocks that are wrong are left alone",
		given:  []string{list(span{id: 1, kind: "CLIENT", local: "web", ip: "1.1.1.1", took: 100}, span{id: 2, parent: 1, kind: "SERVER", local: "app", ip: "2.2.2.2", at: -5000, took: 50})},
		checks: []check{trace("$t0001"), search("$day")},
	},
	{
		name:   "the far ends of time",
		given:  []string{`[{"traceId":"$t0001","id":"1","timestamp":1},{"traceId":"$t0001","id":"2","timestamp":9223372036854775807,"duration":9223372036854775807},{"traceId":"$t0001","id":"3","timestamp":999},{"traceId":"$t0001","id":"4","timestamp":1000}]`},
		checks: []check{trace("$t0001"), search("endTs=1&lookback=1"), search("endTs=9223372036854775&lookback=1"), search("endTs=9223372036854775807&lookback=1000")},
	},
}}
