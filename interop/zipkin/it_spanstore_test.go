package zipkin

import (
	"fmt"
	"slices"
	"strings"
)

var itSpanStore = family{"ITSpanStore", func() []scene {
	client := span{id: 2, parent: 1, kind: "CLIENT", name: "get", took: 200_000, local: "web", remote: "app", tags: []string{"http.method=GET", "http.path=/api"}}
	// half is a span of other names, whose trace id is the low half of the client's.
	half := span{id: 9, name: "bar", took: 1, local: "foo", remote: "bar"}
	long := client
	long.high = 7
	return []scene{
		{name: "allShouldWorkWhenEmpty", checks: nothingFound},
		{name: "allShouldWorkWhenNoIndexableDataYet", given: []string{list(span{id: 1, undated: true})}, checks: nothingFound},
		{
			name:   "getTraces_groupsTracesTogether",
			given:  []string{list(span{trace: 1, id: 1, at: 1 * ms}, span{trace: 2, id: 1, at: 1 * ms}, span{trace: 1, id: 2, at: 2 * ms}, span{trace: 2, id: 2, at: 2 * ms})},
			checks: []check{find("", list(span{trace: 2, id: 1, at: 1 * ms}, span{trace: 2, id: 2, at: 2 * ms}), list(span{trace: 1, id: 1, at: 1 * ms}, span{trace: 1, id: 2, at: 2 * ms}))},
		},
		consideredBits(),
		mostRecent(),
		{name: "getTraces_serviceNames", given: []string{list(client)}, checks: byService(client)},
		{name: "getTraces_serviceNames_mixedTraceIdLength", given: []string{list(half), list(long)}, checks: byService(long)},
		{name: "getTraces_spanName", given: []string{list(client)}, checks: bySpanName(client)},
		{name: "getTraces_spanName_mixedTraceIdLength", given: []string{list(half), list(long)}, checks: bySpanName(long)},
		{name: "getTraces_tags", given: []string{list(client)}, checks: []check{
			find("annotationQuery=foo%3Dbar"),
			find("annotationQuery=http.method%3DGET+and+http.path%3D%2Fapi", list(client)),
		}},
		{name: "getTraces_minDuration", given: []string{list(client)}, checks: []check{find("minDuration=200001"), find("minDuration=200000", list(client))}},
		lateDuration(client),
		{name: "getTraces_maxDuration", given: []string{list(client)}, checks: []check{
			find("minDuration=199998&maxDuration=199999"),
			find("minDuration=200000&maxDuration=200000", list(client)),
		}},
		minimalError(),
		largeValue(),
		problematic(),
		durations(),
		absent(client),
		debugAndShared(client),
		annotated(client),
		severalAnnotations(),
		{
			name:   "getTraces_limit",
			given:  []string{list(span{trace: 1, id: 1, at: 1 * ms, local: "web"}, span{trace: 2, id: 1, at: 2 * ms, local: "web"})},
			checks: []check{{send: get("/api/v2/traces?$day&serviceName=web$n&limit=1"), want: traces(list(span{trace: 2, id: 1, at: 2 * ms, local: "web"}))}},
		},
		byOwnService(),
		lookedBack(),
		{name: "names_goLowercase", given: []string{list(client)}, checks: []check{
			find("serviceName=WEB$n&remoteServiceName=APP$n", list(client)),
			find("serviceName=web$n&remoteServiceName=APP$n", list(client)),
			find("serviceName=web$n&spanName=GET", list(client)),
		}},
		{
			name:   "getTraces_endTsInsideTheTrace",
			given:  []string{list(span{id: 1, took: 350 * ms, local: "web"}, span{id: 2, parent: 1, at: 50 * ms, local: "web"}, span{id: 3, parent: 1, at: 300 * ms, local: "app"})},
			checks: []check{findIn("endTs=$ms+100&lookback=200", list(span{id: 1, took: 350 * ms, local: "web"}, span{id: 2, parent: 1, at: 50 * ms, local: "web"}, span{id: 3, parent: 1, at: 300 * ms, local: "app"}))},
		},
	}
}()}

var nothingFound = []check{
	find("serviceName=service$n"),
	find("serviceName=service$n&remoteServiceName=remotey"),
	find("serviceName=service$n&remoteServiceName=remotey&spanName=methodcall"),
	find("serviceName=service$n&annotationQuery=custom"),
	find("serviceName=service$n&annotationQuery=BAH%3DBEH"),
}

func consideredBits() scene {
	of := func(high uint64, value string) span {
		return span{high: high, id: 1, local: "web", tags: []string{"foo=" + value}}
	}
	return scene{
		name:  "getTraces_considersBitsAbove64bit",
		given: []string{list(of(0, "1"), of(7, "2"), of(8, "3"))},
		checks: []check{
			find("serviceName=web$n&annotationQuery=foo%3D1", list(of(0, "1"))),
			find("serviceName=web$n&annotationQuery=foo%3D2", list(of(7, "2"))),
			find("serviceName=web$n&annotationQuery=foo%3D3", list(of(8, "3"))),
		},
	}
}

func mostRecent() scene {
	var early, late []span
	for i := 1; i <= 10; i++ {
		early = append(early, span{trace: i, id: i, name: "early", at: -i * ms, took: 1, local: fmt.Sprint("service", i)})
		late = append(late, span{trace: 10 + i, id: 10 + i, name: "late", at: (100 - i) * ms, took: 1, local: fmt.Sprint("service", i)})
	}
	alone := func(spans []span) (each []string) {
		for _, s := range spans {
			each = append(each, list(s))
		}
		return each
	}
	return scene{
		name:  "getTraces_filteringMatchesMostRecentTraces",
		given: []string{list(early...), list(late...)},
		checks: []check{
			find("", slices.Concat(alone(late), alone(early))...),
			{send: get("/api/v2/traces?$day&limit=10"), want: traces(alone(late)...)},
			findIn("endTs=$ms+100&lookback=100", alone(late)...),
			findIn("endTs=$ms", alone(early)...),
		},
	}
}

func byService(s span) []check {
	return []check{
		find("serviceName=web$n1"),
		find("serviceName=web$n", list(s)),
		find("serviceName=web$n&remoteServiceName=app$n1"),
		find("serviceName=web$n&remoteServiceName=app$n", list(s)),
	}
}

func bySpanName(s span) []check {
	return []check{
		find("spanName=get1"),
		find("serviceName=web$n&spanName=get1"),
		find("spanName=get", list(s)),
		find("serviceName=web$n&spanName=get", list(s)),
	}
}

func lateDuration(client span) scene {
	lacking, late := client, span{id: client.id, took: client.took, local: client.local}
	lacking.took = 0
	return scene{
		name:   "getTraces_lateDuration",
		given:  []string{list(lacking), list(late)},
		checks: []check{find("minDuration=200001"), find("minDuration=200000", list(lacking, late))},
	}
}

func minimalError() scene {
	failed := span{id: 1, kind: "CLIENT", local: "isao01", tags: []string{"error="}}
	return scene{
		name:  "readback_minimalErrorSpan",
		given: []string{list(failed)},
		checks: []check{
			find("serviceName=isao01$n", list(failed)),
			find("serviceName=isao01$n&annotationQuery=error", list(failed)),
			find("serviceName=isao01$n&annotationQuery=error%3D1"),
			read("$t0001", failed),
		},
	}
}

func largeValue() scene {
	big := span{id: 1, name: "big", tags: []string{"a=" + strings.Repeat("a", 1025)}}
	return scene{name: "readsBackLargeValues", given: []string{list(big)}, checks: []check{find("", list(big)), read("$t0001", big)}}
}

func problematic() scene {
	dotted := span{id: 1, name: "get", local: "web", tags: []string{"http.path=/api"}}
	odd := span{id: 1, name: `{"foo":"bar"}`, local: "web", tags: []string{"http.path.morepath=/api/api"}}
	return scene{
		name:  "spanWithProblematicData",
		given: []string{list(dotted), list(odd)},
		checks: []check{
			find("serviceName=web$n&spanName=%7B%22foo%22%3A%22bar%22%7D", list(dotted, odd)),
			read("$t0001", dotted, odd),
		},
	}
}

// durations are three traces, whose spans of one service take other times than
// those of another.
func durations() scene {
	trio := func(trace, at int, first, last span) []span {
		first.trace, first.id, first.name, first.at, first.took = trace, 1, "targz", at+100, 200*ms
		last.trace, last.id, last.parent, last.name, last.at, last.took = trace, 3, 1, "gz", at+250, 50*ms
		middle := span{trace: trace, id: 2, parent: 1, name: "tar", at: at + 200, took: 150 * ms, local: "backend", remote: "backend", tags: []string{"lc=archiver"}}
		return []span{first, middle, last}
	}
	one := trio(1, -3*ms, span{local: "frontend", remote: "db"}, span{local: "db", remote: "frontend"})
	two := trio(2, -3*ms+10, span{local: "db", remote: "frontend"}, span{local: "frontend", remote: "backend"})
	three := []span{{trace: 3, id: 3, name: "zip", at: -3*ms + 130, took: 50 * ms, local: "backend", remote: "backend", notes: []string{"zip"}}}
	return scene{
		name:  "getTraces_duration",
		given: []string{list(one...), list(two...), list(three...)},
		checks: []check{
			find("serviceName=frontend$n&minDuration=200000", list(one...)),
			find("serviceName=db$n&minDuration=200000", list(two...)),
			find("serviceName=backend$n&minDuration=50000&maxDuration=150000", list(three...), list(two...), list(one...)),
			find("serviceName=frontend$n&remoteServiceName=backend$n&minDuration=50000&maxDuration=50000", list(two...)),
			find("serviceName=backend$n&spanName=zip&minDuration=50000&maxDuration=50000", list(three...)),
			find("serviceName=backend$n&minDuration=50000&maxDuration=50000", list(three...)),
		},
	}
}

func absent(client span) scene {
	lacking := client
	lacking.undated, lacking.took = true, 0
	return scene{name: "getTraces_absentWhenNoTimestamp", given: []string{list(lacking)}, checks: []check{
		find("serviceName=web$n"),
		find("serviceName=web$n&remoteServiceName=app$n"),
		find("serviceName=web$n&spanName=get"),
		stores(client),
		find("serviceName=web$n", list(lacking, client)),
		find("serviceName=web$n&remoteServiceName=app$n", list(lacking, client)),
		find("serviceName=web$n&spanName=get", list(lacking, client)),
	}}
}

func debugAndShared(client span) scene {
	debugged, shared := client, client
	debugged.debug, shared.kind, shared.shared = true, "SERVER", true
	return scene{name: "getTraces_differentiatesDebugFromShared", given: []string{list(debugged, shared)}, checks: []check{find("", list(debugged, shared))}}
}

func annotated(client span) scene {
	client.notes = []string{"foo"}
	return scene{name: "getTraces_annotation", given: []string{list(client)}, checks: []check{
		find("serviceName=web$n&annotationQuery=foo", list(client)),
		find("serviceName=web$n&annotationQuery=http.path%3D%2Fapi", list(client)),
	}}
}

func severalAnnotations() scene {
	of := func(n int, notes, tags []string) span {
		return span{trace: n, id: n, name: fmt.Sprint("call", n), at: n * ms, local: "web", notes: notes, tags: tags}
	}
	foo := of(1, []string{"foo"}, nil)
	barFoo := of(2, []string{"bar", "foo"}, nil)
	fooBaz := of(3, []string{"foo"}, []string{"baz=qux"})
	barFooBaz := of(4, []string{"bar", "foo"}, []string{"baz=qux"})
	return scene{
		name:  "getTraces_multipleAnnotationsBecomeAndFilter",
		given: []string{list(foo, barFoo, fooBaz, barFooBaz)},
		checks: []check{
			find("serviceName=web$n&annotationQuery=foo", list(barFooBaz), list(fooBaz), list(barFoo), list(foo)),
			find("serviceName=web$n&annotationQuery=foo+and+bar", list(barFooBaz), list(barFoo)),
			find("serviceName=web$n&annotationQuery=foo+and+bar+and+baz%3Dqux", list(barFooBaz)),
			find("serviceName=web$n&annotationQuery=baz", list(barFooBaz), list(fooBaz)),
		},
	}
}

func byOwnService() scene {
	call := func(trace, at int, client, server, word string) (pair []span) {
		return []span{
			{trace: trace, id: 1, kind: "CLIENT", name: word, at: at * ms, took: 3000, local: client, notes: []string{word}, tags: []string{"local=" + word, word + "-b=" + word}},
			{trace: trace, id: 1, kind: "SERVER", name: word, at: (at + 1) * ms, took: 1000, local: server, shared: true},
		}
	}
	one, two := list(call(1, 1, "frontend", "backend", "web")...), list(call(2, 11, "backend", "frontend", "app")...)
	return scene{
		name:  "getTraces_differentiateOnServiceName",
		given: []string{one, two},
		checks: []check{
			{send: get("/api/v2/trace/$t0001"), want: one},
			{send: get("/api/v2/trace/$t0002"), want: two},
			find("", two, one),
			find("serviceName=frontend$n&annotationQuery=web", one),
			find("serviceName=backend$n&annotationQuery=web"),
			find("serviceName=backend$n&annotationQuery=app", two),
			find("serviceName=frontend$n&annotationQuery=app"),
			find("serviceName=frontend$n&annotationQuery=web-b", one),
			find("serviceName=backend$n&annotationQuery=web-b"),
			find("serviceName=backend$n&annotationQuery=app-b", two),
			find("serviceName=frontend$n&annotationQuery=app-b"),
			find("serviceName=frontend$n&annotationQuery=local%3Dweb", one),
			find("serviceName=backend$n&annotationQuery=local%3Dweb"),
			find("serviceName=backend$n&annotationQuery=local%3Dapp", two),
			find("serviceName=frontend$n&annotationQuery=local%3Dapp"),
		},
	}
}

func lookedBack() scene {
	one, two := span{trace: 1, id: 1, at: 1 * ms}, span{trace: 2, id: 1, at: 2 * ms}
	return scene{
		name:  "getTraces_endTsAndLookback",
		given: []string{list(one, two)},
		checks: []check{
			findIn("endTs=$ms"),
			findIn("endTs=$ms+1", list(one)),
			findIn("endTs=$ms+2", list(two), list(one)),
			findIn("endTs=$ms+3", list(two), list(one)),
			findIn("endTs=$ms+1&lookback=1", list(one)),
			findIn("endTs=$ms+2&lookback=1", list(two), list(one)),
			findIn("endTs=$ms+3&lookback=1", list(two)),
		},
	}
}

var itSpanStoreHeavy = family{"ITSpanStoreHeavy", func() []scene {
	spans := []span{{id: 0x1000, local: "web"}}
	for i := 1; i <= 100; i++ {
		spans = append(spans, span{id: i, parent: 0x1000, at: i * ms, took: 10, local: "web"})
	}
	var thousand []span
	for i := 1; i <= 1000; i++ {
		thousand = append(thousand, span{trace: i, id: 1, name: "get", at: i * ms, took: 10, local: "web", remote: "db", tags: []string{"a=b"}})
	}
	all := newestFirst(thousand)
	return []scene{
		{name: "traceWithManySpans", given: []string{list(spans...)}, checks: []check{{send: get("/api/v2/traces?$day"), want: traces(list(spans...))}, read("$t0001", spans...)}},
		{name: "getTraces_manyTraces", given: []string{list(thousand...)}, checks: []check{
			find("", all...),
			find("serviceName=web$n", all...),
			find("serviceName=web$n&remoteServiceName=db$n", all...),
			find("serviceName=web$n&spanName=get", all...),
			find("serviceName=web$n&annotationQuery=a%3Db", all...),
		}},
	}
}()}
