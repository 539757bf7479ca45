package workshop

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

func TestTheFirstPage(t *testing.T) {
	h := serve(running(), nil)
	w := webtest.Get(t, h, "/start?attendee=O%27Brien")
	holds(t, w, `name="make" value="one"`, `name="make" value="ten"`, `name="make" value="slow"`, `name="make" value="failing"`,
		"curl <attendee=O%27Brien&times=1>", `<option value="writer=lock-contention;ms=100"`, "lock-contention: a mutex <held>", `value="O'Brien"`,
		"ready, 0 spans", "not ready", "not running", "2 traces", `aria-label="What runs: gateway: ready, fetcher: not ready, writer: not running"`)
	if body := w.Body.String(); strings.Index(body, "lock-contention:") > strings.Index(body, "gc-pressure:") || strings.Contains(body, "n-plus-one") {
		t.Error("the faults to choose from are not those that make a visit slow, the most instructive one first")
	}
	holds(t, webtest.Get(t, h, "/start/live"), "<svg", "not running")
	idle := running()
	idle.stack.Gateway, idle.stack.Processes = "", nil
	w = webtest.Get(t, serve(idle, nil), "/start")
	holds(t, w, "No gateway is connected", "tracelab up")
	if strings.Contains(w.Body.String(), "<button name=") {
		t.Error("there are buttons for visits that nobody would answer")
	}
}

// TestButtonsMakeVisits by the API, and lead to what they left.
func TestButtonsMakeVisits(t *testing.T) {
	visit := func(low uint64, sampled bool) labapi.Visit {
		return labapi.Visit{TraceID: zipkin.TraceID{Low: low}.String(), Sampled: sampled, Status: 200}
	}
	for name, c := range map[string]struct {
		form   url.Values
		visits []labapi.Visit
		refuse string
		asked  string
		status int
		to     string // where it leads, or what the page says
	}{
		"one":     {url.Values{"make": {"one"}}, []labapi.Visit{visit(1, true)}, "", "POST /tracelab/v1/visits times=1", 303, "/traces/0000000000000001"},
		"ten":     {url.Values{"make": {"ten"}, "attendee": {" ann "}}, []labapi.Visit{visit(1, true), visit(2, false), visit(3, true)}, "", "POST /tracelab/v1/visits attendee=ann&times=10", 303, "/start?attendee=ann&made=0000000000000001%2C0000000000000003#made"},
		"slow":    {url.Values{"make": {"slow"}, "fault": {"writer=slow-disk;ms=5"}, "token": {"x"}}, []labapi.Visit{visit(1, true)}, "", "POST /tracelab/v1/visits fault=writer%3Dslow-disk%3Bms%3D5", 303, "/traces/0000000000000001"},
		"failing": {url.Values{"make": {"failing"}, "fault": {"writer=slow-disk"}}, []labapi.Visit{visit(1, true)}, "", "POST /tracelab/v1/visits fault=writer%3Dfailing-dependency", 303, "/traces/0000000000000001"},
		"unseen":  {url.Values{"make": {"one"}}, []labapi.Visit{visit(1, false)}, "", "POST /tracelab/v1/visits times=1", 200, "not recorded, because of the gateway's sampler"},
		"refused": {url.Values{"make": {"one"}, "attendee": {"ann"}}, nil, "the gateway does <not> answer", "POST /tracelab/v1/visits attendee=ann&times=1", 409, "the gateway does <not> answer"},
		"unknown": {url.Values{"make": {"many"}}, nil, "", "", 400, `make="many": want one, ten, slow or failing`},
	} {
		a := running()
		a.visits, a.refuse = labapi.Visits{Visits: c.visits}, c.refuse
		w := post(serve(a, nil), "/start", c.form, "http://localhost")
		if w.Code != c.status || strings.Join(a.asked, ", ") != c.asked {
			t.Errorf("%s: status %d, asked %q", name, w.Code, a.asked)
		}
		if c.status == 303 && w.Header().Get("Location") != c.to {
			t.Errorf("%s: leads to %s, want %s", name, w.Header().Get("Location"), c.to)
		}
		if c.status != 303 {
			holds(t, w, c.to)
		}
	}
}

// TestTheListOfTheTen has those that came, and those that did not yet.
func TestTheListOfTheTen(t *testing.T) {
	reader := &webtest.Reader{Held: [][]zipkin.Span{webtest.Visit(0xa, 0, 4_000), webtest.Visit(0xb, 0, 40_000)}}
	h := serve(running(), reader)
	w := webtest.Get(t, h, "/start?made=000000000000000a,000000000000000b,00000000000000cc,%3Cscript%3E")
	holds(t, w, `href="/traces/000000000000000b?explain=1"`, `<a href="/traces/000000000000000b">Visit 2</a> <span class="mark">slowest</span>`, "40.0 ms", "Its spans have not come",
		`href="/compare?a=00000000000000cc&b=000000000000000b"`)
	if body := w.Body.String(); strings.Contains(body, "script>&") || strings.Contains(body, "Visit 4") {
		t.Error("what is no trace id is listed")
	}
	many := slices.Repeat([]string{"000000000000000a"}, 40)
	if n := strings.Count(webtest.Get(t, h, "/start?made="+strings.Join(many, ",")).Body.String(), "Visit "); n != labapi.MaxVisits {
		t.Errorf("of an address that is too long %d are listed", n)
	}
	reader.Err = errors.New("connection refused")
	if w := webtest.Get(t, h, "/start?made=000000000000000f"); w.Code != http.StatusBadGateway {
		t.Errorf("a Zipkin that does not answer: %d", w.Code)
	}
}
