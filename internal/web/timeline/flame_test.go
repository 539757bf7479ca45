package timeline_test

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"runtime/pprof"
	"runtime/trace"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/testbed/executiontest"
	"example.com/tracelab/internal/web/webtest"
)

// flame is a page, without what stands for characters.
func flame(t *testing.T, h http.Handler, path string, status int) string {
	t.Helper()
	w := webtest.Get(t, h, path)
	if w.Code != status {
		t.Fatalf("%s: status %d, want %d: %.500s", path, w.Code, status, w.Body)
	}
	return w.Body.String()
}

// linked are the addresses in a part of a page that a pattern finds, each once.
func linked(body, pattern string) (all []string) {
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(body, -1) {
		if path := html.UnescapeString(m[1]); !seen[path] {
			seen[path] = true
			all = append(all, path)
		}
	}
	return all
}

var measured = regexp.MustCompile(`<a href="[^"]*state=(\w+)[^"]*"[^>]*>[^<]*<data value="(\d+)">`)

// sumsOf are the sums of a page by state.
func sumsOf(t *testing.T, body string) map[string]int64 {
	t.Helper()
	_, nav, _ := strings.Cut(body, `<nav class="measures"`)
	nav, _, _ = strings.Cut(nav, "</nav>")
	all := map[string]int64{}
	for _, m := range measured.FindAllStringSubmatch(nav, -1) {
		all[m[1]], _ = strconv.ParseInt(m[2], 10, 64)
	}
	if len(all) == 0 {
		t.Fatalf("the page measures nothing: %.300s", body)
	}
	return all
}

// TestFlamesHaveTheSumsOfSelections: of a part of the time, all together and a lane, each
// state is as long as the timeline draws it, to the nanosecond.
func TestFlamesHaveTheSumsOfSelections(t *testing.T) {
	x := recorded()
	h, lasts := serve(x), int64(x.Lanes.Trace.Duration())
	of := map[string][]lanes.Lane{"": nil, "p0": {{Kind: lanes.Processor, ID: 0}}}
	for g := range x.Lanes.Trace.Goroutines() {
		lane := lanes.Lane{Kind: lanes.Goroutine, ID: int64(g.ID)}
		of[""] = append(of[""], lane)
		if len(of) < 7 {
			of[fmt.Sprint("g", int64(g.ID))] = []lanes.Lane{lane}
		}
	}
	for _, l := range x.Lanes.Threads()[:1] {
		of[fmt.Sprint("t", l.ID)] = []lanes.Lane{l}
	}
	for name, all := range of {
		for _, c := range [][2]int64{{0, lasts}, {lasts / 3, lasts/3 + 3_000_000}, {lasts / 2, lasts/2 + 1}} {
			from, width := x.Lanes.Trace.Began, time.Duration(c[1]-c[0])
			var want lanes.Sums
			for _, lane := range all {
				for state, took := range x.Lanes.Columns(lane, from.Add(time.Duration(c[0])), width, 1)[0] {
					want[state] += took
				}
			}
			got := sumsOf(t, flame(t, h, fmt.Sprintf("/exec/http/flame?from=%d&to=%d&of=%s", c[0], c[1], name), http.StatusOK))
			for state := lanes.Running; state < lanes.NumStates; state++ {
				if got[state.String()] != int64(want[state]) {
					t.Errorf("of %q from %d to %d: %s for %d ns, want %d", name, c[0], c[1], state, got[state.String()], want[state])
				}
			}
		}
	}
}

// TestFlameWithoutJavaScript: every link leads on; a box leads to what is below it, a
// function to all calls with it, and a part of the time to that part.
func TestFlameWithoutJavaScript(t *testing.T) {
	h := serve(recorded())
	body := flame(t, h, "/exec/http/flame?state=sync", http.StatusOK)
	if inline := regexp.MustCompile(`<style|\sstyle=|\son\w+=|<script>`).FindString(body); inline != "" {
		t.Errorf("the page has %s", inline)
	}
	all := linked(body, `href="(/exec/http/flame[^"]*)"`)
	if len(all) < 80 { // parts of the time, boxes, functions, measures, moves
		t.Errorf("the page has %d links", len(all))
	}
	for i, path := range all {
		if i%5 != 0 || strings.Contains(path, "lang=") { // the others are of the same kinds
			continue
		}
		if w := webtest.Get(t, h, path); w.Code != http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	// From box to box, each within the one before, and back to the whole.
	sum := sumsOf(t, body)["sync"]
	for range 3 {
		boxes := regexp.MustCompile(`<a href="([^"]*root=[^"]*)" aria-label="([^"]*)"><svg`).FindAllStringSubmatch(body, -1)
		if len(boxes) == 0 {
			break
		}
		path := html.UnescapeString(boxes[len(boxes)/2][1])
		body = flame(t, h, path, http.StatusOK)
		part := regexp.MustCompile(`id="sum"><data value="(\d+)">`).FindStringSubmatch(body)
		here := regexp.MustCompile(`<a href="([^"]*)" aria-label="[^"]*" aria-current="true"`).FindStringSubmatch(body)
		if part == nil || here == nil || html.UnescapeString(here[1]) != path {
			t.Fatalf("%s: the page says %q, and that %q is shown", path, part, here)
		}
		n, _ := strconv.ParseInt(part[1], 10, 64)
		if n <= 0 || n > sum {
			t.Errorf("%s: %d of %d", path, n, sum)
		}
		if sumsOf(t, body)["sync"] != sum {
			t.Errorf("%s: the measures have other sums", path)
		}
	}
	found := linked(body, `<th scope="row"><span[^>]*></span><a href="([^"]*find=[^"]*)"`)
	if len(found) == 0 || !strings.Contains(flame(t, h, found[0], http.StatusOK), ` found" width="100%"`) {
		t.Errorf("of %d functions the first is not found", len(found))
	}
}

// TestFlameOverTime: the parts of the time lead to pages that have what the bar says, and a
// function has one id in all of them.
func TestFlameOverTime(t *testing.T) {
	h := serve(recorded())
	body := flame(t, h, "/exec/http/flame?state=network", http.StatusOK)
	sum, parts := int64(0), linked(body, `<a href="([^"]*)" aria-label="[^"]* from [^"]* to [^"]*"><title>`)
	if len(parts) != 60 {
		t.Fatalf("there are %d parts", len(parts))
	}
	known := map[string]bool{}
	for _, root := range linked(body, `root=(\w+)`) {
		known[root] = true
	}
	for _, path := range parts {
		part := flame(t, h, path, http.StatusOK)
		sum += sumsOf(t, part)["network"]
		for _, root := range linked(part, `root=(\w+)`) {
			if !known[root] && !strings.Contains(body, "too narrow") {
				t.Errorf("%s has the box %s, which the whole has not", path, root)
			}
		}
	}
	if whole := sumsOf(t, body)["network"]; sum != whole || whole == 0 {
		t.Errorf("the parts have %d ns, the whole %d", sum, whole)
	}
	q, err := url.Parse(parts[30])
	if err != nil || q.Query().Get("state") != "network" {
		t.Errorf("%s: the state is lost, %v", parts[30], err)
	}
}

// burn computes for about as long as it takes for a few samples.
func burn() (sum int) {
	for i := range 300_000_000 {
		sum += i * i
	}
	return sum
}

var sampled = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	if err := pprof.StartCPUProfile(io.Discard); err != nil {
		panic(err)
	}
	defer pprof.StopCPUProfile()
	if err := trace.Start(&b); err != nil {
		panic(err)
	}
	burn()
	trace.Stop()
	return b.Bytes()
})

// TestSamples: where there are some they are shown first, and where there are none the page
// says how they get there.
func TestSamples(t *testing.T) {
	recorded() // in which no test may record
	h := serve(recorded(), executiontest.Open(t, "sampled", sampled()))
	body := flame(t, h, "/exec/sampled/flame", http.StatusOK)
	m := regexp.MustCompile(`(\d+) of the (\d+) CPU samples of the execution trace are of this time, one for each `).FindStringSubmatch(body)
	if m == nil || m[1] != m[2] || m[1] == "0" || fmt.Sprint(sumsOf(t, body)["samples"]) != m[1] || !strings.Contains(body, "timeline_test.burn: ") {
		t.Errorf("it says %q: %.3000s", m, body)
	}
	if strings.Contains(body, "runtime.goexit") {
		t.Error("samples begin with a frame that no other stack has")
	}
	if body := flame(t, h, "/exec/sampled/flame?from=0&to=1", http.StatusOK); !strings.Contains(body, "None of the "+m[1]+" CPU samples") {
		t.Errorf("of 1 ns: %.2000s", body)
	}
	body = flame(t, h, "/exec/http/flame?state=samples", http.StatusOK)
	if !strings.Contains(body, "has no CPU samples") || !strings.Contains(body, "StartCPUProfile") || !strings.Contains(body, "Nothing of it is in this time") {
		t.Errorf("without samples: %.3000s", body)
	}
	if sumsOf(t, flame(t, h, "/exec/http/flame", http.StatusOK))["running"] == 0 {
		t.Error("without samples the running time is to be shown")
	}
}

func TestFlameForPprof(t *testing.T) {
	for _, c := range []string{"state=sync", "state=sync&reason=select", "state=samples", "of=p0&state=running&find=http"} {
		w := webtest.Get(t, serve(recorded()), "/exec/http/flame?raw=1&"+c)
		if w.Code != http.StatusOK || !bytes.HasPrefix(w.Body.Bytes(), []byte{0x1f, 0x8b}) || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: status %d, %v, %d bytes", c, w.Code, w.Header(), w.Body.Len())
		}
	}
}

func TestFlamesThatCannotBeShown(t *testing.T) {
	h := serve(recorded())
	for query, says := range map[string]string{
		"from=9&to=3":                            "to=3: give a time that is later than from=9",
		"to=99999999999999999":                   "to=99999999999999999: give a whole number",
		"of=heap":                                "of=heap: give the id of a lane",
		"of=g999999":                             "of=g999999: the trace has no such goroutine",
		"state=asleep":                           "state=asleep: give one of running, samples, running",
		"root=xyz":                               "root=xyz: give the id of a function",
		"sort=name":                              "sort=name: give one of self, total",
		"form=1":                                 "did you mean from?",
		"find=" + strings.Repeat("x", 2000):      "give at most 1000 bytes",
		"func=%zz":                               "invalid URL escape",
		"raw=yes":                                "raw=yes: give one of 0, 1",
		"reason=" + strings.Repeat("%00", 1_001): "give at most 1000 bytes",
	} {
		if body := html.UnescapeString(flame(t, h, "/exec/http/flame?"+query, http.StatusBadRequest)); !strings.Contains(body, says) {
			t.Errorf("%.60s: the page lacks %q: %.1500s", query, says, body)
		}
	}
	for _, query := range []string{"root=123abc", "find=nobody.has.it", "func=nobody", "reason=nobody", "state=gc&of=p0"} {
		if body := flame(t, h, "/exec/http/flame?"+query, http.StatusOK); !strings.Contains(body, "Nothing of it is in this time") {
			t.Errorf("%s: %.2000s", query, body)
		}
	}
	flame(t, h, "/exec/other/flame", http.StatusNotFound)
	flame(t, h, "/exec/damaged/flame", http.StatusUnprocessableEntity)
}

// TestSelectionsLeadToFlames: what is summed up in the timeline, a goroutine, and those of a
// function.
func TestSelectionsLeadToFlames(t *testing.T) {
	h, lasts := serve(recorded()), recorded().Lanes.Trace.Duration()
	body := get(t, fmt.Sprintf("selected?from=1000&to=%d&lane=p0", lasts/2), http.StatusOK).Body.String()
	paths := linked(body, `href="(/exec/http/flame[^"]*)"`)
	if len(paths) != 2 || !strings.Contains(paths[0], "of=p0") || !strings.Contains(paths[1], fmt.Sprintf("from=1000&to=%d", lasts/2)) {
		t.Fatalf("the selection leads to %q", paths)
	}
	for _, path := range paths {
		back := linked(flame(t, h, path, http.StatusOK), `href="(/exec/http/timeline\?[^"]*range=[^"]*)"`)
		if len(back) != 1 || !strings.Contains(back[0], fmt.Sprintf("range=1000%%2C%d", lasts/2)) {
			t.Errorf("%s: back leads to %q", path, back)
		}
	}
}

// TestHostileFunctions: names are text, wherever they stand.
func TestHostileFunctions(t *testing.T) {
	const function, bad = "internal/web/timeline_test.hostileWork", `"></svg><script>alert(1)</script><!--`
	var b bytes.Buffer
	recorded()
	if err := trace.Start(&b); err != nil {
		t.Fatal(err)
	}
	done := make(chan bool)
	go hostileWork(done)
	<-done
	trace.Stop()
	raw := bytes.ReplaceAll(b.Bytes(), []byte(function), []byte(bad+strings.Repeat("y", len(function)-len(bad))))
	x := executiontest.Open(t, "hostile", raw)
	x.Name = bad
	h := serve(x)
	name := "example.com/tracelab/" + bad + strings.Repeat("y", len(function)-len(bad))
	for _, query := range []string{"state=sleep", "state=sleep&func=" + url.QueryEscape(name), "state=sleep&find=" + url.QueryEscape(bad), "find=" + url.QueryEscape(bad), "reason=" + url.QueryEscape(bad), "of=" + url.QueryEscape(bad)} {
		w := webtest.Get(t, h, "/exec/hostile/flame?"+query)
		if strings.Contains(w.Body.String(), "<script>alert") || strings.Contains(w.Body.String(), `y"></svg>`) {
			t.Errorf("%s: the name is markup", query)
		}
		if strings.HasPrefix(query, "state=sleep") && !strings.Contains(html.UnescapeString(w.Body.String()), "alert(1)</script><!--") {
			t.Errorf("%s: the name is not there: %.3000s", query, w.Body)
		}
	}
}

//go:noinline
func hostileWork(done chan<- bool) {
	time.Sleep(time.Millisecond) // what is recorded
	done <- true
}

// TestProfilesAreKept: who asks again gets what was computed, and many selections do not fill
// the memory.
func TestProfilesAreKept(t *testing.T) {
	x := recorded()
	h := serve(&executions.Execution{ID: "kept", Name: "kept", File: x.File, Lanes: x.Lanes, Trace: x.Trace})
	first := flame(t, h, "/exec/kept/flame?to=500000&state=sync", http.StatusOK)
	var group sync.WaitGroup
	for i := range 40 {
		group.Go(func() {
			w := webtest.Ask(h, request(t, fmt.Sprintf("/exec/kept/flame?from=%d&to=500000&state=sync", i%10)))
			if w.Code != http.StatusOK {
				t.Errorf("%d: %s", w.Code, w.Body)
			}
		})
	}
	group.Wait()
	if again := flame(t, h, "/exec/kept/flame?to=500000&state=sync", http.StatusOK); again != first {
		t.Error("the second page is another")
	}
}

func request(t *testing.T, path string) *http.Request {
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), "GET", "http://localhost"+path, nil)
	if err != nil {
		t.Error(err)
	}
	return r
}
