package zipkin

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// lines keeps the lines of a body that a pattern is found in, in their order
// by text: the order of figures is nobody's promise.
func lines(pattern string) func(names, string) string {
	found := regexp.MustCompile(pattern)
	return func(_ names, body string) string {
		var kept []string
		for line := range strings.Lines(body) {
			if found.MatchString(line) {
				kept = append(kept, strings.TrimSuffix(line, "\n")+"\n")
			}
		}
		slices.Sort(kept)
		return strings.Join(kept, "")
	}
}

// figure states one number of /metrics.
func figure(name, want string) check {
	return check{name: name, send: get("/metrics"), loose: func(_ names, body string) string {
		_, rest, _ := strings.Cut(body, `"`+name+`" : `)
		return regexp.MustCompile(`^[0-9.]*`).FindString(rest)
	}, want: want, differs: metricsVary}
}

// scraped states the lines of /prometheus that a pattern is found in.
func scraped(pattern, want string) check {
	return check{name: pattern, send: get("/prometheus"), loose: lines(pattern), want: want, settles: true}
}

func threeSpans() string {
	return list(span{id: 1, local: "web"}, span{id: 2, local: "web"}, span{id: 3, local: "web"})
}

// itMetricsDirty is for servers that nobody has asked anything. Its scenes go on
// counting where the one before has stopped.
var itMetricsDirty = family{"ITZipkinMetricsDirty", func() []scene {
	size := len(names{1}.text(threeSpans()))
	return []scene{
		{name: "writeSpans_updatesMetrics", checks: []check{
			{name: "spans", send: post(threeSpans()), keeps: "$t0001"},
			{name: "again", send: post(threeSpans()), keeps: "$t0001"},
			figure("counter.zipkin_collector.messages.http", "2.0"),
			figure("counter.zipkin_collector.bytes.http", fmt.Sprintf("%d.0", 2*size)),
			figure("gauge.zipkin_collector.message_bytes.http", fmt.Sprintf("%d.0", size)),
			figure("counter.zipkin_collector.spans.http", "6.0"),
			figure("gauge.zipkin_collector.message_spans.http", "3.0"),
		}},
		{name: "writeSpans_malformedUpdatesMetrics", checks: []check{
			{send: post("hello"), status: 400, want: "Expected a JSON_V2 encoded list\n"},
			figure("counter.zipkin_collector.messages.http", "3.0"),
			figure("counter.zipkin_collector.messages_dropped.http", "1.0"),
		}},
		{name: "getTrace_malformedDoesntUpdateCollectorMetrics", checks: []check{
			{send: get("/api/v2/trace/0e8b46e1-81b"), status: 400, want: "0e8b46e1-81b should be lower-hex encoded with no prefix"},
			figure("counter.zipkin_collector.messages.http", "3.0"),
			figure("counter.zipkin_collector.messages_dropped.http", "1.0"),
		}},
		{name: "writeSpans_updatesPrometheusMetrics", checks: []check{
			scraped(`^zipkin_collector_spans_total.*"http"`, "zipkin_collector_spans_total{transport=\"http\",} 6.0\n"),
			scraped(`^zipkin_collector_spans_total `, ""),
			scraped(`^http_server_requests_seconds_count.*status="202"`, "http_server_requests_seconds_count{method=\"POST\",status=\"202\",uri=\"/api/v2/spans\",} 2.0\n"),
			scraped(`^http_server_requests_seconds_count.*method="POST",status="400"`, "http_server_requests_seconds_count{method=\"POST\",status=\"400\",uri=\"/api/v2/spans\",} 1.0\n"),
		}},
	}
}()}

var itMetrics = family{"ITZipkinMetrics", []scene{
	{name: "metricsIsOK", checks: []check{
		{send: get("/metrics"), headers: []string{"Content-Type: application/json"}, loose: onlyHeaders, differs: metricsVary},
		scraped(`uri="/metrics`, ""),
	}},
	{name: "prometheusIsOK", checks: []check{
		{send: get("/prometheus"), headers: []string{"Content-Type: text/plain; version=0.0.4; charset=utf-8"}, loose: onlyHeaders},
		scraped(`uri="/prometheus|uri="/zipkin|uri="/"`, ""),
	}},
	{name: "apiTemplate_prometheus", checks: []check{
		stores(span{id: 1}),
		read("$t0001", span{id: 1}),
		readMany("abcde,$t0001", list(span{id: 1})),
		{name: "by the pattern of the path", send: get("/prometheus"), loose: lines(`^http_server_requests_seconds_count.*uri="/api/v2/trace`), settles: true},
		scraped(`uri="/api/v2/trace/[^{]`, ""),
	}},
	{name: "forwardedRoute_prometheus", checks: []check{
		{send: get("/zipkin/api/v2/services"), want: "[]"},
		scraped(`^http_server_requests_seconds_count.*/api/v2/services`, "http_server_requests_seconds_count{method=\"GET\",status=\"200\",uri=\"/api/v2/services\",} 1.0\n"),
	}},
	{name: "writesSpans_readMetricsFormat", checks: []check{
		stores(span{id: 1}),
		{send: post("zipkin"), status: 400, want: "Expected a JSON_V2 encoded list\n"},
		{name: "names", send: get("/metrics"), loose: figureNames, differs: metricsVary, want: "counter.zipkin_collector.bytes.grpc counter.zipkin_collector.bytes.http counter.zipkin_collector.messages.grpc counter.zipkin_collector.messages.http " +
			"counter.zipkin_collector.messages_dropped.grpc counter.zipkin_collector.messages_dropped.http counter.zipkin_collector.spans.grpc counter.zipkin_collector.spans.http " +
			"counter.zipkin_collector.spans_dropped.grpc counter.zipkin_collector.spans_dropped.http gauge.zipkin_collector.message_bytes.grpc gauge.zipkin_collector.message_bytes.http " +
			"gauge.zipkin_collector.message_spans.grpc gauge.zipkin_collector.message_spans.http"},
	}},
}}

// onlyHeaders keeps nothing of a body.
func onlyHeaders(names, string) string { return "" }
