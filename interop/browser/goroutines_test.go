package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"example.com/tracelab/internal/testbed/stacktest"
)

const (
	// shownTime is the part of the time of a request's goroutines, as the address has it.
	shownTime = `["from", "to"].map(n => new URLSearchParams(location.search).get(n) ?? "").join()`
	// waited is the span that waited for the mutex.
	waited = `document.querySelector(".wait").closest(".span")`
)

// TestTheGoroutinesOfARequest: from the explanation of a visit to its page, by keys and by
// links, on a desk, on a phone, and without JavaScript.
func TestTheGoroutinesOfARequest(t *testing.T) {
	s := stacktest.Up(t)
	p := browse(t, 1280, 860)
	p.do(allowScripts(), chromedp.Navigate(slowVisit(t, s)+"?explain=1"), chromedp.WaitVisible(chromedp.CSS(".executions a:last-child")))
	p.do(chromedp.Click(chromedp.CSS(".executions a:last-child")), chromedp.WaitVisible(chromedp.CSS("#picture")))
	address := eval[string](p, `location.href`)
	if !strings.Contains(address, "/exec/request?trace=") {
		t.Fatalf("the explanation leads to %s", address)
	}
	whole := eval[string](p, `document.querySelector("#shown").textContent`)
	for _, step := range []struct {
		keys       []string
		look, want string
	}{
		{nil, `String(document.querySelectorAll("h2 .sw").length)`, "3"},
		{nil, `String(` + waited + `.querySelectorAll(".holder svg .held").length > 0)`, "true"},
		{nil, `String([...document.querySelectorAll("rect[fill]")].every(e => document.querySelector(e.getAttribute("fill").slice(4, -1))))`, "true"}, // each state has its pattern
		{[]string{"w"}, `String((([from, to]) => from > 0 && to > from)((` + shownTime + `).split(",").map(Number)))`, "true"},
		{nil, `String(document.querySelector("#said").textContent === document.querySelector("#shown").textContent)`, "true"},
		{[]string{"a"}, `(` + shownTime + `).split(",")[0]`, "0"},
		{[]string{"s"}, shownTime, ","},
		{nil, `document.querySelector("#shown").textContent`, whole},
		{[]string{"j"}, `String(document.querySelectorAll(".span")[0].contains(document.activeElement))`, "true"},
		{[]string{"j", "j", "k"}, `String(document.querySelectorAll(".span")[1].contains(document.activeElement))`, "true"},
		{[]string{"w"}, `String(` + shownTime + ` !== ",")`, "true"},
		{nil, `String(document.activeElement.closest(".span") !== null)`, "true"}, // the focus is where it was
		{[]string{"0"}, shownTime, ","},
		{[]string{"?"}, `String(document.querySelector("#help").open)`, "true"},
		{[]string{kb.Escape}, `String(document.querySelector("#help").open)`, "false"},
	} {
		p.keys(step.keys...)
		p.becomes(step.look, step.want)
	}
	eval[bool](p, waited+`.querySelector(".zoom").click() === undefined`)
	p.becomes(`String(document.querySelector(".span[aria-current] .wait") !== null && document.activeElement.closest(".span[aria-current]") !== null)`, "true")
	p.keys("0")
	p.becomes(shownTime, ",")
	const chosen = `String(new URLSearchParams(location.search).get("span") === document.querySelector(".span[aria-current]").id.slice("span-".length))`
	p.becomes(chosen, "true")
	p.do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS(".span[aria-current]")))
	p.becomes(chosen, "true")
	p.axe()
	p.narrow()
	if strangers := p.strangers(); len(strangers) > 0 {
		t.Errorf("the page loads from elsewhere: %v", strangers)
	}
	p.do(chromedp.EmulateViewport(1280, 860), runScripts(false), chromedp.Navigate(address), chromedp.Click(chromedp.CSS(`[data-move=w]`)), chromedp.WaitVisible(chromedp.CSS(`[data-move=s]`)))
	if now := eval[string](p, shownTime); now == "," {
		t.Error("without JavaScript the link does not zoom")
	}
	if shown := eval[bool](p, `document.querySelector("[data-key]").checkVisibility()`); shown {
		t.Error("without JavaScript there are buttons that do nothing")
	}
	p.do(runScripts(true))
}

// TestTheGoroutinesOfASpan of one execution trace lead to their lanes in its timeline.
func TestTheGoroutinesOfASpan(t *testing.T) {
	s := stacktest.Up(t)
	p := browse(t, 1280, 860)
	p.do(allowScripts(), chromedp.Navigate(slowVisit(t, s)+"?explain=1"), chromedp.WaitVisible(chromedp.CSS(".spent")))
	p.do(chromedp.Click(chromedp.CSS(`.spent tbody tr:first-child a[href^="/exec/"]`)), chromedp.WaitVisible(chromedp.CSS("#picture")))
	p.axe()
	p.narrow()
	p.do(chromedp.EmulateViewport(1280, 860))
	lane := strings.TrimPrefix(eval[string](p, `document.querySelector(".lane .n a").textContent`), "g")
	p.do(chromedp.Click(chromedp.CSS(".lane .n a")), chromedp.WaitVisible(chromedp.CSS("#rows [role=option]")))
	p.becomes(`document.querySelector("#rows [aria-selected=true]")?.id ?? ""`, fmt.Sprint("lane-g", lane))
}

// TestTheGoroutinesOfARequestInFirefox: its keys do there what they do in Chromium.
func TestTheGoroutinesOfARequestInFirefox(t *testing.T) {
	s := stacktest.Up(t)
	f := openFirefox(t)
	f.resize(1280, 860)
	f.open(slowVisit(t, s) + "?explain=1")
	f.await(`document.querySelector(".executions a:last-child") !== null`)
	f.open(read[string](f, `document.querySelector(".executions a:last-child").href`))
	f.await(`document.readyState === "complete" && document.querySelector("#picture") !== null`)
	f.becomes(`String(`+waited+`.querySelectorAll(".holder svg .held").length > 0)`, "true")
	for _, step := range []struct{ key, look, want string }{
		{"w", `String(` + shownTime + ` !== ",")`, "true"},
		{"s", shownTime, ","},
		{"j", `String(document.querySelectorAll(".span")[0].contains(document.activeElement))`, "true"},
		{"w", `String(` + shownTime + ` !== "," && document.activeElement.closest(".span") !== null)`, "true"},
		{"0", shownTime, ","},
		{"?", `String(document.querySelector("#help").open)`, "true"},
	} {
		f.press(step.key)
		f.becomes(step.look, step.want)
	}
	f.resize(320, 640)
	if wide := read[int](f, `document.documentElement.scrollWidth`); wide > 320 {
		t.Errorf("the page is %d pixels wide on a phone", wide)
	}
}
