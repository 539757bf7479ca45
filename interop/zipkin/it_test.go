package zipkin

import (
	"slices"
	"strings"
	"testing"
)

// The families whose names begin with IT, and ZipkinExtensionTest, are Zipkin's
// own integration tests, by the names that these have there: each states through
// HTTP, with data of its own, what that test asserts of a storage or a server.

// behaviours are all of them that this table answers for.
var behaviours = map[string][]string{
	"ITTraces": {"getTrace_returnsEmptyOnNotFound", "getTrace_differentiatesDebugFromShared", "getTraces_onlyReturnsTracesThatMatch", "getTraces_differentiatesDebugFromShared", "getTraces_returnsEmptyOnNotFound", "getTrace_deduplicates"},
	"ITSpanStore": {"allShouldWorkWhenEmpty", "allShouldWorkWhenNoIndexableDataYet", "getTraces_groupsTracesTogether", "getTraces_considersBitsAbove64bit", "getTraces_filteringMatchesMostRecentTraces", "getTraces_serviceNames",
		"getTraces_serviceNames_mixedTraceIdLength", "getTraces_spanName", "getTraces_spanName_mixedTraceIdLength", "getTraces_tags", "getTraces_minDuration", "getTraces_lateDuration", "getTraces_maxDuration", "readback_minimalErrorSpan",
		"readsBackLargeValues", "spanWithProblematicData", "getTraces_duration", "getTraces_absentWhenNoTimestamp", "getTraces_differentiatesDebugFromShared", "getTraces_annotation", "getTraces_multipleAnnotationsBecomeAndFilter",
		"getTraces_differentiateOnServiceName", "getTraces_limit", "getTraces_endTsAndLookback", "names_goLowercase", "getTraces_endTsInsideTheTrace"},
	"ITSpanStoreHeavy": {"traceWithManySpans", "getTraces_manyTraces"},
	"ITServiceAndSpanNames": {"getLocalServiceNames_includesLocalServiceName", "getLocalServiceNames_noServiceName", "getRemoteServiceNames", "getRemoteServiceNames_allReturned", "getRemoteServiceNames_dedupes",
		"getRemoteServiceNames_noRemoteServiceName", "getRemoteServiceNames_serviceNameGoesLowercase", "getSpanNames_doesNotMapNameToRemoteServiceName", "getSpanNames", "getSpanNames_allReturned", "getSpanNames_dedupes", "getSpanNames_noSpanName",
		"getSpanNames_serviceNameGoesLowercase"},
	"ITAutocompleteTags":   {"ignores_when_key_not_in_autocompleteTags", "getTagsAndValues"},
	"ITSearchEnabledFalse": {"getTraces_indexDataReturnsNothing", "getServiceNames_isEmpty", "getRemoteServiceNames_isEmpty", "getSpanNames_isEmpty"},
	"ITStrictTraceIdFalse": {"getTraces_128BitTraceId", "getTraces_128BitTraceId_mixed", "getTrace_retrievesBy64Or128BitTraceId", "getTrace_retrievesBy64Or128BitTraceId_mixed", "getTraces_retrievesBy64Or128BitTraceId"},
	"ITDependencies": {"getDependencies", "getDependencies_linksMixedTraceId", "replayOverwrites", "empty", "getDependenciesAllInstrumented", "dependencies_loopback", "dependencies_headlessTrace", "looksBackIndefinitely", "endTsInsideTheTrace",
		"endTimeBeforeData", "lookbackAfterData", "notInstrumentedClientAndServer", "endTsAndLookbackMustBePositive", "instrumentedClientAndServer", "instrumentedProducerAndConsumer", "missingIntermediateSpan", "canSearchForIntervalsBesidesToday",
		"spanKindIsNotRequiredWhenEndpointsArePresent", "unnamedEndpointsAreSkipped", "intermediateSpans", "duplicateAddress", "oneway", "annotationNamedErrorIsntError", "oneway_noClient"},
	"ITDependenciesHeavy": {"manyLinks"},
	"ITZipkinServer": {"getTrace", "getTrace_notFound", "getTrace_malformed", "getTraces", "getTraces_emptyNotOk", "getTraces_singleNotOk", "getTraces_malformed", "tracesQueryRequiresNoParameters", "v2WiresUp",
		"doesntSetCacheControlOnNameEndpointsWhenLessThan4Services", "spanNameQueryWorksWithNonAsciiServiceName", "remoteServiceNameQueryWorksWithNonAsciiServiceName", "remoteServiceNameReturnsCorrectJsonForEscapedWhitespaceInName",
		"setsCacheControlOnNameEndpointsWhenMoreThan3Services", "shouldAllowAnyOriginByDefault", "forwardsApiForUi", "redirectedHeaderUsesOriginalHostAndPort", "infoEndpointIsAvailable", "getTrace_spaceAfterTraceId", "traceMethodDisallowed"},
	"ITZipkinServerAutocomplete":          {"setsCacheControlOnAutocompleteKeysEndpoint", "setsCacheControlOnAutocompleteEndpointWhenMoreThan3Values"},
	"ITZipkinServerCORS":                  {"shouldAllowConfiguredOrigin_preflight", "shouldAllowConfiguredOrigin", "shouldDisallowOrigin"},
	"ITZipkinServerHttpCollectorDisabled": {"httpCollectorEndpointReturns404", "getOnSpansEndpointReturnsOK"},
	"ITZipkinServerQueryDisabled":         {"queryRelatedEndpoints404"},
	"ITZipkinHealth":                      {"healthIsOK", "readsHealth"},
	"ITZipkinUiConfiguration":             {"configJson", "setsMaxAgeOnUiResources", "redirectsIndex", "conditionalRequests"},
	"ITZipkinMetrics":                     {"metricsIsOK", "prometheusIsOK", "apiTemplate_prometheus", "forwardedRoute_prometheus", "writesSpans_readMetricsFormat"},
	"ITZipkinMetricsDirty":                {"writeSpans_updatesMetrics", "writeSpans_malformedUpdatesMetrics", "getTrace_malformedDoesntUpdateCollectorMetrics", "writeSpans_updatesPrometheusMetrics"},
	"ITZipkinGrpcCollector":               {"report_trace", "report_emptyIsOk"},
	"ZipkinExtensionTest":                 {"getTraces_storedViaPost", "getTraces_storedViaPostVersion2_json", "getTraces_storedViaPostVersion2_proto3", "getTraces_whenMissingTimestamps", "storeSpans_readbackRaw", "collectorMetrics_spans", "gzippedSpans"},
}

// notAsked are those that HTTP cannot ask, or that ours has not.
var notAsked = map[string]string{
	"ITSpanStore/consumer_implementsCall_execute":             "about the Java API: a call does nothing before it is executed",
	"ITSpanStore/consumer_implementsCall_submit":              "the same",
	"ITZipkinServerTimeout/getTrace":                          "a store in memory does not hang; the test puts one in that does",
	"ITZipkinHealthDown/downHasCorrectCode":                   "a store in memory is never down; the test puts one in that is",
	"ITZipkinUiConfiguration/supportsCompression":             "about a setting of Spring's, server.compression.min-response-size; the family compression has the default",
	"ITZipkinUiConfiguration/replacesBaseTag":                 "about a setting of Zipkin's UI, which ours is not",
	"ITZipkinUiConfiguration/servesOtherContentFromClasspath": "about the files of Zipkin's UI, which ours is not",
	"ITZipkinMetrics/jvmMetrics_prometheus":                   "there is no Java machine",
	"ZipkinExtensionTest/httpRequestCountIncrements":          "about the Java API; ITZipkinMetricsDirty counts requests",
	"ZipkinExtensionTest/postSpans_disconnectDuringBody":      "about faults that the Java test tool injects",
	"ZipkinExtensionTest/postSpans_sendErrorResponse400":      "the same",
}

// TestEveryBehaviourIsAsked holds the list against the table.
func TestEveryBehaviourIsAsked(t *testing.T) {
	asked := map[string][]string{}
	for _, s := range servings {
		for _, f := range s.families {
			for _, sc := range f.scenes {
				asked[f.name] = append(asked[f.name], sc.name)
				if len(sc.checks) == 0 {
					t.Errorf("%s/%s asks nothing", f.name, sc.name)
				}
			}
		}
	}
	n := 0
	for suite, names := range behaviours {
		for _, name := range names {
			n++
			if !slices.Contains(asked[suite], name) {
				t.Errorf("no scene %s/%s", suite, name)
			}
		}
	}
	for suite, names := range asked {
		isSuite := strings.HasPrefix(suite, "IT") || suite == "ZipkinExtensionTest"
		for _, name := range names {
			if isSuite && !slices.Contains(behaviours[suite], name) {
				t.Errorf("%s/%s is not in the list", suite, name)
			}
		}
	}
	t.Logf("%d behaviours of Zipkin's integration tests asked, %d not", n, len(notAsked))
}

// find states the answer to a search in the day of its scene: these traces, the
// newest first.
func find(query string, each ...string) check {
	return check{send: get("/api/v2/traces?$day&limit=1000&" + query), want: traces(each...)}
}

// findIn is find in a window of its own.
func findIn(window string, each ...string) check {
	return check{send: get("/api/v2/traces?limit=1000&" + window), want: traces(each...)}
}

// read states what a trace is.
func read(id string, spans ...span) check {
	return check{send: get("/api/v2/trace/" + id), want: list(spans...)}
}

func readMany(ids string, each ...string) check {
	return check{send: get("/api/v2/traceMany?traceIds=" + ids), want: traces(each...)}
}

// missing states that there is no such trace.
func missing(id, normalised string) check {
	return check{send: get("/api/v2/trace/" + id), status: 404, want: normalised + " not found"}
}

// stores posts spans after other checks.
func stores(spans ...span) check {
	return check{name: "more spans", send: post(list(spans...)), status: 202, keeps: spans[len(spans)-1].traceID()}
}
