package load_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/cmd/tracelab/internal/load"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/testbed/clitest"
)

// front answers as our gateway does, and keeps what it was asked. It is its own
// server too.
type front struct {
	*httptest.Server
	mu    sync.Mutex
	asked []*http.Request
}

func newFront(t *testing.T) *front {
	t.Helper()
	g := &front{}
	g.Server = httptest.NewServer(http.HandlerFunc(g.answer))
	t.Cleanup(g.Close)
	return g
}

func (g *front) answer(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if r.URL.Path == "/tracelab/v1/stack" {
		fmt.Fprintf(w, `{"gateway_url":%q}`, g.URL)
		return
	}
	g.asked = append(g.asked, r)
	id := fmt.Sprintf("%032x", len(g.asked))
	w.Header().Set("traceresponse", "00-"+id+"-00f067aa0ba902b7-01")
	switch {
	case r.URL.Path == "/slow":
		time.Sleep(5 * time.Millisecond) // what it takes, one after the other
		fmt.Fprint(w, `{}`)
	case r.URL.Path == "/hangs-up":
		panic(http.ErrAbortHandler)
	case r.URL.Path == "/breaks" && len(g.asked)%2 == 0:
		w.WriteHeader(503)
		fmt.Fprintf(w, `{"status":503,"detail":"redis does not answer","traceUrl":"http://ui/zipkin/traces/%s"}`, id)
	default:
		fmt.Fprintf(w, `{"traceUrl":"http://ui/zipkin/traces/%s"}`, id)
	}
}

func run(args ...string) (out, wrong string, status int) {
	var grammar struct {
		Load load.Command `cmd:""`
	}
	return clitest.Run(&grammar, append([]string{"load"}, args...)...)
}

func TestLoadSendsWhatWasAskedFor(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		a, b string // what the server is asked for
	}{
		"plain":       {[]string{"/x?url=http://h/1"}, "GET /x?url=http://h/1", ""},
		"method":      {[]string{"/x", "--method", "POST"}, "POST /x", ""},
		"fault":       {[]string{"/x", "--fault", "writer=slow-disk;ms=5"}, "GET /x Fault=writer=slow-disk;ms=5", ""},
		"headers":     {[]string{"/x", "--header", "b3: d", "--header", "baggage:attendee=ann", "--header", "Host: h"}, "GET h /x Baggage=attendee=ann B3=d", ""},
		"two headers": {[]string{"/x", "--header", "Fault: writer=slow-disk", "--fault", "gateway=quadratic"}, "GET /x Fault=writer=slow-disk,gateway=quadratic", ""},
		"ab fault":    {[]string{"/x", "--ab", "none", "writer=slow-disk"}, "GET /x Baggage=variant=A", "GET /x Baggage=variant=B Fault=writer=slow-disk"},
		"ab two":      {[]string{"/x", "--fault", "gateway=quadratic", "--ab", "none", "writer=slow-disk"}, "GET /x Baggage=variant=A Fault=gateway=quadratic", "GET /x Baggage=variant=B Fault=gateway=quadratic,writer=slow-disk"},
		"ab query":    {[]string{"/x?mode=a&u=1", "--ab", "?mode=parallel", "?mode=serial&mode=b"}, "GET /x?mode=parallel&u=1 Baggage=variant=A", "GET /x?mode=serial&mode=b&u=1 Baggage=variant=B"},
		"ab header":   {[]string{"/x", "--header", "b3: 0", "--ab", "none", "b3: d"}, "GET /x Baggage=variant=A B3=0", "GET /x Baggage=variant=B B3=d"},
		"ab URL":      {[]string{"/x", "--header", "b3: d", "--ab", "none", "URL/y"}, "GET /x Baggage=variant=A B3=d", "GET /y Baggage=variant=B B3=d"},
		"ab and theirs": {[]string{"/x", "--header", "Baggage: attendee=ann;p, n=1", "--header", "baggage: m=2", "--ab", "none", "none"},
			"GET /x Baggage=attendee=ann;p, n=1,m=2,variant=A", "GET /x Baggage=attendee=ann;p, n=1,m=2,variant=B"},
	} {
		g := newFront(t)
		args := append([]string{g.URL + test.args[0], "--rate", "1000", "--count", "10", "--block", "1"}, test.args[1:]...)
		for i := range args {
			args[i] = strings.Replace(args[i], "URL", g.URL, 1)
		}
		if _, errs, code := run(args...); code != cli.OK || errs != "" {
			t.Errorf("%s: exit status %d: %s", name, code, errs)
		}
		counts := map[string]int{}
		for _, r := range g.asked {
			counts[line(r, g.URL)]++
		}
		want := map[string]int{test.a: 10}
		if test.b != "" {
			want = map[string]int{test.a: 5, test.b: 5}
		}
		if fmt.Sprint(counts) != fmt.Sprint(want) {
			t.Errorf("%s: the server was asked for %v, want %v", name, counts, want)
		}
	}
}

// line is what matters of a request.
func line(r *http.Request, gateway string) string {
	parts := []string{r.Method}
	if "http://"+r.Host != gateway {
		parts = append(parts, r.Host)
	}
	parts = append(parts, r.URL.RequestURI())
	for _, name := range []string{"Baggage", "Fault", "B3"} {
		if values := r.Header.Values(name); values != nil {
			parts = append(parts, name+"="+strings.Join(values, ","))
		}
	}
	return strings.Join(parts, " ")
}

func TestLoadFindsTheGateway(t *testing.T) {
	for method, path := range map[string]string{"GET": "/visit", "POST": "/visits"} {
		g := newFront(t)
		out, errs, code := run("--server", g.URL, "--method", method, "--count", "1")
		if code != cli.OK || len(g.asked) != 1 || g.asked[0].URL.Path != path || !strings.Contains(out, method+" "+g.URL+path+"\n") {
			t.Errorf("exit status %d: %s %s", code, out, errs)
		}
	}
}

func TestLoadReports(t *testing.T) {
	g := newFront(t)
	out, errs, code := run(strings.TrimPrefix(g.URL, "http://")+"/breaks", "--rate", "500", "--count", "100")
	if code != cli.Negative || !strings.Contains(errs, "50 of 100 requests failed") {
		t.Errorf("exit status %d: %s", code, errs)
	}
	for _, want := range []string{"GET " + g.URL + "/breaks\n100 requests, 500/s\n", "p99.9", "latency        100      50 ", "answers    200: 50   503: 50\n",
		"  http://ui/zipkin/traces/00000000000000000000000000000002  503  redis does not answer\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "\x1b") {
		t.Errorf("colours for no terminal: %q", out)
	}
}

// TestLoadThatIsLate says why: it was told how many requests to have under way.
func TestLoadThatIsLate(t *testing.T) {
	g := newFront(t)
	out, errs, code := run(g.URL+"/slow", "--rate", "1000", "--count", "20", "--concurrency", "1")
	if code != cli.OK || !regexp.MustCompile(`(?m)^late +\d+ of them, by up to [0-9.]+ ?m?s: as many were under way as --concurrency lets$`).MatchString(out) {
		t.Errorf("exit status %d: %s%s", code, out, errs)
	}
}

func TestLoadPrintsOneDocument(t *testing.T) {
	g := newFront(t)
	out, _, code := run(g.URL+"/breaks", "--rate", "500", "--count", "40", "--ab", "none", "?n=1", "--block", "10", "--explain", "2", "--json")
	var doc struct {
		Ended, Count, Block, CutOff int
		Variants                    []struct {
			Name, About, URL string
			Ended, Failed    int
			LatencyUs        map[string]int `json:"latency_us"`
			Statuses         map[string]int
			Errors           map[string]int
			Slowest, Bad     []struct {
				Status   int
				TraceID  string `json:"traceId"`
				TraceURL string `json:"trace_url"`
			}
			TraceIDs []string `json:"traceIds"`
			DebugIDs []string `json:"debug_traceIds"`
		}
	}
	d := json.NewDecoder(strings.NewReader(out))
	if err := d.Decode(&doc); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if _, err := d.Token(); err != io.EOF {
		t.Errorf("more than one document: %s", out)
	}
	if code != cli.Negative || doc.Ended != 40 || doc.Count != 40 || doc.Block != 10 || len(doc.Variants) != 2 {
		t.Fatalf("exit status %d: %+v", code, doc)
	}
	seen := map[string]bool{}
	for i, v := range doc.Variants {
		u, _ := url.Parse(v.URL)
		if v.Name != string(rune('A'+i)) || v.About != []string{"none", "?n=1"}[i] || u.Path != "/breaks" || u.RawQuery != "" ||
			v.Ended != 20 || v.Statuses["200"]+v.Statuses["503"] != 20 || v.Failed != v.Statuses["503"] || v.Errors == nil ||
			len(v.Slowest) != 5 || len(v.Bad) != 5 || len(v.TraceIDs) != 20 || len(v.DebugIDs) != 2 || !slices.Contains(v.TraceIDs, v.DebugIDs[0]) {
			t.Errorf("%+v", v)
		}
		if l := v.LatencyUs; len(l) != 5 || l["p50"] < 1 || l["max"] < l["p999"] || l["p999"] < l["p99"] || l["p99"] < l["p90"] || l["p90"] < l["p50"] {
			t.Errorf("latency %v", l)
		}
		for _, id := range v.TraceIDs {
			seen[id] = true
		}
		for _, r := range slices.Concat(v.Slowest, v.Bad) {
			if r.TraceURL != "http://ui/zipkin/traces/"+r.TraceID {
				t.Errorf("%+v", r)
			}
		}
	}
	if len(seen) != 40 {
		t.Errorf("%d traces of 40", len(seen))
	}
}

func TestLoadThatReachesNothing(t *testing.T) {
	g := newFront(t)
	if _, errs, code := run(g.URL+"/hangs-up", "--count", "3"); code != cli.Unreachable || !strings.Contains(errs, "none of 3 requests") {
		t.Errorf("hangs up: exit status %d: %s", code, errs)
	}
	g.Close()
	for name, args := range map[string][]string{"away": {g.URL}, "no server": {"--server", g.URL}} {
		if out, errs, code := run(args...); code != cli.Unreachable || !strings.Contains(errs, "refused") || strings.Contains(out, "p99") {
			t.Errorf("%s: exit status %d: %s %s", name, code, out, errs)
		}
	}
}

// TestLoadOfAHalfScheme: the rest would be a path, and be shown with its password.
func TestLoadOfAHalfScheme(t *testing.T) {
	for _, scheme := range []string{"http:/", "HTTPS:/", "http//"} {
		if out, errs, code := run(scheme+"ann:S3CRET@127.0.0.1:1", "--count=1"); code != cli.Usage || strings.Contains(out+errs, "S3CRET") || !strings.Contains(errs, "want one like") {
			t.Errorf("%s: exit status %d: %s%s", scheme, code, out, errs)
		}
	}
}

// TestLoadShowsAVariantWithoutItsQuery where a space would end the URL in a sentence.
func TestLoadShowsAVariantWithoutItsQuery(t *testing.T) {
	g := newFront(t)
	out, errs, code := run(g.URL, "--count=2", "--ab", "none", g.URL+"/a b?key=S3CRET")
	if code == cli.Usage || strings.Contains(out+errs, "S3CRET") || !strings.Contains(out, g.URL+"/a%20b") {
		t.Errorf("exit status %d: %s%s", code, out, errs)
	}
}

func TestLoadUsedWrongly(t *testing.T) {
	g := newFront(t)
	for want, args := range map[string][]string{
		"0 requests a second":         {"--rate", "0"},
		"NaN requests a second":       {"--rate", "NaN", "--count", "1"},
		"--duration 0s":               {"--duration", "0s"},
		"are more than 10000000":      {"--duration", "24h", "--rate", "10000"},
		"0 requests:":                 {"--count", "0"},
		"can't be used together":      {"--count", "1", "--duration", "1s"},
		"there is no fault":           {"--fault", "writer=gremlins"},
		"asked for twice":             {"--fault", "writer=slow-disk", "--ab", "none", "writer=slow-disk"},
		"want two variants":           {"--ab", "none"},
		"neither none, a URL":         {"--ab", "none", "some"},
		`--ab "?%zz"`:                 {"--ab", "?%zz", "none"},
		"blocks of 0":                 {"--ab", "none", "none", "--block", "0"},
		`a member "variant" already`:  {"--ab", "none", "none", "--header", "baggage: variant=C"},
		`--header "x": want`:          {"--header", "x"},
		`--header "a b: c": want`:     {"--header", "a b: c"},
		`--header "a: b\nc: d": want`: {"--header", "a: b\nc: d"},
		"0 requests under way":        {"--concurrency", "0"},
		"21 requests of each variant": {"--explain", "21"},
		`invalid method "GE T"`:       {"--method", "GE T"},
		`URL "ftp://h/"`:              {"--ab", "none", "ftp://h/"},
	} {
		if out, errs, code := run(append([]string{g.URL}, args...)...); code != cli.Usage || !strings.Contains(errs, want) || out != "" {
			t.Errorf("%v: exit status %d: %s; want %s", args, code, errs, want)
		}
	}
	if len(g.asked) != 0 {
		t.Errorf("%d requests were sent", len(g.asked))
	}
}
