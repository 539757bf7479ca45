package browser

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"example.com/tracelab/internal/testbed/stacktest"
)

// TestFind searches as people do: by the chart, by keys, and as traces come.
func TestFind(t *testing.T) {
	s := stacktest.Up(t)
	for range 8 {
		visit(t, s, "")
	}
	whole(t, s, visit(t, s, ""), 10)
	p := browse(t, 1280, 860)
	p.do(allowScripts(), chromedp.Navigate(s.UI+"/?serviceName=gateway"), chromedp.WaitVisible(chromedp.CSS("#chart .points a")))
	p.axe()
	p.do(chromedp.EmulateViewport(1280, 860))
	p.byKeys()
	p.byBox(s)
	p.comparesTwo()
	p.follows(s)
	p.explainsNothing(s)
	if strangers := p.strangers(); len(strangers) > 0 {
		t.Errorf("the page loads from elsewhere: %q", strangers)
	}
}

// byKeys goes from point to point.
func (p *page) byKeys() {
	p.t.Helper()
	focused := `document.activeElement.getAttribute("href")`
	eval[bool](p, `document.querySelector("#chart .points a[tabindex='0']").focus() === undefined`)
	first := eval[string](p, focused)
	p.do(chromedp.KeyEvent(kb.ArrowRight))
	if second := eval[string](p, focused); second == first || !strings.HasPrefix(second, "/traces/") {
		p.t.Errorf("an arrow leads from %q to %q", first, second)
	}
	p.do(chromedp.KeyEvent(kb.Home))
	if again := eval[string](p, focused); again != first {
		p.t.Errorf("Home leads to %q, want %q", again, first)
	}
}

// byBox drags a box over the left half of the chart, and finds what is in it.
func (p *page) byBox(s *stacktest.Stack) {
	p.t.Helper()
	eval[bool](p, `(() => {
		const plot = document.querySelector("#chart .plot"), r = plot.getBoundingClientRect();
		const at = (type, x, y, of) => of.dispatchEvent(new PointerEvent(type, {bubbles: true, cancelable: true, button: 0, clientX: r.left + x * r.width, clientY: r.top + y * r.height}));
		at("pointerdown", 0, 0, plot); at("pointermove", .3, .5, window); at("pointerup", .5, 1, window);
		return true;
	})()`)
	p.becomes(`String(location.search.includes("lookback=range"))`, "true")
	p.do(chromedp.WaitVisible(chromedp.CSS("#search")))
	for _, name := range []string{"startTs", "endTs", "minTrace", "maxTrace", "serviceName"} {
		if value := eval[string](p, `document.getElementById("`+name+`").value`); value == "" {
			p.t.Errorf("the form has no %s", name)
		}
	}
	p.do(chromedp.Navigate(s.UI+"/?serviceName=gateway"), chromedp.WaitVisible(chromedp.CSS("#chart .points a")))
}

// comparesTwo chooses two traces: the button leads to their comparison.
func (p *page) comparesTwo() {
	p.t.Helper()
	if !eval[bool](p, `document.getElementById("compare").disabled`) {
		p.t.Error("nothing is chosen, and can be compared")
	}
	eval[bool](p, `[...document.querySelectorAll("input[name=pick]")].slice(0, 2).forEach(b => b.click()) === undefined`)
	p.do(chromedp.Click(chromedp.CSS("#compare")))
	p.becomes(`location.pathname`, "/compare")
	if n := eval[int](p, `[...new URLSearchParams(location.search).keys()].filter(k => k === "a" || k === "b").length`); n != 2 {
		p.t.Errorf("%d traces are compared", n)
	}
}

// follows has a trace enter the list that was made after the page, and pauses.
func (p *page) follows(s *stacktest.Stack) {
	p.t.Helper()
	p.do(chromedp.Navigate(s.UI+"/?serviceName=gateway"), chromedp.Click(chromedp.CSS("#live-switch")))
	p.becomes(`location.search`, "?serviceName=gateway&live=1")
	trace := visit(p.t, s, "")
	id := trace[strings.LastIndex(trace, "/")+1:]
	p.becomes(`String(Boolean(document.getElementById("t`+id+`")))`, "true")
	p.do(chromedp.Click(chromedp.CSS("#live-pause")))
	visit(p.t, s, "")
	p.becomes(`String(/1 wait/.test(document.getElementById("live-says").textContent))`, "true")
	p.do(chromedp.Click(chromedp.CSS("#live-pause")))
	p.becomes(`String(/wait/.test(document.getElementById("live-says").textContent))`, "false")
	p.axe()
	p.do(chromedp.EmulateViewport(1280, 860), chromedp.Click(chromedp.CSS("#live-switch")))
	p.becomes(`location.search`, "?serviceName=gateway")
}

// explainsNothing shows a search that finds nothing, which leads to one that does.
func (p *page) explainsNothing(s *stacktest.Stack) {
	p.t.Helper()
	p.do(chromedp.Navigate(s.UI+"/?serviceName=gatewy"), chromedp.WaitVisible(chromedp.CSS(".reasons a")))
	p.axe()
	p.do(chromedp.EmulateViewport(1280, 860), chromedp.Click(chromedp.CSS(".reasons a")), chromedp.WaitVisible(chromedp.CSS("#chart")))
	if resp, err := http.Get(s.UI + "/live?limit=0"); err != nil || resp.StatusCode != http.StatusBadRequest {
		p.t.Errorf("a wrong tail: %v, %v", resp, err)
	}
}
