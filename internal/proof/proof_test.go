package proof_test

import (
	"strings"
	"testing"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/proof"
	"example.com/tracelab/internal/zipkin"
)

// span reads "gateway main" or "fetcher CLIENT get /fetch", as the processes report it.
func span(id, parent uint64, what string, at, took int64, tags ...string) zipkin.Span {
	sp := zipkin.Span{TraceID: zipkin.TraceID{Low: 9}, ID: zipkin.SpanID(id), ParentID: zipkin.SpanID(parent), Timestamp: 1_000_000 + at, Duration: took}
	sp.Local.ServiceName, sp.Name, _ = strings.Cut(what, " ")
	if kind, name, ok := strings.Cut(sp.Name, " "); ok && kind == strings.ToUpper(kind) {
		sp.Kind, sp.Name = zipkin.Kind(kind), name
	}
	for _, tag := range tags {
		key, value, isTag := strings.Cut(tag, "=")
		switch {
		case key == "to":
			sp.Remote.ServiceName = value
		case isTag:
			sp.Tags = append(sp.Tags, zipkin.Tag{Key: key, Value: value})
		default:
			sp.Annotations = append(sp.Annotations, zipkin.Annotation{Timestamp: sp.Timestamp, Value: tag})
		}
	}
	return sp
}

// plain is a visit of two URLs to which nothing happens.
func plain() []zipkin.Span {
	return []zipkin.Span{
		span(1, 0, "gateway SERVER get /visit", 0, 9000, "http.status_code=200"),
		span(2, 1, "gateway main", 100, 8800),
		span(3, 2, "gateway CLIENT get /fetch", 200, 4000, "to=fetcher"),
		span(4, 2, "gateway CLIENT get /fetch", 300, 4000, "to=fetcher"),
		span(5, 3, "fetcher SERVER get /fetch", 400, 3000),
		span(6, 5, "fetcher httprequest", 500, 2800),
		span(7, 6, "fetcher CLIENT get", 600, 2600, "dial", "connected"),
		span(8, 2, "gateway CLIENT put /values/{key}", 4300, 4000, "to=writer"),
		span(9, 8, "writer SERVER put /values/{key}", 4400, 3000),
		span(10, 9, "writer rediswrite", 4500, 2800),
		span(11, 10, "writer CLIENT set", 4600, 2600),
	}
}

// change is plain with some of its spans replaced, by id, and others added; a span
// without a name is left out.
func change(other ...zipkin.Span) (all []zipkin.Span) {
	replaced := map[zipkin.SpanID]bool{}
	for _, sp := range other {
		replaced[sp.ID] = true
		if sp.Name != "" {
			all = append(all, sp)
		}
	}
	for _, sp := range plain() {
		if !replaced[sp.ID] {
			all = append(all, sp)
		}
	}
	return all
}

// TestEachFaultIsShownByWhatItMoves, and by nothing in a trace that it did not happen in.
func TestEachFaultIsShownByWhatItMoves(t *testing.T) {
	proved := map[string]bool{}
	for _, test := range []struct {
		fault string
		trace []zipkin.Span
		want  string // the span, and what it shows
	}{
		{"writer=lock-contention;ms=90", change(span(10, 9, "writer rediswrite", 4500, 93_000), span(11, 10, "writer CLIENT set", 95_000, 2000)),
			"rediswrite: a wait: redisWrite of the writer had no call under way for 90.5 ms, before its first call"},
		{"writer=slow-disk;ms=90", change(span(10, 9, "writer rediswrite", 4500, 93_000), span(11, 10, "writer CLIENT set", 95_000, 2000)),
			"rediswrite: a wait: redisWrite of the writer had no call under way for 90.5 ms, before its first call"},
		{"writer=pool-exhaustion;ms=90", change(span(11, 10, "writer CLIENT set", 4600, 91_000)),
			"set: a wait: the call SET of the writer to Redis took 91.0 ms"},
		{"fetcher=narrow-channel;ms=90", change(span(6, 5, "fetcher httprequest", 500, 94_000), span(7, 6, "fetcher CLIENT get", 92_000, 2000)),
			"httprequest: a wait: httpRequest of the fetcher had no call under way for 91.5 ms, before its first call"},
		{"fetcher=gc-pressure;ms=90", change(span(6, 5, "fetcher httprequest", 500, 94_000), span(7, 6, "fetcher CLIENT get", 92_000, 2000)),
			"httprequest: a wait: httpRequest of the fetcher had no call under way for 91.5 ms, before its first call"},
		{"fetcher=slow-third-party;ms=90", change(span(7, 6, "fetcher CLIENT get", 600, 390_000), span(12, 6, "fetcher CLIENT get", 600, 92_000)),
			"get: a wait: the call GET of the fetcher to the third party took 92.0 ms"},
		{"gateway=quadratic;ms=90", change(span(2, 1, "gateway main", 100, 99_000)),
			"main: a wait: main of the gateway had no call under way for 90.8 ms, after its last call"},
		{"gateway=goroutine-flood;ms=90", change(span(2, 1, "gateway main", -91_000, 100_000)),
			"main: a wait: main of the gateway had no call under way for 91.2 ms, before its first call"},
		{"fetcher=clock-skew;ms=90", change(span(5, 3, "fetcher SERVER get /fetch", -89_600, 3000)),
			"get /fetch: an order: GET /fetch of the fetcher begins 89.8 ms before the call that it answers"},
		{"fetcher=cold-connections;n=20", change(span(7, 6, "fetcher CLIENT get", 600, 2600, "dial", `connected {"dials":21}`)),
			"get: a number: the call GET of the fetcher dialled 21 times, as its annotation says"},
		{"writer=n-plus-one;n=2", change(span(12, 10, "writer CLIENT get", 4500, 9), span(13, 10, "writer CLIENT get", 4510, 9)),
			"rediswrite: a number: redisWrite of the writer sent 3 commands to Redis, one after the other"},
		{"gateway=retry-storm;n=2", change(span(12, 2, "gateway CLIENT get /fetch", 110, 9, "error=x"), span(13, 2, "gateway CLIENT get /fetch", 120, 9, "error=x")),
			"get /fetch: a number: 2 calls GET /fetch of the gateway failed, one right after the other"},
		{"gateway=serial-fanout", change(span(4, 2, "gateway CLIENT get /fetch", 8400, 400, "to=fetcher")),
			"main: an order: of 2 visits each began when the one before had ended, the second 8.20 ms after the first"},
		{"gateway=lost-deadline;ms=5", change(span(1, 0, "gateway SERVER get /visit", 0, 5000, "http.status_code=504")),
			"main: an order: the gateway answered 504 after 5.00 ms, and main went on for 3.90 ms"},
		{"gateway=lost-context", change(span(9, 0, "", 0, 0), span(10, 0, "", 0, 0), span(11, 0, "", 0, 0)),
			"put /values/{key}: a missing span: the gateway called the writer, which has no span in this trace: its spans are in a trace of their own (calls: 1)"},
		{"writer=dropped-spans", change(span(9, 0, "", 0, 0), span(10, 0, "", 0, 0), span(11, 0, "", 0, 0)),
			"put /values/{key}: a missing span: the gateway called the writer, which has no span in this trace: it dropped them (calls: 1)"},
		{"writer=failing-dependency", change(span(11, 10, "writer CLIENT set", 4600, 9, "error=x"), span(1, 0, "gateway SERVER get /visit", 0, 9000, "http.status_code=503", "error=x")),
			"set: a status: SET of the writer has an error, and the gateway answered 503"},
		{"writer=slow-queue;ms=90", change(span(12, 1, "writer PRODUCER publish visits", 100, 50), span(13, 12, "writer CONSUMER process visits", 91_000, 50)),
			"process visits: a wait: 90.9 ms passed between the PRODUCER span and its CONSUMER"},
	} {
		injections, err := faults.Parse(test.fault)
		if err != nil {
			t.Fatal(err)
		}
		proved[injections[0].Name] = true
		e, ok := proof.Of(injections[0], test.trace)
		if got := e.Span + ": " + e.Shows; !ok || got != test.want || e.TraceID != "0000000000000009" || e.Service == "" {
			t.Errorf("%s: %t, %s; want %s", test.fault, ok, got, test.want)
		}
		for name, trace := range map[string][]zipkin.Span{"a plain trace": plain(), "no spans": nil, "the root alone": plain()[:1]} {
			if e, ok := proof.Of(injections[0], trace); ok {
				t.Errorf("%s: %s shows %+v", test.fault, name, e)
			}
		}
	}
	for _, f := range faults.Catalogue() {
		if !proved[f.Name] {
			t.Errorf("%s is not proved", f.Name)
		}
	}
}
