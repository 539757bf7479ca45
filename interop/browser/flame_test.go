package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const (
	// boxes are those of a flame graph that lead somewhere.
	boxes = `[...document.querySelectorAll(".flame a")]`
	// lit reports whether all names of boxes can be read on them.
	lit = `String([...document.querySelectorAll(".flame a")].every(a => {
		const light = c => { const v = c.startsWith("color(srgb") ? c.match(/[\d.]+/g).slice(0, 3).map(Number) : c.match(/[\d.]+/g).slice(0, 3).map(n => n / 255);
			const [r, g, b] = v.map(n => n <= .04045 ? n / 12.92 : ((n + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
		const [x, y] = [getComputedStyle(a.querySelector("text")).fill, getComputedStyle(a.querySelector("rect")).fill].map(light);
		return (Math.max(x, y) + .05) / (Math.min(x, y) + .05) >= 4.5; }))`
)

// TestFlameGraph goes there from what is marked in the timeline, and into a box and a part of
// the time by keys; it is accessible, in light and dark, and holds on a phone.
func TestFlameGraph(t *testing.T) {
	address, _ := drawnOverTime(t)
	p := browse(t, 1280, 860)
	p.do(allowScripts())
	p.lanes(address)
	p.keys("w", "f")
	p.becomes(`location.pathname`, "/exec/http/flame")
	p.do(chromedp.WaitVisible(chromedp.CSS(".flame")))
	shown := eval[string](p, period)
	if from, to, ok := strings.Cut(shown, ","); !ok || from == "" || to == "" {
		t.Errorf("the flame graph is of %q", shown)
	}
	p.do(chromedp.Click(chromedp.CSS(`.measures a[href*="state=sync"]`)))
	p.becomes(`new URLSearchParams(location.search).get("state")`, "sync")
	p.do(chromedp.WaitVisible(chromedp.CSS(".flame")))
	p.becomes(lit, "true")
	p.axe()
	p.narrow()
	p.do(chromedp.EmulateViewport(1280, 860))
	// By keys: a box, then a part of the time, which keep what is chosen.
	name := eval[string](p, boxes+`[1].getAttribute("aria-label")`)
	eval[bool](p, `(`+boxes+`[1].focus(), true)`)
	p.keys(kb.Enter)
	p.becomes(`String(new URLSearchParams(location.search).has("root"))`, "true")
	p.do(chromedp.WaitVisible(chromedp.CSS(".flame")))
	if here := eval[string](p, `document.querySelector(".flame [aria-current]").getAttribute("aria-label")`); here[:strings.Index(here, ":")] != name[:strings.Index(name, ":")] {
		t.Errorf("the box %q leads to %q", name, here)
	}
	eval[bool](p, `([...document.querySelectorAll(".parts a")].find(a => !/^[–0]/.test(a.getAttribute("aria-label"))).focus(), true)`)
	p.keys(kb.Enter)
	p.becomes(`String(`+period+` !== "`+shown+`")`, "true")
	p.becomes(`["state", "root"].map(n => new URLSearchParams(location.search).get(n) ? n : "").join()`, "state,root")
	p.do(chromedp.WaitVisible(chromedp.CSS("#sum")))
	p.do(chromedp.Navigate(strings.Replace(address, "/timeline", "/flame?state=samples", 1)), chromedp.WaitVisible(chromedp.CSS("#about-measure")))
	p.axe()
	if strangers := p.strangers(); len(strangers) > 0 {
		t.Errorf("the page loads from elsewhere: %v", strangers)
	}
}

// TestFlameGraphInFirefox: it has no complaint about the page, which is as wide as a phone.
func TestFlameGraphInFirefox(t *testing.T) {
	address, _ := drawnOverTime(t)
	f := openFirefox(t)
	f.resize(1280, 860)
	f.lanes(address)
	f.press("w", "f")
	f.await(`location.pathname === "/exec/http/flame" && document.querySelector(".flame a") !== null`)
	f.becomes(lit, "true")
	for i, want := range []string{"root", "find"} {
		link := []string{`.flame a[href*="root="]`, `.functions a[href*="find="]`}[i]
		read[bool](f, `(document.querySelector('`+link+`').focus(), true)`)
		f.follow()
		f.await(`new URLSearchParams(location.search).has("` + want + `") && document.readyState === "complete" && document.querySelector(".flame a") !== null`)
	}
	f.resize(320, 640)
	if wide := read[int](f, `document.documentElement.scrollWidth`); wide > 320 {
		t.Errorf("the page is %d pixels wide on a phone", wide)
	}
}
