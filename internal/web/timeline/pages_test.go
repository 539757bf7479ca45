package timeline_test

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/testbed/executiontest"
	"example.com/tracelab/internal/testbed/workload"
	"example.com/tracelab/internal/web/execution"
	"example.com/tracelab/internal/web/timeline"
	"example.com/tracelab/internal/web/webtest"
)

// source has execution traces that have been read.
type source map[string]*executions.Execution

func (s source) List() []executions.Entry { return nil }

func (s source) Open(ctx context.Context, id string) (*executions.Execution, error) {
	switch x := s[id]; {
	case x != nil:
		return x, nil
	case id == "damaged":
		return nil, &executions.Unreadable{Name: "damaged.trace", Err: fmt.Errorf("it is a <picture>")}
	}
	if id == "long" { // it is being read
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return nil, executions.ErrUnknown
}

// record records a program of a kind.
func record(t testing.TB, kind string, size int) *executions.Execution {
	t.Helper()
	raw, err := workload.Record(kind, size)
	if err != nil {
		t.Fatal(err)
	}
	return executiontest.Open(t, kind, raw)
}

// recorded is one execution for all tests: of a server and its clients.
var recorded = sync.OnceValue(func() *executions.Execution { return record(new(testing.B), "http", 40) })

func serve(all ...*executions.Execution) http.Handler {
	have := source{}
	for _, x := range all {
		have[x.ID] = x
	}
	return serveFrom(execution.Config{Library: have})
}

func serveFrom(cfg execution.Config) http.Handler {
	cfg.Timeline = true
	s := webtest.Shell("files")
	return webtest.Serve(s, timeline.New(execution.New(s, cfg)))
}

// get asks for a part of the recorded execution, and wants a status.
func get(t *testing.T, path string, status int) *httptest.ResponseRecorder {
	t.Helper()
	w := webtest.Get(t, serve(recorded()), "/exec/http/"+path)
	if w.Code != status {
		t.Fatalf("%s: status %d, want %d: %.300s", path, w.Code, status, w.Body)
	}
	return w
}

func decode[T any](t *testing.T, w *httptest.ResponseRecorder) (v T) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("%v: %.300s", err, w.Body)
	}
	return v
}

type tile struct {
	From, Width int64
	Texts       []string
	Lanes       []struct {
		Lane     string
		Segments []int64
		Columns  map[int][]byte
		Values   [][]int64
	}
}

type listed struct {
	Total, First int
	Lanes        [][]any
}

// highest is the level at which one tile has the whole trace.
func highest(x *executions.Execution) (level int) {
	for int64(256*64)<<level < int64(x.Lanes.Trace.Duration()) {
		level++
	}
	return level
}

func TestThePageWithoutJavaScript(t *testing.T) {
	body := html.UnescapeString(get(t, "timeline", http.StatusOK).Body.String())
	processors := len(recorded().Lanes.Processors())
	if got := strings.Count(body, `<th scope="row">processor `); got != processors {
		t.Errorf("%d processors are drawn, want %d", got, processors)
	}
	for _, want := range []string{"http.trace", "Goroutines", "Heap", `class="s1" fill="url(#s1)" d="M`, "running ", `href="/exec/http/timeline?by=goroutine"`, `<pattern id="s4"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if inline := regexp.MustCompile(`<style|\sstyle=|\son\w+=|<script>`).FindString(body); inline != "" {
		t.Errorf("the page has %s", inline)
	}
}

// TestHalvesCanBeFollowed goes into the left half until it is as short as can be, and back
// to the whole.
func TestHalvesCanBeFollowed(t *testing.T) {
	h, path := serve(recorded()), "/exec/http/timeline"
	for range 60 {
		w := webtest.Get(t, h, path)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: status %d: %.300s", path, w.Code, w.Body)
		}
		path = link(t, w.Body.String(), "Left half")
	}
	if q := query(t, path); q.Get("to") != "1" || q.Get("from") != "0" {
		t.Errorf("after all halves: %s", path)
	}
	if whole := link(t, webtest.Get(t, h, path).Body.String(), "All of it"); whole != "/exec/http/timeline?by=processor" {
		t.Errorf("all of it is at %s", whole)
	}
}

func link(t *testing.T, body, word string) string {
	t.Helper()
	m := regexp.MustCompile(`href="([^"]*)">` + word + `<`).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no link %s in %.2000s", word, body)
	}
	return html.UnescapeString(m[1])
}

func query(t *testing.T, path string) url.Values {
	t.Helper()
	u, err := url.Parse(path)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// TestTilesAgree compares what tiles of two levels say of the same time.
func TestTilesAgree(t *testing.T) {
	x := recorded()
	list := decode[listed](t, get(t, "lanes?by=goroutine&count=60", http.StatusOK))
	ids := []string{"p0", "all"}
	for _, l := range list.Lanes {
		ids = append(ids, l[0].(string))
	}
	level := highest(x)
	path := "tile?lanes=" + strings.Join(ids, ",") + "&level=" + strconv.Itoa(level)
	whole := decode[tile](t, get(t, path, http.StatusOK))
	halves := [2]tile{}
	for n := range halves {
		halves[n] = decode[tile](t, get(t, strings.Replace(path, "level="+strconv.Itoa(level), fmt.Sprintf("level=%d&tile=%d", level-1, n), 1), http.StatusOK))
	}
	for i, id := range ids {
		want, got := spent(whole, i), map[int]float64{}
		for _, half := range halves {
			for state, took := range spent(half, i) {
				got[state] += took
			}
		}
		for state := range want {
			if diff := want[state] - got[state]; diff > float64(whole.Width)*10 || diff < -float64(whole.Width)*10 {
				t.Errorf("%s: %.0f ns in state %d in one tile, %.0f in two", id, want[state], state, got[state])
			}
		}
	}
}

// spent is how long a lane is in each state within a tile, in ns.
func spent(t tile, lane int) map[int]float64 {
	all := map[int]float64{}
	l, end := t.Lanes[lane], t.Width*256
	at := int64(0)
	for i := 0; i < len(l.Segments); i += 6 {
		from := at + l.Segments[i]
		at = from + l.Segments[i+1]
		all[int(l.Segments[i+2])] += float64(min(at, end) - max(from, 0))
	}
	for state, shares := range l.Columns {
		for _, share := range shares {
			all[state] += float64(share) / 255 * float64(t.Width)
		}
	}
	return all
}

func TestCountersAndRuntime(t *testing.T) {
	x := record(t, "gc", 20)
	h := serve(x)
	w := webtest.Get(t, h, fmt.Sprintf("/exec/gc/tile?lanes=goroutines,heap,threads,gc,stw&level=%d", highest(x)))
	got := decode[tile](t, w)
	for i, parts := range []int{3, 2, 2} {
		if l := got.Lanes[i]; len(l.Values) != parts || len(l.Values[0]) != 256 || slices.Max(l.Values[0]) == 0 {
			t.Errorf("%s: %d parts", l.Lane, len(l.Values))
		}
	}
	for _, l := range got.Lanes[3:] {
		if len(l.Segments) == 0 && len(l.Columns) == 0 {
			t.Errorf("%s: nothing in a program that makes garbage", l.Lane)
		}
	}
	if body := w.Body.String(); !strings.Contains(body, "GC mark termination") && !strings.Contains(body, "columns") {
		t.Errorf("the reason of a stop is missing: %.400s", body)
	}
}

func TestTilesAreKeptUnderTheirVersion(t *testing.T) {
	body := get(t, "timeline", http.StatusOK).Body.String()
	version := regexp.MustCompile(`data-version="(\w+)"`).FindStringSubmatch(body)[1]
	for v, want := range map[string]string{version: "private, max-age=31536000, immutable", "other": "no-cache"} {
		if got := get(t, "tile?lanes=p0&level=20&v="+v, http.StatusOK).Header().Get("Cache-Control"); got != want {
			t.Errorf("v=%s: Cache-Control %q, want %q", v, got, want)
		}
	}
}

type found struct {
	Matches, Nth, Index int
	Lane, Name          string
	Ran                 []struct {
		By, Lane string
		At       int64
	}
}

func TestFind(t *testing.T) {
	first := decode[found](t, get(t, "lanes?by=goroutine&find=NET/HTTP", http.StatusOK))
	if first.Matches < 2 || first.Nth != 1 || !strings.HasPrefix(first.Name, "http") {
		t.Fatalf("the first of net/http: %+v", first)
	}
	second := decode[found](t, get(t, fmt.Sprint("lanes?by=goroutine&find=net/http&after=", first.Index), http.StatusOK))
	if second.Nth != 2 || second.Index <= first.Index {
		t.Errorf("the second: %+v", second)
	}
	if back := decode[found](t, get(t, fmt.Sprint("lanes?by=goroutine&find=net/http&back=1&after=", second.Index), http.StatusOK)); back.Lane != first.Lane {
		t.Errorf("back from the second: %+v", back)
	}
	if round := decode[found](t, get(t, "lanes?by=goroutine&find=net/http&back=1&after=0", http.StatusOK)); round.Nth != round.Matches {
		t.Errorf("back from the first: %+v", round)
	}
	number := decode[found](t, get(t, "lanes?by=goroutine&find="+first.Lane[1:], http.StatusOK))
	if number.Matches != 1 || number.Lane != first.Lane {
		t.Errorf("goroutine %s: %+v", first.Lane, number)
	}
	if none := decode[found](t, get(t, "lanes?by=goroutine&find=nothing-like-it", http.StatusOK)); none.Matches != 0 || none.Nth != 0 {
		t.Errorf("no such goroutine: %+v", none)
	}
	place := decode[listed](t, get(t, "lanes?by=goroutine&count=3&of="+second.Lane, http.StatusOK))
	if i := second.Index - place.First; i < 0 || i >= len(place.Lanes) || place.Lanes[i][0] != second.Lane {
		t.Errorf("the lanes around %s: %+v", second.Lane, place)
	}
	if len(first.Ran) > 0 {
		body := get(t, fmt.Sprintf("at?lane=%s&t=%d", first.Ran[0].Lane, first.Ran[0].At), http.StatusOK).Body.String()
		if !strings.Contains(body, "lane="+first.Lane) {
			t.Errorf("%+v ran there: %s", first, body)
		}
	}
}

// TestWhatAGoroutineDid walks along a goroutine: each segment begins where the one before
// ended.
func TestWhatAGoroutineDid(t *testing.T) {
	lane := decode[found](t, get(t, "lanes?by=goroutine&find=net/http", http.StatusOK)).Lane
	at, states := int64(0), map[string]int{}
	for range 30 {
		body := get(t, fmt.Sprintf("at?lane=%s&t=%d", lane, at), http.StatusOK).Body.String()
		m := regexp.MustCompile(`data-from="(\d+)" data-to="(\d+)"`).FindStringSubmatch(body)
		from, _ := strconv.ParseInt(m[1], 10, 64)
		to, _ := strconv.ParseInt(m[2], 10, 64)
		if from > at || to <= at {
			t.Fatalf("at %d there is %d to %d", at, from, to)
		}
		states[regexp.MustCompile(`<h2 tabindex="-1"><b>([^<]*)`).FindStringSubmatch(body)[1]]++
		if at = to; at >= int64(recorded().Lanes.Trace.Duration()) {
			break
		}
	}
	if states["running"] == 0 || states["runnable"] == 0 {
		t.Errorf("it was in %v", states)
	}
}

// TestWhoWoke finds, among what is runnable, one that another goroutine made ready.
func TestWhoWoke(t *testing.T) {
	x := recorded()
	for g := range x.Lanes.Trace.Goroutines() {
		for iv := range x.Lanes.Trace.Intervals(g) {
			if iv.State != exectrace.StateRunnable || iv.By == 0 || iv.By == g.ID {
				continue
			}
			body := html.UnescapeString(get(t, fmt.Sprintf("at?lane=g%d&t=%d", g.ID, iv.Start-x.Lanes.Trace.Began), http.StatusOK).Body.String())
			for _, want := range []string{"Made ready by", fmt.Sprintf(`data-waker="g%d"`, iv.By), fmt.Sprintf("lane=g%d&selected=", iv.By), "Call stack"} {
				if !strings.Contains(body, want) {
					t.Errorf("goroutine %d, made ready by %d: the panel lacks %s: %s", g.ID, iv.By, want, body)
				}
			}
			return
		}
	}
	t.Fatal("no goroutine made another one ready")
}

func TestASelectionIsSummedUp(t *testing.T) {
	body := get(t, "selected?from=0&to=1000000&lane=p0", http.StatusOK).Body.String()
	for _, want := range []string{"<b>1.00 ms</b>", "processor 0", "running", "processors", "goroutines"} {
		if !strings.Contains(body, want) {
			t.Errorf("the sum lacks %s: %s", want, body)
		}
	}
}

func TestBadParameters(t *testing.T) {
	for path, want := range map[string]string{
		"timeline?by=processors":                                 "by=processors: give one of processor, goroutine, thread, task.",
		"timeline?from=x":                                        "from=x: give a whole number from 0 to ",
		"timeline?from=500&to=500":                               "to=500: give a time that is later than from=500",
		"timeline?lane=x9":                                       "lane=x9: give the id of a lane",
		"timeline?form=1":                                        "form is not a parameter of this address: did you mean from?",
		"timeline?from=1&from=2":                                 "from is given twice",
		"tile?lanes=p0&level=41":                                 "level=41: give a whole number from 0 to 40.",
		"tile?lanes=p0&level=-1":                                 "level=-1: give a whole number from 0 to 40.",
		"tile?lanes=p0&level=20&tile=9999999":                    "tile=9999999: give a whole number from 0 to ",
		"tile?level=3":                                           "lanes=: ",
		"tile?lanes=p0,q1&level=3":                               "q1 is not a lane: give ids such as p0",
		"tile?lanes=g-1&level=3":                                 "g-1 is not a lane",
		"tile?lanes=p9999&level=3":                               "lanes=p9999: the trace has no such processor",
		"tile?lanes=" + strings.Repeat("p0,", 64) + "p0&level=3": "these are 65 lanes: give at most 64.",
		"lanes?by=tasks":                                         "by=tasks: give one of processor, goroutine, thread, task.",
		"lanes?count=0":                                          "count=0: give a whole number from 1 to 1000.",
		"lanes?of=g1&by=processor":                               "of=g1: the trace has no such lane",
		"lanes?of=g999999&by=goroutine":                          "of=g999999: the trace has no such lane",
		"lanes?find=" + strings.Repeat("x", 501):                 "give at most 500 bytes.",
		"at?t=5":                                                 "lane=: give the id of a lane",
		"at?lane=heap&t=5":                                       "lane=heap: give the id of a lane",
		"at?lane=p0&t=-5":                                        "t=-5: give a whole number from 0 to ",
		"at?lane=g999999&t=5":                                    "lane=g999999: the trace has no such goroutine",
		"selected?from=9&to=3":                                   "to=3: give a time that is later than from=9",
		"selected?lane=t1":                                       "lane=t1: the trace has no such lane",
	} {
		if body := html.UnescapeString(get(t, path, http.StatusBadRequest).Body.String()); !strings.Contains(body, want) {
			t.Errorf("%s: the answer lacks %q: %s", path, want, body)
		}
	}
}

func TestTracesThatAreNotThere(t *testing.T) {
	h := serve()
	for path, want := range map[string]int{
		"/exec/none/timeline": http.StatusNotFound, "/exec/none/tile?lanes=p0": http.StatusNotFound,
		"/exec/damaged/timeline": http.StatusUnprocessableEntity, "/exec/damaged/lanes": http.StatusUnprocessableEntity,
	} {
		w := webtest.Get(t, h, path)
		if w.Code != want || strings.Contains(path, "damaged/timeline") && !strings.Contains(w.Body.String(), "it is a &lt;picture&gt;") {
			t.Errorf("%s: status %d, want %d: %s", path, w.Code, want, w.Body)
		}
	}
}

// TestAPageWaits for its execution trace to be read, and says so.
func TestAPageWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := webtest.Get(t, serve(), "/exec/long/timeline")
		if w.Code != http.StatusAccepted || w.Header().Get("Refresh") == "" || !strings.Contains(w.Body.String(), "is being read") {
			t.Errorf("status %d, headers %v: %s", w.Code, w.Header(), w.Body)
		}
	})
}

// FuzzParameters has any query answered: with what it asks for or a sentence, and never with
// a failure of the server.
func FuzzParameters(f *testing.F) {
	for _, seed := range []string{"lanes=p0,g1,heap&level=3&tile=2", "by=goroutine&find=x&after=3&back=1", "lane=g1&t=99", "from=1&to=9&lane=t4", "of=p0", "of=g1&state=sync&root=ff&find=a&sort=total", "%zz", "level=40&lanes=all"} {
		f.Add(seed)
	}
	h := serve(recorded())
	f.Fuzz(func(t *testing.T, query string) {
		for _, part := range []string{"timeline", "tile", "lanes", "at", "selected", "flame"} {
			r := httptest.NewRequestWithContext(t.Context(), "GET", "http://localhost/exec/http/"+part, nil)
			r.URL.RawQuery = query
			if w := webtest.Ask(h, r); w.Code != http.StatusOK && w.Code != http.StatusBadRequest && w.Code != http.StatusFound {
				t.Errorf("%s?%s: status %d: %.200s", part, query, w.Code, w.Body)
			}
		}
	})
}

// TestAPartOfTheTime begins where the part does, and counts from where the whole trace does.
func TestAPartOfTheTime(t *testing.T) {
	whole := recorded()
	middle := whole.Lanes.Trace.Start.Add(whole.Lanes.Trace.Duration() / 2)
	part := executions.Source{ID: "part", Open: func(context.Context) (executions.Part, error) {
		return executions.Part{Whole: whole.File, From: middle, To: whole.Lanes.Trace.End}, nil
	}}
	x, err := executions.New(1<<30, func() []executions.Source { return []executions.Source{part} }).Open(t.Context(), "part")
	if err != nil {
		t.Fatal(err)
	}
	h := serve(x)
	body := webtest.Get(t, h, "/exec/part/timeline").Body.String()
	m := regexp.MustCompile(`data-begins="(\d+)" data-lasts="(\d+)"`).FindStringSubmatch(body)
	if m == nil || m[1] == "0" || m[2] != strconv.FormatInt(int64(whole.Lanes.Trace.End-whole.Lanes.Trace.Began), 10) {
		t.Fatalf("the part begins and ends at %q of %v", m, whole.Lanes.Trace.Duration())
	}
	if all := link(t, body, "All of it"); all != "/exec/part/timeline?by=processor" {
		t.Errorf("all of it is at %s", all)
	}
}

// TestRegionsAndLogsAreDrawn on the lane of the goroutine that has them.
func TestRegionsAndLogsAreDrawn(t *testing.T) {
	x := record(t, "tasks", 5)
	h := serve(x)
	var of exectrace.GoID
	for r := range x.Lanes.Trace.Regions() {
		of = r.Goroutine
	}
	w := webtest.Get(t, h, fmt.Sprintf("/exec/tasks/tile?lanes=g%d&level=%d", of, highest(x)))
	got := decode[struct {
		Lanes []struct{ Regions []int64 }
	}](t, w)
	if len(got.Lanes) != 1 || len(got.Lanes[0].Regions) == 0 || len(got.Lanes[0].Regions)%2 != 0 {
		t.Errorf("no regions on the lane of goroutine %d: %s", of, w.Body)
	}
	for l := range x.Lanes.Trace.Logs() {
		w := webtest.Get(t, h, fmt.Sprintf("/exec/tasks/at?lane=g%d&t=%d", l.Goroutine, l.At-x.Lanes.Trace.Began))
		if body := html.UnescapeString(w.Body.String()); !strings.Contains(body, l.Message) || !strings.Contains(body, "<h3>Logs</h3>") {
			t.Errorf("the panel lacks the message %q: %s", l.Message, body)
		}
		return
	}
	t.Error("the program logs nothing")
}
