package clients

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/interop/referee"
)

// reporter is a library, and a format in which it can report.
type reporter struct {
	library, format string
	// report sends spans of every sort that the library can make, as service and
	// as one that it calls, and returns the ids of their traces.
	report func(t *testing.T, collector, format, service string) (ids []string, err error)
	cannot []string // sorts of spans that do not come, see sortsOf
}

// The formats.
const (
	jsonV2 = "json"
	proto3 = "proto3"
	jsonV1 = "json-v1"
)

var reporters = []reporter{
	{"brave", jsonV2, program("brave"), nil},
	{"brave", proto3, program("brave"), nil},
	{"brave", jsonV1, program("brave"), nil},
	{"py_zipkin", jsonV2, program("py_zipkin"), []string{"debug"}},
	{"py_zipkin", proto3, program("py_zipkin"), []string{"debug"}},
	{"py_zipkin", jsonV1, program("py_zipkin"), []string{"debug"}},
	{"opentelemetry-python", jsonV2, program("opentelemetry-python"), []string{"remote", "shared", "64-bit"}},
	{"opentelemetry-python", proto3, program("opentelemetry-python"), []string{"remote", "shared", "64-bit"}},
	{"opentelemetry-python", jsonV1, program("opentelemetry-python"), []string{"CLIENT", "SERVER", "PRODUCER", "CONSUMER", "remote", "shared", "64-bit"}},
	{"zipkin-js", jsonV2, program("zipkin-js"), []string{"ipv6"}},
	{"zipkin-js", jsonV1, program("zipkin-js"), []string{"ipv6"}},
	{"zipkin-go", jsonV2, zipkinGo, nil},
	{"zipkin-go", proto3, zipkinGo, nil},
	{"opentelemetry-go", jsonV2, openTelemetryGo, []string{"ipv4", "shared", "64-bit", "debug"}},
}

// TestReportsAreStoredAlike has each library report to the released server and
// to ours, which must then answer alike.
func TestReportsAreStoredAlike(t *testing.T) {
	both := referee.Start(t)
	collector := both.Tee(t)
	var table strings.Builder
	results := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(results, "library\tformat\ttraces\tspans\tquestions\tdiffer\tdoes not come")
	for _, r := range reporters {
		t.Run(r.library+" "+r.format, func(t *testing.T) {
			service := r.library + "-" + r.format
			ids, err := r.report(t, collector, r.format, service)
			if err != nil {
				t.Fatal(err)
			}
			asked, differ := askBoth(t, both, service, ids)
			pathsTile(t, both.Ours, ids)
			spans := stored(t, both.Zipkin, ids)
			if missing := without(sortsOf(spans)); !slices.Equal(missing, r.cannot) {
				t.Errorf("Zipkin has no spans of the sorts %q; want none of %q", missing, r.cannot)
			}
			fmt.Fprintf(results, "%s\t%s\t%d\t%d\t%d\t%d\t%s\n", r.library, r.format, len(ids), len(spans), asked, differ, strings.Join(r.cannot, ", "))
		})
	}
	results.Flush()
	t.Logf("\n%s", table.String())
}

// program reports by the program of a client.
func program(name string) func(*testing.T, string, string, string) ([]string, error) {
	return func(t *testing.T, collector, format, service string) ([]string, error) {
		c := clients[slices.IndexFunc(clients, func(c client) bool { return c.name == name })]
		out, err := c.start(t, c.install(t), "", "report", collector, format, service)
		return strings.Fields(out), err
	}
}

// askBoth asks both servers about what a library reported.
func askBoth(t *testing.T, both *referee.Pair, service string, ids []string) (asked, differ int) {
	t.Helper()
	for _, id := range ids {
		// Zipkin stores what it has accepted in its own time.
		if err := testbed.Eventually(func() error { return both.Same("/api/v2/trace/" + id) }); err != nil {
			t.Fatalf("GET /api/v2/trace/%s: %v", id, err)
		}
	}
	questions := reportQuestions(service, ids)
	for _, question := range questions {
		if err := both.Same(question); err != nil {
			differ++
			t.Errorf("GET %s: %v", question, err)
		}
	}
	return len(ids) + len(questions), differ
}

func reportQuestions(service string, ids []string) []string {
	window := fmt.Sprintf("endTs=%d&lookback=3600000", time.Now().Add(time.Minute).UnixMilli())
	all := []string{"/api/v2/services", "/api/v2/dependencies?" + window}
	if len(ids) > 1 {
		all = append(all, "/api/v2/traceMany?traceIds="+strings.Join(ids, ","))
	}
	search := "/api/v2/traces?" + window
	for _, name := range []string{service, service + "-back"} {
		q := "serviceName=" + url.QueryEscape(name)
		all = append(all, "/api/v2/spans?"+q, "/api/v2/remoteServices?"+q)
		for _, more := range []string{"", "&limit=1", "&spanName=get+%2Fstock", "&remoteServiceName=stock", "&remoteServiceName=kafka",
			"&annotationQuery=error", "&annotationQuery=error%3D503", "&annotationQuery=cache+miss", "&annotationQuery=gr%C3%B6%C3%9Fe+%F0%9F%A7%80",
			"&annotationQuery=kunde+and+cache+miss", "&annotationQuery=" + url.QueryEscape("kunde="+umlauts), "&minDuration=1", "&minDuration=1&maxDuration=900"} {
			all = append(all, search+"&"+q+more)
		}
	}
	return append(all, search+"&limit=5", search+"&annotationQuery=error&limit=100")
}

// stored are the spans that Zipkin has of some traces.
func stored(t *testing.T, zipkin string, ids []string) (all []span) {
	t.Helper()
	for _, id := range ids {
		status, body, err := get(zipkin + "/api/v2/trace/" + id)
		if err != nil {
			t.Fatal(err)
		}
		var spans []span
		if err := json.Unmarshal(body, &spans); err != nil || status != http.StatusOK {
			t.Fatalf("trace %s: %d: %v: %s", id, status, err, body)
		}
		all = append(all, spans...)
	}
	return all
}

// sorts are what spans can be, one beside the other.
var sorts = []string{"CLIENT", "SERVER", "PRODUCER", "CONSUMER", "local", "error", "annotation", "remote", "ipv4", "ipv6", "shared", "64-bit", "128-bit", "unicode", "debug"}

// sortsOf are the sorts that there are among spans.
func sortsOf(spans []span) map[string]bool {
	found := map[string]bool{}
	for _, s := range spans {
		_, failed := s.Tags["error"]
		for name, is := range map[string]bool{
			s.Kind:       s.Kind != "",
			"local":      s.Kind == "",
			"error":      failed,
			"annotation": len(s.Annotations) > 0,
			"remote":     s.RemoteEndpoint.ServiceName != "",
			"ipv4":       s.LocalEndpoint.IPv4+s.RemoteEndpoint.IPv4 != "",
			"ipv6":       s.LocalEndpoint.IPv6+s.RemoteEndpoint.IPv6 != "",
			"shared":     s.Shared,
			"64-bit":     len(s.TraceID) == 16,
			"128-bit":    len(s.TraceID) == 32,
			"unicode":    s.Tags["kunde"] == umlauts,
			"debug":      s.Debug,
		} {
			found[name] = found[name] || is
		}
	}
	return found
}

// without lists the sorts that are not there.
func without(found map[string]bool) (missing []string) {
	for _, sort := range sorts {
		if !found[sort] {
			missing = append(missing, sort)
		}
	}
	return missing
}
