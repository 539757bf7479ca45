package zipkin

import (
	"fmt"
	"strings"
)

// ten are spans of ten traces, a second apart, each of a service of its own.
func ten() (spans []span) {
	for i := 1; i <= 10; i++ {
		spans = append(spans, span{trace: i, id: 1, at: i * second, local: fmt.Sprintf("s%02d", i), tags: []string{fmt.Sprintf("env=e%02d", i)}})
	}
	return spans
}

// stored is what both answer once all is stored, and left what they do when
// ours keeps more.
func stored(each ...string) check {
	return check{name: "all", send: get("/api/v2/traces?$day&limit=100"), want: traces(each...), settles: true}
}

func (c check) but(d difference, each ...string) check {
	c.differs = d.lists(traces(each...))
	return c
}

// newestFirst are the traces of these spans, one each.
func newestFirst(spans []span) (each []string) {
	for i := len(spans) - 1; i >= 0; i-- {
		each = append(each, list(spans[i]))
	}
	return each
}

// more are spans for a store that is full.
func more(spans ...span) check {
	return check{name: "more", send: post(list(spans...))}
}

// small is a store with room for ten spans. Each scene begins by filling it.
var small = family{"ten spans", []scene{
	{
		name:  "one more",
		given: []string{list(ten()...)},
		checks: []check{
			more(span{trace: 11, id: 1, at: 11 * second, local: "s11"}),
			stored(newestFirst(append(ten(), span{trace: 11, id: 1, at: 11 * second, local: "s11"})[1:])...),
			trace("$t0001"),
			ask("/api/v2/services"),
			ask("/api/v2/spans?serviceName=s01$n"),
		},
	},
	{
		name:  "five more",
		given: []string{list(ten()...)},
		checks: []check{
			more(span{trace: 11, id: 1, at: 11 * second}, span{trace: 11, id: 2, at: 11 * second}, span{trace: 11, id: 3, at: 11 * second}, span{trace: 11, id: 4, at: 11 * second}, span{trace: 11, id: 5, at: 11 * second}),
			stored(append([]string{list(span{trace: 11, id: 1, at: 11 * second}, span{trace: 11, id: 2, at: 11 * second}, span{trace: 11, id: 3, at: 11 * second}, span{trace: 11, id: 4, at: 11 * second}, span{trace: 11, id: 5, at: 11 * second})},
				newestFirst(ten()[5:])...)...),
			ask("/api/v2/services"),
		},
	},
	{
		name:  "a trace goes whole",
		given: []string{list(append(ten()[4:], span{trace: 1, id: 1, at: 0, local: "long"}, span{trace: 1, id: 2, parent: 1, at: 20 * second}, span{trace: 1, id: 3, parent: 1, at: 3 * second}, span{trace: 1, id: 4, undated: true})...)},
		checks: []check{
			more(span{trace: 11, id: 1, at: 11 * second}),
			stored(append([]string{list(span{trace: 11, id: 1, at: 11 * second})}, newestFirst(ten()[4:])...)...),
			trace("$t0001"),
		},
	},
	{
		name:  "undated spans go first",
		given: []string{list(append(ten()[:9], span{trace: 12, id: 1, undated: true})...)},
		checks: []check{
			more(span{trace: 11, id: 1, at: 11 * second}),
			stored(append([]string{list(span{trace: 11, id: 1, at: 11 * second})}, newestFirst(ten()[:9])...)...),
			trace("$t000c"),
		},
	},
	{
		name:  "of one time the lowest id goes first",
		given: []string{list(append(ten()[2:], span{trace: 0x3f, id: 1}, span{trace: 0x2f, id: 1})...)},
		checks: []check{
			more(span{trace: 11, id: 1, at: 11 * second}),
			stored(append(append([]string{list(span{trace: 11, id: 1, at: 11 * second})}, newestFirst(ten()[2:])...), list(span{trace: 0x3f, id: 1}))...),
		},
	},
	{
		name:  "one that is older than all",
		given: []string{list(ten()...)},
		checks: []check{
			more(span{trace: 11, id: 1, at: 0}),
			stored(append(newestFirst(ten()[1:]), list(span{trace: 11, id: 1, at: 0}))...),
			more(span{trace: 12, id: 1, at: 12 * second}),
			stored(append([]string{list(span{trace: 12, id: 1, at: 12 * second})}, newestFirst(ten()[1:])...)...),
		},
	},
	{
		name:  "ten at once",
		given: []string{list(ten()...)},
		checks: []check{
			{name: "more", send: post(strings.ReplaceAll(list(ten()...), "$t00", "$t01"))},
			{name: "all", send: get("/api/v2/traces?$day&limit=100"), want: strings.ReplaceAll(traces(newestFirst(ten())...), "$t00", "$t01"), settles: true},
		},
	},
	{
		name:  "three that are there",
		given: []string{list(ten()...)},
		checks: []check{
			more(ten()[7:]...),
			stored(newestFirst(ten()[3:])...).but(evictsNew, newestFirst(ten())...),
		},
	},
	{
		name:  "one more of the oldest trace",
		given: []string{list(ten()...)},
		checks: []check{
			more(span{trace: 1, id: 2, parent: 1, at: 11 * second}),
			stored(append([]string{list(span{trace: 1, id: 2, parent: 1, at: 11 * second})}, newestFirst(ten()[1:])...)...).but(evictsOthers,
				append([]string{list(ten()[0], span{trace: 1, id: 2, parent: 1, at: 11 * second})}, newestFirst(ten()[2:])...)...),
		},
	},
	{
		name:  "eleven at once",
		given: []string{list(ten()...)},
		checks: []check{
			more(append(ten()[1:], span{trace: 11, id: 1, at: 11 * second}, span{trace: 12, id: 1, at: 12 * second})...),
			stored().but(keepsBatch, newestFirst(append(ten()[2:], span{trace: 11, id: 1, at: 11 * second}, span{trace: 12, id: 1, at: 12 * second}))...),
		},
	},
	{
		name:  "eleven of one trace at once",
		given: []string{list(ten()...)},
		checks: []check{
			more(oneTrace(11)...),
			stored().but(keepsBatch, list(oneTrace(11)[1:]...)),
		},
	},
	{
		name:  "values of tags",
		given: []string{list(ten()...)},
		checks: []check{
			more(span{trace: 11, id: 1, at: 11 * second, local: "s11"}),
			stored(newestFirst(append(ten(), span{trace: 11, id: 1, at: 11 * second, local: "s11"})[1:])...),
			{send: get("/api/v2/autocompleteValues?key=env"), want: `["e01","e02","e03","e04","e05","e06","e07","e08","e09","e10"]`,
				differs: valuesGo.lists(`["e02","e03","e04","e05","e06","e07","e08","e09","e10"]`)},
		},
	},
}}

// oneTrace has this many spans, a second apart.
func oneTrace(n int) (spans []span) {
	for i := 1; i <= n; i++ {
		spans = append(spans, span{trace: 1, id: i, at: i * second})
	}
	return spans
}
