package browser

import (
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/tracelab/internal/testbed/stacktest"
)

// TestViewsOfATrace has the views beside the timeline, and the page that opens a trace
// from a file, judged at the widths of a desk and of a phone.
func TestViewsOfATrace(t *testing.T) {
	s := stacktest.Up(t)
	path := tree(t, s.UI, "463ac35c9f6413d0", 200)
	p := browse(t, 1280, 860)
	p.do(allowScripts())
	for _, address := range []string{path + "?view=statistics", path + "?view=flame", path + "?view=spans", path + "?view=spans&find=step&filter=1", "/traces"} {
		p.do(chromedp.Navigate(s.UI+address), chromedp.WaitVisible(chromedp.CSS("main")))
		p.axe()
		p.do(chromedp.EmulateViewport(320, 640))
		p.fitsWidth(address)
		p.do(chromedp.EmulateViewport(1280, 860))
	}
	if strangers := p.strangers(); len(strangers) > 0 {
		t.Errorf("the pages load from elsewhere: %v", strangers)
	}
}
