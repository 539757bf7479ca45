package zipkin

// An explanation is a part of a span that has nothing but its ids, its start,
// the endpoint that reported it, and tags. These scenes are about what Zipkin
// makes of it, and why it has just these.

const mutex = "22.9 ms of 40.2 ms it waited for a mutex"

// explained is the explanation of a span.
func explained(s span) span {
	return span{trace: s.trace, high: s.high, id: s.id, parent: s.parent, at: s.at, local: s.local, ip: s.ip, shared: s.shared,
		tags: []string{"go.sync=22.900 ms", "go.running=17.300 ms", "go.why=" + mutex}}
}

// put is a call from one service to the next, which asks a database.
func put() []span {
	return []span{
		{id: 1, kind: "SERVER", name: "get /visit", took: 50 * ms, local: "gateway"},
		{id: 2, parent: 1, kind: "CLIENT", name: "put", at: 2 * ms, took: 45 * ms, local: "gateway"},
		{id: 3, parent: 2, kind: "SERVER", name: "put /values", at: 4 * ms, took: 40*ms + 200, local: "writer", tags: []string{"http.method=PUT"}},
		{id: 4, parent: 3, kind: "CLIENT", name: "set", at: 30 * ms, took: 9 * ms, local: "writer", remote: "redis", tags: []string{"error=lost"}},
	}
}

// putOfOneID is the same where client and server share an id.
func putOfOneID() []span {
	s := put()
	s[2].id, s[2].parent, s[2].shared, s[3].parent = 2, 1, true, 2
	return s
}

// withExplanations has each span's after it.
func withExplanations(spans []span) (all []span) {
	for _, s := range spans {
		all = append(all, s, explained(s))
	}
	return all
}

// linksOf asks for the links of these spans, with an explanation of each that
// is changed, or nil.
func linksOf(name, want string, spans []span, change func(*span)) scene {
	explanations := make([]span, len(spans))
	for i, s := range spans {
		explanations[i] = explained(s)
		if change != nil {
			change(&explanations[i])
		}
	}
	return scene{name: name, given: []string{list(spans...), list(explanations...)}, checks: []check{linksIn("$day", want)}}
}

var putLinks = links("gateway writer 1", "writer redis 1 1")

var explanations = family{"explanations", []scene{
	{
		name:  "they are read beside their spans",
		given: []string{list(put()...), list(explained(put()[0]), explained(put()[2]))},
		checks: []check{
			read("$t0001", put()[0], explained(put()[0]), put()[1], put()[2], explained(put()[2]), put()[3]),
			find("", list(put()[0], explained(put()[0]), put()[1], put()[2], explained(put()[2]), put()[3])),
			ask("/api/v2/traceMany?traceIds=$t0001,$t0002"),
		},
	},
	{
		name:   "one may come first",
		given:  []string{list(explained(put()[2])), list(put()...)},
		checks: []check{read("$t0001", explained(put()[2]), put()[2], put()[0], put()[1], put()[3])},
	},
	{
		name:   "the same twice is there once",
		given:  []string{list(put()[0]), list(explained(put()[0])), list(explained(put()[0]))},
		checks: []check{read("$t0001", put()[0], explained(put()[0]))},
	},
	{
		name:  "they add no names",
		given: []string{list(withExplanations(put())...)},
		checks: []check{
			ask("/api/v2/services"),
			{send: get("/api/v2/spans?serviceName=writer$n"), want: `["put /values","set"]`},
			{send: get("/api/v2/remoteServices?serviceName=writer$n"), want: `["redis$n"]`},
			{send: get("/api/v2/spans?serviceName=gateway$n"), want: `["get /visit","put"]`},
		},
	},
	findsExplanations(),
	{
		name:  "without its parent, one is taken for the root",
		given: []string{list(put()[2]), list(without(explained(put()[2]), func(s *span) { s.parent = 0 })), list(put()[:2]...)},
		// The trace began at $ms, and is now said to have begun 4 ms later.
		checks: []check{findIn("endTs=$ms&lookback=1000")},
	},
	{
		name:   "with its parent, it is not",
		given:  []string{list(put()[2]), list(explained(put()[2])), list(put()[:2]...)},
		checks: []check{findIn("endTs=$ms&lookback=1000", list(put()[2], explained(put()[2]), put()[0], put()[1]))},
	},
	{
		name:   "without the endpoint, none finds it by its service",
		given:  []string{list(put()...), list(without(explained(put()[2]), func(s *span) { s.local = "" }))},
		checks: []check{find("serviceName=writer$n&annotationQuery=go.why"), search("$day&annotationQuery=go.why")},
	},
	linksOf("links stay as they are", putLinks, put(), nil),
	linksOf("and those of shared ids", putLinks, putOfOneID(), nil),
	linksOf("links, the starts missing", putLinks, put(), func(s *span) { s.undated = true }),
	linksOf("links, the parents missing", putLinks, put(), func(s *span) { s.parent = 0 }),
	linksOf("links, the endpoints missing", putLinks, put(), func(s *span) { s.local = "" }),
	linksOf("links of shared ids, not said to be shared", putLinks, putOfOneID(), func(s *span) { s.shared = false }),
	linksOf("links of shared ids, the endpoints missing", putLinks, putOfOneID(), func(s *span) { s.local = "" }),
}}

func without(s span, change func(*span)) span {
	change(&s)
	return s
}

func findsExplanations() scene {
	whole := list(put()[0], put()[1], put()[2], explained(put()[2]), put()[3])
	return scene{
		name:  "they are found by their tags, beside what their spans say",
		given: []string{list(put()...), list(explained(put()[2]))},
		checks: []check{
			find("annotationQuery=go.why", whole),
			find("annotationQuery=go.sync", whole),
			find("annotationQuery=go.network"),
			find("annotationQuery=go.sync%3D22.900+ms", whole),
			find("annotationQuery=go.why+and+http.method%3DPUT", whole),
			find("serviceName=writer$n&annotationQuery=go.why", whole),
			find("serviceName=gateway$n&annotationQuery=go.why"),
			find("serviceName=writer$n&spanName=put+%2Fvalues&annotationQuery=go.why", whole),
			find("serviceName=writer$n&annotationQuery=go.why&minDuration=40200&maxDuration=40200", whole),
			find("serviceName=writer$n&minDuration=1&maxDuration=8999"), // no piece without a duration is short
			find("serviceName=writer$n&minDuration=40201"),
			find("remoteServiceName=redis$n&annotationQuery=go.why", whole),
		},
	}
}

// explainedSpans are nine spans of nine traces, for a store with room for ten.
func explainedSpans() []span { return ten()[:9] }

// eleventh is one more than there is room for.
var eleventh = span{trace: 11, id: 1, at: 11 * second}

var explanationsInASmallStore = family{"explanations", []scene{
	{
		name:  "a trace goes in its turn, with its explanation",
		given: []string{list(explainedSpans()...), list(explained(explainedSpans()[8]))},
		checks: []check{
			more(eleventh),
			stored(append([]string{list(eleventh), list(explainedSpans()[8], explained(explainedSpans()[8]))}, newestFirst(explainedSpans()[1:8])...)...),
		},
	},
	{
		name:  "one without a start takes its trace away first, the newest of all",
		given: []string{list(explainedSpans()...), list(without(explained(explainedSpans()[8]), func(s *span) { s.undated = true }))},
		checks: []check{
			more(eleventh),
			stored(append([]string{list(eleventh)}, newestFirst(explainedSpans()[:8])...)...),
			missing("$t0009", "$t0009"),
		},
	},
	{
		name:  "of the oldest trace, when there is no room",
		given: []string{list(ten()...)},
		checks: []check{
			more(explained(ten()[0])),
			stored(append(newestFirst(ten()[1:]), list(explained(ten()[0])))...).but(evictsOthers,
				append(newestFirst(ten()[2:]), list(ten()[0], explained(ten()[0])))...),
		},
	},
}}
