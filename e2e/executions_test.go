package e2e

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
)

// TestFromASlowSpanToItsGoroutine goes from the explanation of a slow visit to the page of
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
	s.eventually("the page of the goroutine", func() error {
		_, _, goroutine := do(t, "GET", s.ui+html.UnescapeString(string(found[1]))) // follows the redirect
		if !strings.Contains(string(goroutine), "sync.(*Mutex).Lock") {
			return fmt.Errorf("no mutex in %s", goroutine)
		}
		return nil
	})
}
