package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"example.com/tracelab/internal/testbed/stacktest"
)

// narrow holds the open page to a phone's width.
func (p *page) narrow() {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(320, 640))
	if eval[bool](p, `document.documentElement.scrollWidth > innerWidth`) {
		p.t.Error("the page scrolls sideways at 320 pixels")
	}
}

// TestExplainByKeyboard, on the page of a visit that was fast: its execution is there
// for ten seconds.
func TestExplainByKeyboard(t *testing.T) {
	t.Setenv("TRACELAB_SLOW", "never")
	s := stacktest.Up(t)
	p := browse(t, 1280, 860) // before the ten seconds begin
	trace := visit(t, s, "")
	whole(t, s, trace, 10)
	p.do(chromedp.Navigate(trace), chromedp.WaitVisible(chromedp.CSS("#offer .seconds")))
	if left := eval[string](p, `document.querySelector("#offer .left").textContent`); !strings.Contains(left, " s more.") {
		t.Errorf("the page says %q", left)
	}
	p.accessible()
	p.do(chromedp.Focus(chromedp.CSS("#offer button")), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS("#explanation .spent")))
	text := eval[string](p, `document.querySelector("#explanation").innerText`)
	for _, want := range []string{"GET /visit of the gateway took", "from 3 execution traces", "100.0 %"} {
		if !strings.Contains(text, want) {
			t.Errorf("the explanation lacks %q: %s", want, text)
		}
	}
	if focused := eval[string](p, `document.activeElement.id`); focused != "explanation" {
		t.Errorf("%q has the focus", focused)
	}
	if eval[bool](p, `document.querySelector("#explanation .stacks li").checkVisibility()`) {
		t.Error("the stacks are open before they are asked for")
	}
	p.do(chromedp.Focus(chromedp.CSS("#explanation summary")), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS("#explanation .stacks li")))
	p.do(chromedp.Click(chromedp.CSS(`#explanation .spent a`)), chromedp.WaitVisible(chromedp.CSS("#details table")))
	if !eval[bool](p, `document.querySelector("#explanation .spent").checkVisibility()`) {
		t.Error("to open a span's details ends the explanation")
	}
	p.accessible()
	if strangers := p.strangers(); len(strangers) > 0 {
		t.Errorf("the page loads from elsewhere: %v", strangers)
	}
	p.narrow()
}

// TestAnOfferEnds when the recorders have forgotten: the page says why.
func TestAnOfferEnds(t *testing.T) {
	t.Setenv("TRACELAB_SLOW", "never")
	s := stacktest.Up(t)
	p := browse(t, 1280, 860) // before the ten seconds begin
	trace := visit(t, s, "")
	whole(t, s, trace, 10)
	p.do(chromedp.Navigate(trace), chromedp.WaitVisible(chromedp.CSS("#offer .seconds")))
	p.do(chromedp.WaitVisible(chromedp.CSS("#offer-ended"))) // some ten seconds
	said := eval[string](p, `document.querySelector("#offer-ended").textContent`)
	if !strings.HasPrefix(said, "It can no longer be explained: The recorders keep the last 10.0 s, and it ended") {
		t.Errorf("the page says %q", said)
	}
	if eval[bool](p, `document.querySelector("#offer").checkVisibility() || document.querySelector("#why").checkVisibility()`) {
		t.Error("the page still offers what cannot be had")
	}
	p.do(chromedp.Navigate(trace), chromedp.WaitVisible(chromedp.CSS("#offer")))
	if said := eval[string](p, `document.querySelector("#offer").textContent`); !strings.HasPrefix(said, "It cannot be explained: ") {
		t.Errorf("after that the page says %q", said)
	}
	p.accessible()
}
