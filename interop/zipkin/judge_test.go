// Package zipkin holds the embedded store against the released Zipkin server:
// the same requests go to both, and their answers are compared. Where they
// differ on purpose, docs/zipkin-differences.md says so.
package zipkin

import (
	"os"
	"testing"

	"example.com/tracelab/internal/testbed/stacktest"
	"example.com/tracelab/interop/referee"
)

func TestMain(m *testing.M) { os.Exit(stacktest.Main(m)) }

// servings are the pairs of servers, each with its settings, and what they are
// asked, in this order.
var servings = []struct {
	name     string
	env      []string
	families []family
	tests    []pairTest // beside the table
}{
	{"defaults", nil, []family{itSpanStore, itSpanStoreHeavy, itTraces, itServiceAndSpanNames, itDependencies, itDependenciesHeavy, itHealth, itUI,
		dispatch, gzipped, ids, fields, endpoints, annotations, tags, texts, numbers, syntax, proto3, v1, reports,
		routing, params, searching, reading, namesOfServices, dependencies, explanations, cors, compression, pages},
		[]pairTest{{"random", randomRound}, {"merged", mergedLinks}, {"one id", oneIDLinks}, {"real traffic", byReferee(realTraffic)},
			{"posts in every format", byReferee(postsInEveryFormat)}, {"types and encodings", byReferee(typesAndEncodings)}, {"gRPC's own client", byReferee(reportsOverGRPC)}}},
	{"settings", []string{"STRICT_TRACE_ID=false", "AUTOCOMPLETE_KEYS=http.host,environment,clnt/finagle.version", "QUERY_LOOKBACK=3600000", "ZIPKIN_QUERY_ALLOWEDORIGINS=http://foo.example.com"},
		[]family{fewServices, itServerAutocomplete, itAutocompleteTags, autocomplete, itStrictTraceIDFalse, lenient, itServerCORS, allowed, anHour}, nil},
	{"no search", []string{"SEARCH_ENABLED=false", "AUTOCOMPLETE_KEYS=environment"}, []family{itMetricsDirty, itMetrics, collectorFigures, itSearchEnabledFalse, noSearch}, nil},
	{"no query", []string{"QUERY_ENABLED=false"}, []family{itQueryDisabled, noQuery}, nil},
	{"no collector", []string{"COLLECTOR_HTTP_ENABLED=false"}, []family{itCollectorDisabled, noCollector}, nil},
	{"ten spans", []string{"MEM_MAX_SPANS=10", "AUTOCOMPLETE_KEYS=env"}, []family{itServer, itGRPC, itExtension, small, explanationsInASmallStore}, nil},
}

// pairTest is a test of both servers that a table of scenes cannot say.
type pairTest struct {
	name string
	run  func(*testing.T, *pair)
}

func byReferee(test func(*testing.T, *referee.Pair)) func(*testing.T, *pair) {
	return func(t *testing.T, p *pair) {
		test(t, &referee.Pair{Zipkin: "http://" + p.zipkin, Ours: "http://" + p.ours})
	}
}

// everyCheck is the whole table.
func everyCheck() (all []check) {
	for _, s := range servings {
		for _, f := range s.families {
			for _, sc := range f.scenes {
				all = append(all, sc.checks...)
			}
		}
	}
	return all
}

// TestAnswersAreZipkins asks both servers the whole table. A part of it:
// go test -run /defaults/ITDependencies/oneway.
func TestAnswersAreZipkins(t *testing.T) {
	counted := &tally{differ: map[string]int{}}
	for _, s := range servings {
		t.Run(s.name, func(t *testing.T) {
			p := startPair(t, s.env, counted)
			for _, f := range s.families {
				p.run(t, f)
			}
			for _, test := range s.tests {
				t.Run(test.name, func(t *testing.T) { test.run(t, p) })
			}
		})
	}
	t.Log(counted)
}
