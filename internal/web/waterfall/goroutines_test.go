package waterfall

import (
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

// explained are the tags of a span of 10 ms, as the server writes them.
var explained = []zipkin.Tag{
	{Key: "go.network", Value: "2.500 ms"}, {Key: "go.running", Value: "0.250 ms"}, {Key: "go.sync", Value: "7.250 ms"},
	{Key: "go.why", Value: "7.25 ms for a mutex that <another> held."},
}

// explanationOf is the partial span with the explanation of a span.
func explanationOf(s zipkin.Span) zipkin.Span {
	return zipkin.Span{TraceID: s.TraceID, ParentID: s.ParentID, ID: s.ID, Timestamp: s.Timestamp, Local: s.Local, Shared: s.Shared, Tags: explained}
}

func TestAnExplanationIsPartOfItsSpan(t *testing.T) {
	trace := webtest.Failing(webtest.Visit(0xab, time.Minute, 40_000))
	trace = append(trace, explanationOf(trace[2]))
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{trace}}})
	page := html.UnescapeString(webtest.Get(t, h, "/traces/ab?span=3").Body.String())
	if rows := strings.Count(page, `role="row" id=`); rows != 3 {
		t.Errorf("%d rows, want 3", rows)
	}
	for _, want := range []string{
		"<dt>Spans</dt><dd>3</dd>", "<small>server</small><small>explained</small>",
		`<p class="why"><a href="?span=0000000000000003#span-0000000000000003">Why it took so long</a>: 7.25 ms for a mutex that <another> held.</p>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(page, "/tracelab/v1/why") {
		t.Error("the page offers to explain what is explained")
	}
	panel := between(t, page, `aria-label="Span details">`, "</aside>")
	part, tags := between(t, panel, `<h3 id="goroutines">Goroutines</h3>`, "</section>"), between(t, panel, "<caption>Tags</caption>", "</table>")
	want := []string{
		"<p>7.25 ms for a mutex that <another> held.</p>",
		`<a href="/?annotationQuery=go.sync&serviceName=fetcher" title="Traces with this tag">sync</a> <small>waited for a mutex, or for another of package sync</small>`,
		`width="72.5%"`, "<td>7.25 ms</td><td>72.5 %</td>", ">network</a>", "<td>2.50 ms</td><td>25.0 %</td>", ">running</a>", "<td>250 µs</td><td>2.5 %</td>",
	}
	rest := part
	for _, w := range want { // in this order
		_, after, found := strings.Cut(rest, w)
		if !found {
			t.Fatalf("the part on goroutines lacks %s, or has it elsewhere: %s", w, part)
		}
		rest = after
	}
	if strings.Contains(tags, "go.") || !strings.Contains(tags, ">error</a>") {
		t.Errorf("the tags are %s", tags)
	}
}

func TestGoroutines(t *testing.T) {
	tags := func(pairs ...string) (ts []zipkin.Tag) {
		for i := 0; i < len(pairs); i += 2 {
			ts = append(ts, zipkin.Tag{Key: pairs[i], Value: pairs[i+1]})
		}
		return ts
	}
	for _, c := range []struct {
		name     string
		tags     []zipkin.Tag
		duration int64
		states   string // each "state time share width"
		others   int
	}{
		{"none", tags("http.method", "GET"), 10, "", 1},
		{"by size", tags("go.network", "1.000 ms", "go.sync", "3.000 ms"), 4000, "sync 3.00 ms 75.0 % 75%, network 1.00 ms 25.0 % 25%", 0},
		{"of one size", tags("go.network", "1.000 ms", "go.sync", "1.000 ms"), 2000, "network 1.00 ms 50.0 % 50%, sync 1.00 ms 50.0 % 50%", 0},
		{"of a span without a duration", tags("go.network", "1.000 ms", "go.sync", "3.000 ms"), 0, "sync 3.00 ms 75.0 % 75%, network 1.00 ms 25.0 % 25%", 0},
		{"less than the span", tags("go.sync", "1.000 ms"), 4000, "sync 1.00 ms 25.0 % 25%", 0},
		{"more than the span", tags("go.sync", "8.000 ms"), 4000, "sync 8.00 ms 100.0 % 100%", 0},
		{"no time", tags("go.unknown", "0.000 ms", "go.sync", "1.000 ms"), 1000, "sync 1.00 ms 100.0 % 100%", 0},
		{"not ours", tags("go.version", "1.26", "go.sync", "long", "go.network", "1 s", "go.select", "-1.000 ms", "go.sleep", "NaN ms", "go.syscall", "1e300 ms", "go.", "1.000 ms", "sync", "1.000 ms"), 10, "", 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, others := takeGoroutines(&zipkin.Span{Duration: c.duration, Tags: c.tags})
			var got []string
			for _, s := range g.States {
				got = append(got, strings.Join([]string{s.State, s.Time, s.Share, s.W}, " "))
			}
			if strings.Join(got, ", ") != c.states || len(others) != c.others {
				t.Errorf("%q and %d others, want %q and %d", got, len(others), c.states, c.others)
			}
		})
	}
}

func TestWhatToRun(t *testing.T) {
	h := serveUIOf("the embedded store", Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{webtest.Visit(0xab, 0, 10)}}}, "workshop.example")
	for host, at := range map[string]string{"localhost:9411": "localhost:9411", "192.0.2.7:8888": "192.0.2.7:8888", "[::1]:9411": "'[::1]:9411", "workshop.example": "workshop.example"} {
		r := httptest.NewRequest(http.MethodGet, "/traces/ab", nil)
		r.Host = host
		body := html.UnescapeString(webtest.Ask(h, r).Body.String())
		want := `<code id="why">curl ` + at + "/tracelab/v1/why/00000000000000ab" + strings.Repeat("'", strings.Count(at, "'")) + `</code> <button type="button" data-copy="why"`
		if !strings.Contains(body, want) {
			t.Errorf("at %s: the page lacks %s", host, want)
		}
	}
}
