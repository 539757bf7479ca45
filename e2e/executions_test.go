package e2e

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// TestFromASlowSpanToItsGoroutine goes from the explanation of a slow visit to the lane of
// the goroutine that waited, in the execution trace of its process.
func TestFromASlowSpanToItsGoroutine(t *testing.T) {
	t.Parallel()
	s := up(t)
	_, a := s.ask("GET", "/visit", "Fault", "writer=lock-contention;ms=80")
	s.trace(s.ui, a.TraceID, 10)
	status, _, page := do(t, "GET", s.ui+"/traces/"+a.TraceID+"?explain=1")
	found := regexp.MustCompile(`<td>writer</td>.*?href="(/exec/\w+/span\?[^"]*)"`).FindSubmatch(page)
	if status != 200 || found == nil {
		t.Fatalf("%d, and no goroutine of the writer: %s", status, page)
	}
	once := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	var lane string
	s.eventually("the lane of the goroutine", func() error {
		resp, err := once.Get(s.ui + html.UnescapeString(string(found[1])))
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if lane = resp.Header.Get("Location"); resp.StatusCode != http.StatusFound {
			return fmt.Errorf("%s to %q", resp.Status, lane)
		}
		return nil
	})
	to, err := url.Parse(lane)
	if err != nil || to.Query().Get("by") != "goroutine" {
		t.Fatalf("it leads to %q", lane)
	}
	if status, _, _ := do(t, "GET", s.ui+lane); status != 200 {
		t.Errorf("%s is %d", lane, status)
	}
	goroutine := strings.Replace(to.Path, "/timeline", "/goroutine", 1) + "?id=" + strings.TrimPrefix(to.Query().Get("lane"), "g")
	_, _, page = do(t, "GET", s.ui+goroutine)
	back := `href="/traces/` + a.TraceID + `?span=` + regexp.MustCompile(`span=(\w+)`).FindStringSubmatch(html.UnescapeString(string(found[1])))[1]
	if !strings.Contains(string(page), "sync.(*Mutex).Lock") || !strings.Contains(string(page), back) {
		t.Errorf("no mutex in %s, or no %s: %s", goroutine, back, page)
	}
}
