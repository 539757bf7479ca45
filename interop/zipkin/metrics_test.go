package zipkin

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// figures is a check of /metrics, whose order is not Zipkin's either.
func figures() check {
	return check{name: "/metrics", send: get("/metrics"), loose: sortedLines, settles: true, differs: metricsVary}
}

// figureNames are the names of all figures, without their numbers.
func figureNames(_ names, body string) string {
	var all []string
	for _, m := range figureName.FindAllStringSubmatch(body, -1) {
		all = append(all, m[1])
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

var figureName = regexp.MustCompile(`"([^"]+)" :`)

func sortedLines(_ names, body string) string {
	lines := strings.Split(strings.ReplaceAll(body, ",", ""), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// counted is a check of what /prometheus says of spans and of requests; what it
// says of a Java machine is Zipkin's own.
func counted() check {
	return check{name: "/prometheus", send: get("/prometheus"), settles: true, loose: func(_ names, body string) string {
		var kept []string
		for line := range strings.Lines(body) {
			if strings.Contains(line, "zipkin_collector_") && !strings.HasPrefix(line, "# HELP") || strings.HasPrefix(line, "http_server_requests_seconds_count") {
				kept = append(kept, line)
			}
		}
		slices.Sort(kept)
		return strings.Join(kept, "")
	}}
}

// collectorFigures is for servers that nobody has reported to.
var collectorFigures = family{"figures", []scene{
	asked("at first", figures(), counted()),
	asked("after good spans",
		check{name: "spans", send: post(list(span{id: 1, name: "a"}, span{id: 2}, span{id: 3})), keeps: "$t0001"},
		check{name: "the same again", send: post(list(span{id: 1, name: "a"}, span{id: 2}, span{id: 3})), keeps: "$t0001"},
		figures(), counted(),
	),
	asked("after empty ones", check{send: post("")}, check{send: post("[]")}, check{send: post("[ ]")}, check{name: "a packed list", send: encoded("gzip", "[]").packed(packed)}, figures()),
	asked("after a packed one", check{name: "packed", send: encoded("gzip", "["+good+"]").packed(packed), keeps: "$t0001"}, figures()),
	asked("after protobuf", check{name: "protobuf", send: protobufRequest(protobufSpan(1)), keeps: protobufTrace(1)}, figures()),
	asked("after v1", check{name: "v1", send: postV1("[" + good + "," + good + "]"), keeps: "$t0001"}, figures()),
	asked("after what is no list", check{send: post("hello")}, figures()),
	asked("after v1 in v2", check{send: post(`[{"binaryAnnotations":[]}]`)}, figures()),
	asked("after gzip that is none", check{send: encoded("gzip", "xx")}, figures()),
	asked("after gRPC", check{name: "gRPC", send: report(protobufSpan(2)), keeps: protobufTrace(2)}, check{name: "nothing by gRPC", send: report("")}, figures(), counted()),
	asked("after reading", append(everywhere(ask), trace("zzz"), trace("f00d"), ask("/api/v2/nosuch"), ask("/API"), method("POST", "/zipkin/api/v2/spans"), method("TRACE", "/api/v2/services"), method("DELETE", "/api/v2/spans"), ask("/zipkin/api/v2/services"), ask("/nosuch"), ask("/health"), figures(), counted())...),
	asked("after a bad list", check{send: post("[{}]")}, counts(0, -1)),
	asked("after a body that is too large", check{send: post("[]").packed(filled(10<<20 + 1)), differs: largeBody}, counts(1, -1)),
}}

// counts is a check of /metrics, by which ours has counted so many more
// messages, and messages dropped, than Zipkin.
func counts(messages, dropped int) check {
	c := figures()
	c.differs = &difference{"counts", func(e exchange) reply {
		r := metricsVary.ours(e)
		r.body = oneFigure("messages.http", r.body, messages)
		r.body = oneFigure("messages_dropped.http", r.body, dropped)
		return r
	}}
	return c
}

// oneFigure changes one figure by so much.
func oneFigure(name, body string, by int) string {
	return regexp.MustCompile(regexp.QuoteMeta(name)+`" : (\d+)\.0`).ReplaceAllStringFunc(body, func(figure string) string {
		head, n, _ := strings.Cut(strings.TrimSuffix(figure, ".0"), " : ")
		was, _ := strconv.Atoi(n)
		return fmt.Sprintf("%s : %d.0", head, was+by)
	})
}
