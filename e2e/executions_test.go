package e2e

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// TestFromASlowSpanToItsGoroutines goes from the explanation of a slow visit to the goroutines
// of the span that waited, to the lane of its own in the execution trace of its process, and
// back.
func TestFromASlowSpanToItsGoroutines(t *testing.T) {
	t.Parallel()
	s := up(t)
	_, a := s.ask("GET", "/visit", "Fault", "writer=lock-contention;ms=80")
	s.trace(s.ui, a.TraceID, 10)
	status, _, page := do(t, "GET", s.ui+"/traces/"+a.TraceID+"?explain=1")
	found := regexp.MustCompile(`<td>writer</td>.*?href="(/exec/\w+/span\?[^"]*)"`).FindSubmatch(page)
	if status != 200 || found == nil {
		t.Fatalf("%d, and no goroutine of the writer: %s", status, page)
	}
	of := html.UnescapeString(string(found[1]))
	s.eventually("the goroutines of the span", func() error { // the execution trace is being read
		if status, _, page = do(t, "GET", s.ui+of); status != 200 {
			return fmt.Errorf("%d", status)
		}
		return nil
	})
	lane := regexp.MustCompile(`href="(/exec/\w+/timeline\?by=goroutine[^"]*)"`).FindSubmatch(page)
	if lane == nil {
		t.Fatalf("no lane of a goroutine: %s", page)
	}
	to, err := url.Parse(html.UnescapeString(string(lane[1])))
	if err != nil {
		t.Fatal(err)
	}
	if status, _, _ := do(t, "GET", s.ui+to.String()); status != 200 {
		t.Errorf("%s is %d", to, status)
	}
	goroutine := strings.Replace(to.Path, "/timeline", "/goroutine", 1) + "?id=" + strings.TrimPrefix(to.Query().Get("lane"), "g")
	_, _, page = do(t, "GET", s.ui+goroutine)
	back := `href="/traces/` + a.TraceID + `?span=` + regexp.MustCompile(`span=(\w+)`).FindStringSubmatch(of)[1]
	if !strings.Contains(string(page), "sync.(*Mutex).Lock") || !strings.Contains(string(page), back) {
		t.Errorf("no mutex in %s, or no %s: %s", goroutine, back, page)
	}
}

// TestTheGoroutinesOfASlowVisit are on one page, of all three processes: with the wait for a
// mutex, and the lane of the goroutine that held it.
func TestTheGoroutinesOfASlowVisit(t *testing.T) {
	t.Parallel()
	s := up(t)
	_, a := s.ask("GET", "/visit", "Fault", "writer=lock-contention;ms=80")
	s.trace(s.ui, a.TraceID, 10)
	_, _, explained := do(t, "GET", s.ui+"/traces/"+a.TraceID+"?explain=1")
	link := regexp.MustCompile(`href="(/exec/request\?[^"]*)">all goroutines`).FindSubmatch(explained)
	if link == nil {
		t.Fatalf("the explanation does not lead there: %s", explained)
	}
	status, _, raw := do(t, "GET", s.ui+html.UnescapeString(string(link[1])))
	page := html.UnescapeString(string(raw))
	for _, service := range []string{"gateway", "fetcher", "writer"} {
		if !regexp.MustCompile(`<h2><b class="sw c\d+">` + service + `</b>(?s:.*?)href="/exec/\w+">execution trace(?s:.*?)/timeline\?by=goroutine`).MatchString(page) {
			t.Errorf("%d, and no goroutine of the %s: %s", status, service, page)
		}
	}
	if strings.Contains(page, "No execution trace covers this") {
		t.Errorf("something is not covered: %s", page)
	}
	held := regexp.MustCompile(`(?s)>redisWrite</a>.*?For [\d.]+ m?s, from [^<]* on, it waited for a mutex[^<]*: <code>sync\.\(\*Mutex\)\.Lock.*?ended the wait.*?changes\..*?waited for the network: <code>.*?for no request that is known`)
	if !held.MatchString(page) {
		t.Errorf("the page does not show who held the mutex: %s", page)
	}
}
