package zipkin

import "fmt"

// linking states the links of these spans, found in the day of their scene.
func linking(name string, want string, spans ...span) scene {
	return scene{name: name, given: []string{list(spans...)}, checks: []check{{send: get("/api/v2/dependencies?$day"), want: want}}}
}

func linksIn(window, want string) check {
	return check{send: get("/api/v2/dependencies?" + window), want: want}
}

// visit is a trace through three services: the web asks the app, which asks a
// database, in vain.
func visit(high uint64) []span {
	return []span{
		{high: high, id: 1, kind: "CLIENT", name: "get", took: 350 * ms, local: "web"},
		{high: high, id: 1, kind: "SERVER", name: "get", at: 50 * ms, took: 250 * ms, local: "app", shared: true},
		{high: high, id: 2, parent: 1, kind: "CLIENT", name: "query", at: 150 * ms, took: 50 * ms, local: "app", remote: "db", notes: []string{"foo"}, tags: []string{"error=lost"}},
	}
}

var visitLinks = links("web app 1", "app db 1 1")

var itDependencies = family{"ITDependencies", []scene{
	linking("getDependencies", visitLinks, visit(7)...),
	linking("getDependencies_linksMixedTraceId", links("web app 1"),
		span{high: 7, id: 1, kind: "SERVER", local: "web", took: 350 * ms},
		span{id: 2, parent: 1, kind: "SERVER", local: "app", at: 100 * ms, took: 250 * ms, shared: true},
		span{high: 7, id: 2, parent: 1, kind: "CLIENT", local: "web", at: 50 * ms, took: 300 * ms}),
	{name: "replayOverwrites", given: []string{list(visit(7)...), list(visit(7)...)}, checks: []check{linksIn("$day", visitLinks)}},
	{name: "empty", checks: []check{linksIn("$day", "[]")}},
	linking("getDependenciesAllInstrumented", links("web app 1", "app db 1"),
		span{id: 0x10, kind: "SERVER", local: "web", ip: "127.0.0.1", took: 350 * ms},
		span{id: 0x20, parent: 0x10, kind: "CLIENT", local: "web", ip: "127.0.0.1", at: 50 * ms, took: 250 * ms},
		span{id: 0x20, parent: 0x10, kind: "SERVER", local: "app", ip: "127.0.0.2", at: 100 * ms, took: 150 * ms, shared: true},
		span{id: 0x30, parent: 0x20, kind: "CLIENT", local: "app", ip: "127.0.0.2", at: 150 * ms, took: 50 * ms},
		span{id: 0x30, parent: 0x20, kind: "SERVER", local: "db", ip: "127.0.0.3", at: 160 * ms, took: 20 * ms, shared: true}),
	linking("dependencies_loopback", links("web web 1"),
		span{id: 1, kind: "SERVER", local: "web"}, span{id: 2, parent: 1, kind: "CLIENT", local: "web", remote: "web", at: 50 * ms}),
	linking("dependencies_headlessTrace", links("app db 1 1"), visit(7)[1:]...),
	{name: "looksBackIndefinitely", given: []string{list(visit(7)...)}, checks: []check{linksIn("$day", visitLinks), linksIn("endTs=$ms+1000&lookback=2000", visitLinks)}},
	{name: "endTsInsideTheTrace", given: []string{list(visit(7)...)}, checks: []check{linksIn("endTs=$ms+100&lookback=200", visitLinks)}},
	{name: "endTimeBeforeData", given: []string{list(visit(7)...)}, checks: []check{linksIn("endTs=$ms-1000&lookback=1000", "[]")}},
	{name: "lookbackAfterData", given: []string{list(visit(7)...)}, checks: []check{linksIn("endTs=$ms+129600000&lookback=86400000", "[]")}},
	linking("notInstrumentedClientAndServer", links("kafka web 1", "web app 1", "app db 1"),
		span{id: 0x20, kind: "SERVER", local: "web", remote: "kafka", took: 350 * ms},
		span{id: 0x21, parent: 0x20, kind: "CLIENT", local: "web", at: 50 * ms, took: 250 * ms},
		span{id: 0x21, parent: 0x20, kind: "SERVER", local: "app", at: 250 * ms, took: 50 * ms, shared: true},
		span{id: 0x22, parent: 0x21, kind: "CLIENT", local: "app", remote: "db", at: 150 * ms, took: 50 * ms}),
	{name: "endTsAndLookbackMustBePositive", checks: []check{
		{send: get("/api/v2/dependencies?endTs=0&lookback=86400000"), status: 400, want: "endTs <= 0"},
		{send: get("/api/v2/dependencies?endTs=$ms&lookback=0"), status: 400, want: "lookback <= 0"},
	}},
	linking("instrumentedClientAndServer", links("web app 1", "app db 1"),
		span{id: 0x10, kind: "CLIENT", local: "web", at: 50 * ms, took: 250 * ms},
		span{id: 0x10, kind: "SERVER", local: "app", at: 100 * ms, took: 150 * ms, shared: true},
		span{id: 0x11, parent: 0x10, kind: "CLIENT", local: "app", remote: "db", at: 150 * ms, took: 50 * ms}),
	linking("instrumentedProducerAndConsumer", links("web kafka 1", "kafka app 1"),
		span{id: 0x10, kind: "PRODUCER", local: "web", remote: "kafka", at: 50 * ms, took: 1},
		span{id: 0x11, parent: 0x10, kind: "CONSUMER", local: "app", remote: "kafka", at: 100 * ms, took: 1}),
	linking("missingIntermediateSpan", links("web app 1"),
		span{id: 0x20, kind: "SERVER", local: "web", took: 350 * ms},
		span{id: 0x22, parent: 0x21, kind: "CLIENT", local: "app", at: 150 * ms, took: 50 * ms}),
	besidesToday(),
	linking("spanKindIsNotRequiredWhenEndpointsArePresent", links("kafka web 1", "web app 1", "app db 1"),
		span{id: 0x20, local: "kafka", remote: "web", took: 350 * ms}, span{id: 0x21, parent: 0x20, local: "web", remote: "app", at: 50 * ms}, span{id: 0x22, parent: 0x21, local: "app", remote: "db", at: 150 * ms}),
	linking("unnamedEndpointsAreSkipped", links("web app 1", "app db 1"),
		span{id: 0x20, ip: "172.17.0.4", remote: "web", took: 350 * ms}, span{id: 0x21, parent: 0x20, local: "web", remote: "app", at: 50 * ms}, span{id: 0x22, parent: 0x21, local: "app", remote: "db", at: 150 * ms}),
	linking("intermediateSpans", links("web app 1", "app db 1"),
		span{id: 0x20, kind: "SERVER", local: "web", took: 350 * ms},
		span{id: 0x21, parent: 0x20, name: "call", local: "web", at: 25 * ms},
		span{id: 0x22, parent: 0x21, kind: "CLIENT", local: "web", at: 50 * ms},
		span{id: 0x22, parent: 0x21, kind: "SERVER", local: "app", at: 100 * ms, shared: true},
		span{id: 0x23, parent: 0x22, name: "depth4", local: "app", at: 110 * ms},
		span{id: 0x24, parent: 0x23, name: "depth5", local: "app", at: 125 * ms},
		span{id: 0x25, parent: 0x24, kind: "CLIENT", local: "app", remote: "db", at: 150 * ms}),
	{name: "duplicateAddress", checks: []check{
		{
			name: "spans of the first format",
			send: postV1(`[{"traceId":"$t0001","id":"20","timestamp":$us,"duration":350000,` + events(event("0", "sr", web), event("350000", "ss", web)) + "," + binaryNotes(binaryNote("ca", "true", web), binaryNote("sa", "true", web)) + `},` +
				`{"traceId":"$t0001","parentId":"21","id":"22","timestamp":$us+50000,"duration":250000,` + events(event("50000", "cs", web), event("300000", "cr", web)) + "," + binaryNotes(binaryNote("ca", "true", app), binaryNote("sa", "true", app)) + `}]`),
			keeps: "$t0001",
		},
		linksIn("$day", links("web app 1")),
	}},
	linking("oneway", links("web app 1"),
		span{id: 0x10, kind: "CLIENT", local: "web", at: 50 * ms}, span{id: 0x10, kind: "SERVER", local: "app", at: 100 * ms, shared: true}),
	linking("annotationNamedErrorIsntError", links("web app 1"),
		span{id: 0x10, kind: "CLIENT", local: "web", at: 50 * ms}, span{id: 0x10, kind: "SERVER", local: "app", at: 100 * ms, shared: true, notes: []string{"error"}}),
	linking("oneway_noClient", links("kafka app 1"),
		span{id: 0x10, kind: "SERVER", local: "app", remote: "kafka"}, span{id: 0x11, parent: 0x10, name: "process", local: "app", at: 25 * ms}),
}}

func besidesToday() scene {
	const hour = 3600 * second
	before := visit(0)
	for i := range before {
		before[i].trace, before[i].at = 2, before[i].at-2*hour
	}
	return scene{
		name:  "canSearchForIntervalsBesidesToday",
		given: []string{list(before...), list(visit(0)...)},
		checks: []check{
			linksIn("endTs=$ms+350&lookback=350", visitLinks),
			linksIn("endTs=$ms-3600000&lookback=7200000", visitLinks),
			linksIn("$day", links("web app 2", "app db 2 2")),
		},
	}
}

var itDependenciesHeavy = family{"ITDependenciesHeavy", func() []scene {
	var spans []span
	var each []string
	for i := 256; i > 0; i-- {
		web, app, db := fmt.Sprint("web-", i), fmt.Sprint("app-", i), fmt.Sprint("db-", i)
		spans = append(spans, span{trace: i, id: 0x10, kind: "CLIENT", local: web}, span{trace: i, id: 0x10, kind: "SERVER", local: app, at: 100, shared: true}, span{trace: i, id: 0x11, parent: 0x10, kind: "CLIENT", local: app, remote: db, at: 150})
		each = append(each, web+" "+app+" 1", app+" "+db+" 1")
	}
	return []scene{linking("manyLinks", links(each...), spans...)}
}()}
